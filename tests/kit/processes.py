"""The command line as a process of its own, on a real port."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil

from tests.kit.waiting import until

READY_WITHIN_S = 60


class Process:
    """A running `steelyard` command and what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.printed: list[str] = []
        self.url = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    async def line(self, holding: str) -> str:
        """The next printed line that holds a text."""
        assert self._process.stdout is not None
        async with asyncio.timeout(READY_WITHIN_S):
            while line := (await self._process.stdout.readline()).decode():
                self.printed.append(line)
                if holding in line:
                    return line
        raise AssertionError(f"ended without saying {holding!r}: {''.join(self.printed)}")

    async def ready(self) -> str:
        """Its address, once it answers."""
        line = await self.line("http://")
        self.url = next(word for word in line.split() if word.startswith("http://")).removesuffix("/docs")
        await until(self._answers, READY_WITHIN_S)
        return self.url

    async def _answers(self) -> bool:
        """The listener is there before the application is: what is asked of it waits in line."""
        assert self._process.returncode is None, "".join(self.printed)
        with suppress(httpx.TransportError):
            async with httpx.AsyncClient(timeout=10) as client:
                return (await client.get(self.url + "/health")).status_code == 200
        return False

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Its exit status."""
        async with asyncio.timeout(READY_WITHIN_S):
            return await self._process.wait()

    def children(self) -> list[psutil.Process]:
        """The processes that serve for it."""
        found = []
        for each in psutil.Process(self.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it ended between two looks
                if "resource_tracker" not in " ".join(each.cmdline()):
                    found.append(each)
        return found


@asynccontextmanager
async def steelyard(*arguments: str, folder: Path, environment: Mapping[str, str] | None = None, **settings: str) -> AsyncIterator[Process]:
    """Run a command in a folder, with `STEELYARD_*` settings in small letters; it is gone afterwards."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("STEELYARD_")}
    given = {f"STEELYARD_{name.upper()}": value for name, value in settings.items()}
    paths = os.pathsep.join(path for path in sys.path if path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "steelyard", *arguments),
        cwd=folder,
        env=ours | given | {"PYTHONPATH": paths} | dict(environment or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    running = Process(process)
    try:
        yield running
    finally:
        # The whole group: a worker that outlived its parent holds the other end of the pipe, and the wait below would have no end.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
