"""Who takes part: how each is started, and what it needs."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.measure import dies_with_parent
from benchmarks.report import BEFORE

HERE = Path(__file__).parent
READY_WITHIN_S = 30
STOPS_WITHIN_S = 10
# As many connections to PostgreSQL as suit one process on one core; the guide's idiom keeps the guide's 20 + 10.
POOL = "16"


@dataclass(frozen=True)
class Contestant:
    """A server with the four operations. `{port}`, `{database}` and `{secret}` are filled in at start."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = HERE
    modules: tuple[str, ...] = ()

    def lacks(self) -> str | None:
        """What is absent here, so that it cannot take part."""
        absent = [module for module in self.modules if find_spec(module) is None]
        return f"{', '.join(absent)} is absent" if absent else None


def _uvicorn(module: str) -> tuple[str, ...]:
    options = ("--host", "127.0.0.1", "--port", "{port}", "--log-level", "error", "--no-access-log")
    return (sys.executable, "-m", "uvicorn", f"{module}:app", *options)


_PEER = {"DATABASE_URL": "{database}", "SECRET_KEY": "{secret}", "POOL": POOL}

STEELYARD = Contestant(
    "steelyard",
    "**Steelyard**",
    (sys.executable, "-m", "steelyard", "serve", "--port", "{port}", "--workers", "1"),
    {
        "STEELYARD_ENVIRONMENT": "production",
        "STEELYARD_DATABASE_URL": "{database}",
        "STEELYARD_SECRET_KEYS": "{secret}",
        "STEELYARD_TRUSTED_HOSTS": "127.0.0.1",
        "STEELYARD_MAIL": "file",
        "STEELYARD_CORS_ORIGINS": "https://shop.example.com",
        "STEELYARD_POOL_SIZE": POOL,
        "STEELYARD_POOL_OVERFLOW": "0",
        # Limits are counted as always; these are never reached.
        "STEELYARD_RATE_DEFAULT_PER_MINUTE": "1000000",
    },
)
# The same, but no request shares the reads of others.
UNSHARED = replace(
    STEELYARD,
    name="steelyard_alone",
    title="Steelyard, each read alone",
    environment={**STEELYARD.environment, "STEELYARD_DATABASE_SHARED_READS": "false"},
)
SEED_SYNC = Contestant(
    "seed_sync",
    "seed sync: FastAPI, sync ORM, `response_model`, jose",
    _uvicorn("seed_sync"),
    _PEER,
    HERE / "peers" / "python",
    ("fastapi", "sqlalchemy", "psycopg", "jose"),
)
FLOOR = Contestant(
    "floor",
    "floor: Starlette, asyncpg, msgspec, by hand",
    _uvicorn("floor"),
    _PEER,
    HERE / "peers" / "python",
    ("starlette", "asyncpg", "msgspec", "jwt"),
)


def earlier_version(checkout: Path) -> Contestant:
    """Steelyard from another checkout, with the packages of this environment: what a change costs, measured in one run."""
    sources = f"{checkout / 'server'}{os.pathsep}{checkout / 'generated' / 'server'}"
    environment = {**STEELYARD.environment, "PYTHONPATH": sources}
    return replace(STEELYARD, name=BEFORE, title=f"Steelyard in {checkout.name}", environment=environment)


CONTESTANTS = {each.name: each for each in (STEELYARD, UNSHARED, SEED_SYNC, FLOOR)}


class Running:
    """A running contestant with a separate port, session and core; stopped at the end of the `with`."""

    def __init__(self, contestant: Contestant, values: Mapping[str, str], cpus: Sequence[int], log: Path) -> None:
        self._log = log
        environment = {name: _filled(value, values) for name, value in contestant.environment.items()}
        # The settings of the user who runs the benchmark are left out.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STEELYARD_")}

        def alone() -> None:
            os.sched_setaffinity(0, cpus)
            dies_with_parent()

        self.name = contestant.name
        self.url = f"http://127.0.0.1:{values['port']}"
        began = time.perf_counter()
        with log.open("wb") as lines:
            self.process = subprocess.Popen(
                [_filled(part, values) for part in contestant.command],
                cwd=contestant.folder,
                env=inherited | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=lines,
                start_new_session=True,
                preexec_fn=alone,  # noqa: PLW1509  # two system calls, and no thread of ours holds a lock by then
            )
        try:
            self._await(began)
        except BaseException:
            self.stop()
            raise
        self.ready_s = time.perf_counter() - began

    def _await(self, began: float) -> None:
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=1) as response:
                    response.read()
                return
            except OSError as error:
                if self.process.poll() is not None or time.perf_counter() - began > READY_WITHIN_S:
                    raise RuntimeError(f"{self.name} did not start: {self.log()}") from error
                time.sleep(0.01)

    def log(self) -> str:
        """The end of what it wrote to stderr."""
        return self._log.read_text()[-2000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, sign)
                try:
                    self.process.wait(STOPS_WITHIN_S)
                except subprocess.TimeoutExpired:
                    continue


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
