"""The command line as a separate process, on a real port."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import SIG_DFL, SIGINT, SIGKILL, Signals

import httpx
import psutil

from tests.kit.clients.raw import Peer
from tests.kit.servers.short_cuts import BASE_SETTINGS
from tests.kit.servers.waiting import until

READY_WITHIN_S = 60


class Process:
    """A running `steelyard` command and what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        # Both outputs in the order of their arrival, and standard output alone.
        self.printed: list[str] = []
        self.stdout: list[str] = []
        self.url = ""
        # Read at once, even if no test waits for a line: a full pipe would block the command.
        self._reading = [asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr) if stream is not None]

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.printed.append(line.decode())
            if stream is self._process.stdout:
                self.stdout.append(line.decode())
            self._lines.put_nowait(line.decode())
        self._lines.put_nowait("")

    @property
    def pid(self) -> int:
        return self._process.pid

    async def line(self, text: str) -> str:
        """The next printed line with this text."""
        ends = 0
        async with asyncio.timeout(READY_WITHIN_S):
            while ends < len(self._reading):
                line = await self._lines.get()
                ends += not line
                if line and text in line:
                    return line
        raise AssertionError(f"ended without printing {text!r}: {''.join(self.printed)}")

    async def ready(self) -> str:
        """Its address, once it responds."""
        line = await self.line("http://")
        self.url = next(word for word in line.split() if word.startswith("http://")).removesuffix("/docs")
        await until(self._responds, READY_WITHIN_S)
        return self.url

    async def _responds(self) -> bool:
        """The socket listens before the application has started, so a request may wait."""
        assert self._process.returncode is None, "".join(self.printed)
        with suppress(httpx.TransportError):
            async with httpx.AsyncClient(timeout=10) as client:
                return (await client.get(self.url + "/health")).status_code == 200
        return False

    def peer(self) -> Peer:
        """A client that sends exact bytes to it."""
        return Peer(("127.0.0.1", int(self.url.rpartition(":")[2])))

    def refuses(self) -> bool:
        """Whether its address refuses connections."""
        try:
            self.peer().connect().close()
        except ConnectionRefusedError:
            return True
        return False

    def signal(self, number: Signals) -> None:
        self._process.send_signal(number)

    def signal_group(self, number: Signals) -> None:
        """Send a signal to the command and all its child processes, as a terminal does."""
        os.killpg(self.pid, number)

    async def ended(self) -> int:
        """Its exit status, once all its output has been read."""
        async with asyncio.timeout(READY_WITHIN_S):
            status = await self._process.wait()
            await asyncio.gather(*self._reading)
        return status

    def children(self) -> list[psutil.Process]:
        """Its worker processes."""
        workers = []
        for each in psutil.Process(self.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it ended in the meantime
                if "resource_tracker" not in " ".join(each.cmdline()):
                    workers.append(each)
        return workers


@asynccontextmanager
async def steelyard(*arguments: str, folder: Path, environment: Mapping[str, str] | None = None, **settings: str) -> AsyncIterator[Process]:
    """Run a command in a folder, and kill it at the end. Keywords are `STEELYARD_*` settings in lower case."""
    variables = {f"STEELYARD_{name.upper()}": str(value) for name, value in (BASE_SETTINGS | settings).items()}
    async with python("-m", "steelyard", *arguments, folder=folder, environment=variables | dict(environment or {})) as process:
        yield process


@asynccontextmanager
async def python(*arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """Run Python in a folder, with the search path of this process and without its `STEELYARD_*` variables. It is killed at the end."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("STEELYARD_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env=ours | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)} | dict(environment or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_default_interrupt,
    )
    running = Process(process)
    try:
        yield running
    finally:
        # Kill the whole group: a worker that outlives its parent keeps the pipe open, and the wait below would never end.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, SIGKILL)
        await running.ended()


def _default_interrupt() -> None:
    """Restore SIGINT, which background jobs of a shell and their children ignore."""
    signal.signal(SIGINT, SIG_DFL)
