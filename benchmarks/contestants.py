"""Who takes part: how each is started. All serve the same tables of one PostgreSQL, one process each."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
# Protects nothing; all contestants verify the same tokens with it.
SECRET = "benchmark-key-7f3e1d9c5b8a2460-protects-nothing"  # noqa: S105  # said above
STARTS_WITHIN_S = 30


@dataclass(frozen=True)
class Contestant:
    """A server, and what it is an example of."""

    name: str
    about: str
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


def _uvicorn(module: str) -> tuple[str, ...]:
    options = ("--host", "127.0.0.1", "--port", "{port}", "--log-level", "error", "--no-access-log")
    return (sys.executable, "-m", "uvicorn", f"benchmarks.peers.{module}:app", *options)


CONTESTANTS = (
    Contestant("seed_sync", "FastAPI as the common guide teaches it: sync endpoints, SQLAlchemy ORM, response_model", _uvicorn("seed_sync")),
    Contestant("floor", "Starlette, asyncpg's pool and msgspec, by hand", _uvicorn("floor")),
    Contestant(
        "steelyard",
        "every check and every feature on: limits, referee observing, CORS, access log",
        (sys.executable, "-m", "steelyard", "serve", "--host", "127.0.0.1", "--port", "{port}", "--workers", "1"),
        {
            "STEELYARD_ENVIRONMENT": "production",
            "STEELYARD_TRUSTED_HOSTS": "127.0.0.1",
            "STEELYARD_CORS_ORIGINS": "https://shop.example",
            "STEELYARD_SECRET_KEYS": SECRET,
            # On, and counted for every request, but never in the way.
            "STEELYARD_RATE_DEFAULT_PER_MINUTE": "1000000",
        },
    ),
)


class Running:
    """A started contestant: its own session, pinned to one core."""

    def __init__(self, contestant: Contestant, *, port: int, cpu: int, dsn: str, log: Path) -> None:
        self.contestant = contestant
        self.port = port
        command = [part.replace("{port}", str(port)) for part in contestant.command]
        env = {**os.environ, "DATABASE_URL": dsn, "STEELYARD_DATABASE_URL": dsn, "BENCH_SECRET": SECRET, **contestant.env}
        began = time.perf_counter()
        self._log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(cpu), *command], cwd=HERE.parent, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._wait(began)
        self.start_s = time.perf_counter() - began

    def _wait(self, began: float) -> None:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1):
                    return
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - began > STARTS_WITHIN_S:
                    self.stop()
                    raise SystemExit(f"{self.contestant.name} did not start:\n{self._log.read_text()[-2000:]}") from None
                time.sleep(0.02)

    @property
    def session(self) -> int:
        """The id of its session, by which its cost is counted."""
        return self.process.pid

    def stop(self) -> None:
        """End the whole session."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(5)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
