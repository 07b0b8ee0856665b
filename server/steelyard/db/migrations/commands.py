"""Migrations: upgrade a database to the newest revision, or return its revision.

Alembic writes the definitions. PostgreSQL gets them through asyncpg, as the same text that `script` shows to an administrator;
SQLite through the interpreter's own sqlite3, because a changed table is a copied one there and has to be looked at first.

A new revision is a file in `versions/`. It must run beside the release before it: add, then deploy, then fill, and take away a
release later; indexes CONCURRENTLY, constraints NOT VALID first. A test compares its result with the tables on both databases.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from threading import Lock
from typing import Any, TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from asyncpg.exceptions import LockNotAvailableError
from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError as SqliteError

from steelyard.db.errors import LockTimeout, NotOpened
from steelyard.db.opening import create_file, is_away, no_connection, no_file, wrong_encoding
from steelyard.db.postgres.errors import CONNECT_ERRORS
from steelyard.settings.database_urls import canonical, is_sqlite, sqlite_path

T = TypeVar("T")
# Alembic keeps the running migration in a global variable.
_one_at_a_time = Lock()
# One migration at a time in a database; the number has no other meaning.
_ADVISORY_LOCK = 7_349_281_516
# A definition that waits for a lock blocks all statements behind it, so it gives up and tries again.
_LOCK_TIMEOUT_S = 2
_TRIES = 5
_PAUSE_S = 0.2
_CONNECT_TIMEOUT_S = 10


def head() -> str:
    """The newest revision."""
    newest = _scripts().get_current_head()
    assert newest is not None
    return newest


async def current(url: str) -> str | None:
    """The revision of a database; None if it has no schema yet."""
    url = canonical(url)
    if is_sqlite(url):
        return await asyncio.to_thread(_on_sqlite, url, _revision)
    connection = await _connect(url)
    try:
        async with connection.transaction():
            return await _revision_on_postgresql(connection)
    finally:
        await connection.close()


def pending(at: str | None) -> list[str]:
    """The revisions that a database at this one lacks, oldest first. None for a revision that only a newer release knows.

    Of a revision, not of a database: reading that a second time could find it migrated meanwhile.
    """
    known = [each.revision for each in _scripts().walk_revisions()]
    known.reverse()
    if at is None:
        return known
    return known[known.index(at) + 1 :] if at in known else []


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to a revision. A second migration at the same time waits, and finds the work done."""
    await _move(url, command.upgrade, revision)


async def downgrade(url: str, revision: str) -> None:
    """Go back to a revision, or to `base`: no table is left then, and no row."""
    await _move(url, command.downgrade, revision)


def script(since: str = "base", revision: str = "head") -> str:
    """The statements of an upgrade of PostgreSQL, to read or to run by hand."""
    return "".join(_definitions(command.upgrade, None if since == "base" else since, revision))


async def _move(url: str, direction: Callable[..., None], revision: str) -> None:
    url = canonical(url)
    if is_sqlite(url):
        await asyncio.to_thread(_on_sqlite, url, lambda connection: direction(_config(connection=connection), revision))
    else:
        await _move_postgresql(url, direction, revision)


def _config(**attributes: Any) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", "steelyard.db:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


async def _connect(url: str) -> Any:
    """A connection that PgBouncer may pool by transaction: nothing of it outlasts one, and nothing is prepared by name."""
    try:
        settings = {"application_name": "steelyard migrate"}
        connection = await asyncpg.connect(url, timeout=_CONNECT_TIMEOUT_S, statement_cache_size=0, server_settings=settings)
    except CONNECT_ERRORS as error:
        raise NotOpened(no_connection(error, url), is_away=is_away(error, url)) from error
    encoding = connection.get_settings().server_encoding
    if encoding != "UTF8":
        await connection.close()
        raise NotOpened(wrong_encoding(encoding))
    return connection


async def _revision_on_postgresql(connection: Any) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


async def _move_postgresql(url: str, direction: Callable[..., None], revision: str) -> None:
    async with _turn(url):
        connection = await _connect(url)
        try:
            for run in range(_TRIES):
                try:
                    await _run(connection, direction, revision)
                except LockNotAvailableError:
                    await connection.execute("ROLLBACK")
                    await asyncio.sleep(_PAUSE_S * 2**run)
                else:
                    return
            raise LockTimeout(f"{_TRIES} times a table was in use for more than {_LOCK_TIMEOUT_S} s: migrate again when it is quieter")
        finally:
            await connection.close()


@asynccontextmanager
async def _turn(url: str) -> AsyncIterator[None]:
    """Exclude other migrations. The lock is that of a transaction, whose connection no pooler gives to another meanwhile.

    An index that is built CONCURRENTLY waits for every transaction with a snapshot, so this one has none when it waits or lasts.
    """
    connection = await _connect(url)
    try:
        while True:
            async with connection.transaction():
                await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                if await connection.fetchval(f"SELECT pg_try_advisory_xact_lock({_ADVISORY_LOCK})"):
                    # Without parameters: the portal of the statement before, and its snapshot, end here.
                    await connection.execute("SELECT 1")
                    yield
                    return
            await asyncio.sleep(_PAUSE_S)
    finally:
        await connection.close()


async def _run(connection: Any, direction: Callable[..., None], revision: str) -> None:
    """Each revision is a transaction, so that another try goes on where the last one was interrupted."""
    async with connection.transaction():
        at = await _revision_on_postgresql(connection)
        if at is None:
            # A downgrade to `base` leaves an empty table; the first revision creates its own.
            await connection.execute("DROP TABLE IF EXISTS alembic_version")
    for each in _definitions(direction, at, revision):
        # asyncpg cannot run a text without a statement.
        if not each.startswith("--"):
            await connection.execute(each)
        if each.startswith("BEGIN"):
            # Statements with CONCURRENTLY run outside of transactions, and block nothing while they wait.
            await connection.execute(f"SET LOCAL lock_timeout = {int(_LOCK_TIMEOUT_S * 1000)}")


class _Statements(StringIO):
    """Keeps what Alembic writes apart: one write is one statement, or a comment."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def write(self, text: str) -> int:
        self.found.append(text)
        return len(text)


def _definitions(direction: Callable[..., None], at: str | None, revision: str) -> list[str]:
    """The statements that lead from one revision to another on PostgreSQL."""
    if direction is command.downgrade and at is None:
        return []
    written = _Statements()
    config = _config()
    config.output_buffer = written
    with _one_at_a_time:
        direction(config, revision if at is None else f"{at}:{revision}", sql=True)
    return written.found


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _on_sqlite(url: str, work: Callable[[Connection], T]) -> T:
    """Run it in one transaction that excludes all other writers, and reject a result with dangling references."""
    path = sqlite_path(url)
    try:
        create_file(path)
        return _in_one_transaction(path, work)
    except OSError as error:
        raise NotOpened(no_file(error)) from error
    except SqliteError as error:
        # A wrong definition is a bug of this server; all other errors are those of the file.
        if not isinstance(error.orig, sqlite3.Error) or error.orig.sqlite_errorname == "SQLITE_ERROR":
            raise
        raise NotOpened(no_file(error.orig)) from error


def _in_one_transaction(path: str, work: Callable[[Connection], T]) -> T:
    engine = create_engine(URL.create("sqlite", database=path), poolclass=NullPool)
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with _one_at_a_time, engine.begin() as connection:
        result = work(connection)
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if dangling is not None:
            raise RuntimeError(f"rows of {dangling[0]} would refer to rows of {dangling[2]} that do not exist: nothing was changed")
    return result


def _leave_transactions_to_us(connection: sqlite3.Connection, _: object) -> None:
    # Python's module would begin and commit by itself, but never around a definition.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 5000")
