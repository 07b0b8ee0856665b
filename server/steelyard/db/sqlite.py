"""SQLite: one writer behind a FIFO lock and four readers, each with a thread of its own; one hop into it per verb."""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import aiosqlite

from steelyard.db.errors import ConstraintViolated, InputOutOfRange, LostRace, OutOfReach, StatementFailed
from steelyard.db.forms import Form
from steelyard.db.limits import Limits
from steelyard.db.turns import Turns


class Sqlite:
    """The file and its connections; also the lane of reads."""

    dialect = "sqlite"

    def __init__(self, path: str, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._readers: Turns[aiosqlite.Connection] = Turns(
            queue=limits.pool_queue, wait_s=limits.pool_wait_s, what="a reader of the database"
        )
        self.writer: Turns[aiosqlite.Connection] = Turns(
            queue=limits.pool_queue, wait_s=limits.pool_wait_s, what="the only writer of the database"
        )
        self._all: list[aiosqlite.Connection] = []

    async def open(self) -> None:
        """Open the file, creating it when there is none."""
        if sqlite3.sqlite_version_info < (3, 35):
            raise RuntimeError(f"SQLite {sqlite3.sqlite_version} has no RETURNING: 3.35 or newer is needed")
        try:
            self.writer.give(await self._connect(reads_only=False))
            for _ in range(self._limits.sqlite_readers):
                self._readers.give(await self._connect(reads_only=True))
        except sqlite3.Error as error:
            failure = OutOfReach(f"the database file cannot be opened ({error.sqlite_errorname})")
        else:
            return
        await self.close()
        raise failure

    async def close(self) -> None:
        """Close every connection; what a thread still does is finished first."""
        self._readers.refuse("the database was closed")
        self.writer.refuse("the database was closed")
        self._readers.idle.clear()
        self.writer.idle.clear()
        for connection in self._all:
            await connection.close()
        self._all.clear()

    async def _connect(self, *, reads_only: bool) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self._path, isolation_level=None, cached_statements=400)
        self._all.append(connection)
        for pragma in (
            f"busy_timeout = {int(self._limits.sqlite_busy_timeout_s * 1000)}",
            "journal_mode = WAL",
            f"synchronous = {self._limits.sqlite_synchronous}",
            "foreign_keys = on",
            f"query_only = {'on' if reads_only else 'off'}",
        ):
            await connection.execute_fetchall(f"PRAGMA {pragma}")
        return connection

    async def row(self, form: Form[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        rows = await self.rows(form, arguments)
        return rows[0] if rows else None

    async def rows(self, form: Form[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        if form.writes:
            raise TypeError(f"{form.name} changes something and needs a Transaction")
        readers = self._readers
        reader = readers.ready() or await readers.wait()
        try:
            found = await reader.execute_fetchall(form.text, arguments)
        except sqlite3.Error as error:
            failure = translated(error, form)
        else:
            return found  # type: ignore[return-value]  # declared as an Iterable, is a list
        finally:
            # After a cancellation the thread may still be busy; whoever comes next queues behind it, in order.
            readers.give(reader)
        raise failure

    def transaction(self) -> "SqliteTransaction":
        return SqliteTransaction(self)

    async def define(self, ddl: Sequence[str]) -> None:
        """Run definitions (tables, indexes), for `schema.py`."""
        writer = self.writer.ready() or await self.writer.wait()
        await writer.executescript(";\n".join(ddl))
        self.writer.give(writer)


class SqliteTransaction:
    """The lane of a transaction: takes the writer and sends BEGIN IMMEDIATE with the first verb."""

    __slots__ = ("_database", "_failed", "_writer", "wrote")

    def __init__(self, database: Sqlite) -> None:
        self.wrote: set[str] = set()
        self._database = database
        self._writer: aiosqlite.Connection | None = None
        self._failed = False

    async def row(self, form: Form[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        rows = await self.rows(form, arguments)
        return rows[0] if rows else None

    async def rows(self, form: Form[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        writer = self._writer or await self._begin()
        if form.writes and form.table is not None:
            self.wrote.add(form.table.name)
        try:
            return await writer.execute_fetchall(form.text, arguments)  # type: ignore[return-value]  # is a list
        except sqlite3.Error as error:
            failure = translated(error, form)
        self._failed = True
        raise failure

    async def count(self, form: Form[Any], arguments: Sequence[object]) -> int:
        if form.returns_rows:
            return len(await self.rows(form, arguments))
        writer = self._writer or await self._begin()
        if form.writes and form.table is not None:
            self.wrote.add(form.table.name)
        try:
            return (await writer.execute(form.text, arguments)).rowcount
        except sqlite3.Error as error:
            failure = translated(error, form)
        self._failed = True
        raise failure

    async def _begin(self) -> aiosqlite.Connection:
        turns = self._database.writer
        writer = turns.ready() or await turns.wait()
        await writer.execute_fetchall("BEGIN IMMEDIATE")
        self._writer = writer
        return writer

    async def commit(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.execute_fetchall("COMMIT")
            self._database.writer.give(writer)

    async def rollback(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.execute_fetchall("ROLLBACK")
            self._database.writer.give(writer)


def translated(error: sqlite3.Error, form: Form[Any]) -> Exception:
    """The error in our words."""
    return StatementFailed(form.name, getattr(error, "sqlite_errorname", type(error).__name__), str(error))
