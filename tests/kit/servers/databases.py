"""Real databases for tests: on a PostgreSQL server, and files for SQLite.

The server is the one at `STEELYARD_TEST_DATABASE_URL`, whose role must be allowed to create databases. Without that variable, each
test process starts one, which ends with the process.
Without any PostgreSQL, database tests fail; they are never skipped.
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import asyncpg
from sqlalchemy.engine import make_url

from steelyard.db.columns import metadata
from steelyard.db.database import Database
from steelyard.db.migrations.commands import migrate
from steelyard.db.options import DatabaseOptions
from steelyard.settings import Settings
from tests.kit.servers.postgresql import ENVIRONMENT, Server
from tests.kit.servers.schema import import_tables
from tests.kit.servers.short_cuts import BASE_SETTINGS


class Databases:
    """Creates databases on demand: empty ones, and ones with the product's schema.

    The one with the schema is created once for each process and emptied for each test: that takes a millisecond, a new one takes 60.
    """

    def __init__(self, folder: Path, *, server: Server | None = None) -> None:
        """With `server`, databases are created there, and its owner stops it."""
        self._folder = folder
        self._server = server
        self._owns_server = server is None
        self._product: dict[str, str] = {}
        self._cleaner: _Cleaner | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._cleaner is not None:
            self._cleaner.close()
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
        if dialect == "postgresql":
            self._cleaner = self._cleaner or _Cleaner(url)
            await self._cleaner.empty()
        database = Database(url, options=FOR_TESTS)
        await database.open()
        try:
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


class _Cleaner:
    """Empties the database of the product over one connection, for which it has a thread with a loop.

    Each test has a new loop, so its connections are new, too. A new one reads the catalog of each table, which takes ten times as long as
    emptying the tables.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1, "cleaner")
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection[Any] | None = None
        self._commands = ";\n".join(_emptying())

    async def empty(self) -> None:
        """Delete all rows, and begin all sequences anew."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._runner.run, self._empty())

    async def _empty(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await _connect(self._url)
        await self._connection.execute(self._commands)

    def close(self) -> None:
        """Close the connection, and end the thread."""
        if self._connection is not None:
            self._thread.submit(self._runner.run, self._connection.close()).result()
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()


# Small and fast: tests need few connections, and lose nothing in a power cut. On a busy machine, locks take longer.
FOR_TESTS = replace(
    DatabaseOptions.of(Settings(**BASE_SETTINGS)), pool_at_start=1, sqlite_readers=2, sqlite_synchronous="OFF", lock_timeout_s=20
)


def _emptying() -> list[str]:
    names = [table.name for table in reversed(metadata.sorted_tables)]
    restart = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
    return [*(f"DELETE FROM {name}" for name in names), restart]


def _at(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def _administer(url: str, command: str) -> None:
    connection = await _connect(url)
    try:
        await connection.execute(command)
    finally:
        await connection.close()


async def _connect(url: str) -> "asyncpg.Connection[Any]":
    return await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
