"""SQLite: one writer behind a FIFO lock and four readers, each with a thread of its own; one hop into it per verb."""

import asyncio
import re
import sqlite3
from collections.abc import Coroutine, Sequence
from typing import Any

import aiosqlite
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from steelyard.db.compiled import CompiledStatement, TableChange
from steelyard.db.errors import ConstraintViolated, DatabaseUnavailable, NotOpened, NotWritable, StatementFailed, ValueOutOfRange
from steelyard.db.fair_pool import FairPool
from steelyard.db.opening import create_file, no_file
from steelyard.db.options import DatabaseOptions
from steelyard.db.writing import Writing

Connection = aiosqlite.Connection
INTERRUPTED_INTERVAL_S = 0.01
# Besides SQLite's own errors: an integer beyond 64 bits, a string that is no text.
DRIVER_ERRORS = (sqlite3.Error, OverflowError, UnicodeEncodeError)


class SqliteBackend:
    """The file and its connections; also the lane of reads."""

    dialect = "sqlite"

    def __init__(self, path: str, limits: DatabaseOptions) -> None:
        self._path = path
        self._limits = limits
        self.readers: FairPool[Connection] = FairPool(queue=limits.pool_queue, wait_s=limits.pool_wait_s, what="a reader of the database")
        self.writer: FairPool[Connection] = FairPool(queue=limits.pool_queue, wait_s=limits.pool_wait_s, what="the writer of the database")
        self._connections: list[Connection] = []
        self._cleaning: set[asyncio.Task[None]] = set()
        self.writing = Writing()

    async def open(self, *, patient: bool = False) -> None:  # noqa: ARG002  # a file that cannot be opened does not come back
        """Open the file, creating it when there is none."""
        if sqlite3.sqlite_version_info < (3, 35):
            raise NotOpened(f"needs SQLite 3.35 or newer, and this Python has {sqlite3.sqlite_version}. Install a newer one")
        self.readers.open()
        self.writer.open()
        # Not cancelled halfway: the thread of a half-made connection would outlive the loop.
        opening = asyncio.ensure_future(self._open())
        try:
            await asyncio.shield(opening)
        except BaseException as error:
            await asyncio.wait([opening])
            await self.close()
            if isinstance(error, sqlite3.Error | OSError):
                raise NotOpened(no_file(error)) from None
            raise

    async def _open(self) -> None:
        create_file(self._path)
        self.writer.put_back(await self._connect(reads_only=False))
        for _ in range(self._limits.sqlite_readers):
            self.readers.put_back(await self._connect(reads_only=True))

    async def close(self) -> None:
        """Close every connection; what a thread is still doing is finished first."""
        if self._cleaning:
            await asyncio.wait(self._cleaning)
        self.readers.close("the database is closed")
        self.writer.close("the database is closed")
        while self._connections:
            await self._connections.pop().close()

    async def _connect(self, *, reads_only: bool) -> Connection:
        connection = await aiosqlite.connect(self._path, isolation_level=None, cached_statements=400)
        self._connections.append(connection)
        for pragma in (
            f"busy_timeout = {int(self._limits.sqlite_busy_timeout_s * 1000)}",
            "journal_mode = WAL",
            f"synchronous = {self._limits.sqlite_synchronous}",
            "foreign_keys = on",
            f"query_only = {'on' if reads_only else 'off'}",
        ):
            await connection.execute_fetchall(f"PRAGMA {pragma}")
        return connection

    async def row(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        rows = await self.rows(form, arguments)
        return rows[0] if rows else None

    async def rows(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        if form.writes:
            raise TypeError(f"{form.name} changes something and needs a Transaction")
        readers = self.readers
        reader = readers.take_idle() or await readers.wait()
        try:
            found = await reader.execute_fetchall(form.text, arguments)
        except asyncio.CancelledError:
            self._clean(self._take_back(reader))
            raise
        except DRIVER_ERRORS as error:
            failure = translate(error, form)
        else:
            readers.put_back(reader)
            return found  # type: ignore[return-value]  # declared as an Iterable, is a list
        readers.put_back(reader)
        raise failure

    def transaction(self) -> "SqliteTransaction":
        return SqliteTransaction(self)

    async def define(self, ddl: Sequence[str]) -> None:
        """Run definitions (tables, indexes), for `schema.py`."""
        writer = self.writer.take_idle() or await self.writer.wait()
        try:
            await writer.executescript(";\n".join(ddl))
        finally:
            self.writer.put_back(writer)

    def undo(self, writer: Connection, *, stop: bool = False) -> "asyncio.Task[None]":
        """Roll back and let the next one write; `stop` interrupts a statement that is still running.

        A task of its own: cancelling whoever asked for it does not stop it.
        """
        return self._clean(self._undo(writer, stop))

    def _clean(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._cleaning.add(task)
        task.add_done_callback(self._cleaning.discard)
        return task

    async def _take_back(self, reader: Connection) -> None:
        await _stop(reader)
        self.readers.put_back(reader)

    async def _undo(self, writer: Connection, stop: bool) -> None:
        if stop:
            await _stop(writer)
        try:
            await writer.execute_fetchall("ROLLBACK")
        except sqlite3.Error:
            # Nothing to undo: there was no transaction yet, or none any more. SQLite undoes it by itself when the disk is full.
            pass
        finally:
            self.writer.put_back(writer)

    def gauges(self) -> dict[str, int]:
        """What the connections are doing at the moment."""
        idle = len(self.readers.idle) + len(self.writer.idle)
        waiting = self.readers.waiting + self.writer.waiting
        return {"open": len(self._connections), "idle": idle, "busy": len(self._connections) - idle, "waiting": waiting, "lost": 0}


async def _stop(connection: Connection) -> None:
    """Interrupt what the thread is doing, until it does nothing any more. One interrupt may come before the statement has begun."""
    idle = asyncio.ensure_future(connection.execute_fetchall("SELECT 1"))
    while not idle.done():
        await connection.interrupt()
        await asyncio.wait([idle], timeout=INTERRUPTED_INTERVAL_S)
    idle.exception()


class SqliteTransaction:
    """The lane of a transaction: takes the writer and sends BEGIN IMMEDIATE with the first verb."""

    __slots__ = ("_database", "_running", "_spent", "_writer", "wrote")

    def __init__(self, database: SqliteBackend) -> None:
        self.wrote: set[TableChange] = set()
        self._database = database
        self._writer: Connection | None = None
        self._spent: Connection | None = None
        # A statement of ours was cancelled, and the thread may not know yet.
        self._running = False

    async def row(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        rows = await self.rows(form, arguments)
        return rows[0] if rows else None

    async def rows(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        writer = self._writer or await self._begin()
        if form.writes:
            self.wrote |= form.changes
        try:
            return await writer.execute_fetchall(form.text, arguments)  # type: ignore[return-value]  # the same
        except asyncio.CancelledError:
            self._cancelled(writer)
            raise
        except DRIVER_ERRORS as error:
            failure = await self._failed(writer, error, form, arguments)
        raise failure

    async def count(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> int:
        if form.returns_rows:
            return len(await self.rows(form, arguments))
        writer = self._writer or await self._begin()
        if form.writes:
            self.wrote |= form.changes
        try:
            return (await writer.execute(form.text, arguments)).rowcount
        except asyncio.CancelledError:
            self._cancelled(writer)
            raise
        except DRIVER_ERRORS as error:
            failure = await self._failed(writer, error, form, arguments)
        raise failure

    async def later(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        """Now: a statement of its own costs no round trip here."""
        await self.count(form, arguments)

    async def _begin(self) -> Connection:
        if self._spent is not None:
            raise RuntimeError("a statement of this transaction failed: nothing can follow but a rollback")
        turns = self._database.writer
        writer = turns.take_idle() or await turns.wait()
        try:
            await writer.execute_fetchall("BEGIN IMMEDIATE")
        except asyncio.CancelledError:
            # It may begin yet.
            self._database.undo(writer)
            raise
        except sqlite3.Error as error:
            turns.put_back(writer)
            failure = self._database.writing.noted(translate(error, None))
        else:
            self._writer = writer
            return writer
        raise failure

    def _cancelled(self, writer: Connection) -> None:
        self._writer, self._spent, self._running = None, writer, True

    async def _failed(self, writer: Connection, error: Exception, form: CompiledStatement[Any], arguments: Sequence[object]) -> Exception:
        self._writer, self._spent = None, writer
        if _code(error) == "SQLITE_CONSTRAINT_FOREIGNKEY":
            return ConstraintViolated(await _foreign_key(writer, form, arguments), "foreign_key")
        return self._database.writing.noted(translate(error, form))

    async def commit(self) -> None:
        if self._spent is not None:
            await self.rollback()
            raise RuntimeError("a statement of this transaction failed before: it was rolled back, not committed")
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            await writer.execute_fetchall("COMMIT")
        except asyncio.CancelledError:
            # The commit will happen; what follows it finds nothing to undo.
            self._database.undo(writer)
            raise
        except sqlite3.Error as error:
            failure = self._database.writing.noted(translate(error, None))
        else:
            self._database.writer.put_back(writer)
            return
        await self._database.undo(writer)
        raise failure

    async def rollback(self) -> None:
        undone = self._leave()
        if undone is not None:
            await asyncio.shield(undone)

    def abandon(self) -> None:
        """Rolled back in the background."""
        self._leave()

    def _leave(self) -> "asyncio.Task[None] | None":
        writer, running = self._writer or self._spent, self._running
        self._writer, self._spent, self._running = None, None, False
        return None if writer is None else self._database.undo(writer, stop=running)


# The file, its disk or another process; nothing that the statement could do about it.
_NOT_WRITABLE = ("FULL", "IOERR", "READONLY")
_AWAY = ("BUSY", "LOCKED", "CANTOPEN", "CORRUPT", "NOTADB", "NOMEM", "PROTOCOL", "INTERRUPT", "PERM")


def translate(error: Exception, form: CompiledStatement[Any] | None) -> Exception:
    """The error in our words: never the driver's, which may quote values."""
    name = form.name if form is not None else "a transaction"
    code, message = _code(error), str(error)
    if code.startswith("SQLITE_CONSTRAINT_"):
        return _violation(code.removeprefix("SQLITE_CONSTRAINT_"), message, form)
    kind = code.removeprefix("SQLITE_").partition("_")[0]
    if kind in _NOT_WRITABLE:
        return NotWritable(f"{name} was not done ({code})")
    if kind in _AWAY:
        return DatabaseUnavailable(f"{name} was not done ({code})")
    if isinstance(error, OverflowError | UnicodeEncodeError) or code in {"SQLITE_TOOBIG", "SQLITE_MISMATCH"}:
        return ValueOutOfRange(name)
    unbound = re.match(r"Error binding parameter (\d+)", message)
    if unbound and form is not None:
        return ValueOutOfRange(name, form.parameters[int(unbound[1]) - 1])
    return StatementFailed(name, code, message if code == "SQLITE_ERROR" else "")


def _code(error: Exception) -> str:
    return getattr(error, "sqlite_errorname", None) or type(error).__name__


def _violation(kind: str, message: str, form: CompiledStatement[Any] | None) -> Exception:
    about = message.partition(": ")[2]
    if kind == "CHECK":
        return ConstraintViolated(about, "check")
    if kind == "NOTNULL":
        return ConstraintViolated(f"{about.replace('.', '_')}_not_null", "not_null")
    if kind in {"UNIQUE", "PRIMARYKEY", "ROWID"}:
        return ConstraintViolated(_unique(about, form.table if form is not None else None), "unique")
    # Of a deferred one, at the commit; SQLite does not say which.
    return ConstraintViolated("foreign key", "foreign_key")


def _unique(about: str, table: Table | None) -> str:
    """The name of a unique rule, of which SQLite tells the columns (`users.email`) or, over expressions, the index itself."""
    named = re.fullmatch(r"index '(.*)'", about)
    if named:
        return named[1]
    columns = [each.partition(".")[2] for each in about.split(", ")]
    if table is not None:
        rules = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
        for rule in [*rules, *(index for index in table.indexes if index.unique)]:
            if [column.name for column in rule.columns] == columns:
                return str(rule.name)
    return about


async def _foreign_key(writer: Connection, form: CompiledStatement[Any], arguments: Sequence[object]) -> str:
    """The name of the foreign key that a statement broke. SQLite does not tell, so the statement is let through and inspected.

    The transaction can only be rolled back by now, and that undoes this, too.
    """
    assert form.table is not None
    await writer.execute_fetchall("PRAGMA defer_foreign_keys = on")
    try:
        await writer.execute_fetchall(form.text, arguments)
    except sqlite3.Error:
        return f"{form.table.name}_fkey"
    for name, _, _, number in await writer.execute_fetchall("PRAGMA foreign_key_check"):
        keys = await writer.execute_fetchall(f'PRAGMA foreign_key_list("{name}")')
        columns = [column for each, _, _, column, *_ in keys if each == number]
        for key in form.table.metadata.tables[name].foreign_key_constraints:
            if list(key.column_keys) == columns:
                return str(key.name)
    return f"{form.table.name}_fkey"
