"""The application under gunicorn and under uvicorn, started as docs/guide/running.md shows it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from tests.kit.servers.processes import READY_WITHIN_S, Process, python
from tests.kit.servers.short_cuts import BASE_SETTINGS
from tests.kit.servers.waiting import until

APP = "steelyard.asgi:create_app"
# The commands of the page, without those of sockets and processes.
GUNICORN = ("gunicorn", "-k", "steelyard.serving.gunicorn.Worker")
UVICORN = ("uvicorn", "--factory", APP, "--no-proxy-headers", "--no-server-header", "--no-access-log")


@asynccontextmanager
async def gunicorn(*options: str, folder: Path, app: str = APP, **settings: str) -> AsyncIterator[Process]:
    """gunicorn with two workers of our class. Temporary files are in the folder `temporary`."""
    # Without its control socket, which it creates in the home folder.
    command = (*GUNICORN, "-w", "2", "-b", "127.0.0.1:0", "--no-control-socket", *options, app)
    async with python("-m", *command, folder=folder, environment=_environment(folder, settings)) as process:
        yield process


@asynccontextmanager
async def uvicorn(*options: str, folder: Path, **settings: str) -> AsyncIterator[Process]:
    """uvicorn, once it listens. Our log leaves out the text with its address."""
    command = (*UVICORN, "--port", "0", *options)
    async with python("-m", *command, folder=folder, environment=_environment(folder, settings)) as process:
        port = await until(lambda: _port(process), READY_WITHIN_S)
        process.url = f"http://127.0.0.1:{port}"
        yield process


def _port(process: Process) -> int | None:
    listening = [each.laddr.port for each in psutil.Process(process.pid).net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    return listening[0] if listening else None


def _environment(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    (folder / "temporary").mkdir(exist_ok=True)
    variables = {f"STEELYARD_{name.upper()}": str(value) for name, value in (BASE_SETTINGS | settings).items()}
    return variables | {"TMPDIR": str(folder / "temporary")}
