"""The executor of a transaction on SQLite."""

import asyncio
import sqlite3
from collections.abc import Collection, Hashable, Sequence
from typing import Any

from steelyard.db.compiled import CompiledStatement, TableChange
from steelyard.db.errors import ConstraintViolated, replace_error
from steelyard.db.grouping import Grouping
from steelyard.db.sqlite.connections import Connection, SqliteConnections
from steelyard.db.sqlite.errors import DRIVER_ERRORS, error_code, translate


class SqliteTransaction:
    """Takes the writer and sends BEGIN IMMEDIATE with the first verb."""

    __slots__ = ("_connections", "_is_running", "_spent", "_writer", "wrote")

    def __init__(self, connections: SqliteConnections) -> None:
        self.wrote: set[TableChange] = set()
        self._connections = connections
        self._writer: Connection | None = None
        # The writer after a failed statement: it can only be rolled back.
        self._spent: Connection | None = None
        # A statement was cancelled, and its thread may still run it.
        self._is_running = False

    async def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        rows = await self.rows(statement, arguments)
        return rows[0] if rows else None

    async def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        writer = self._writer or await self._begin()
        if statement.writes:
            self.wrote |= statement.changes
        try:
            return await writer.execute_fetchall(statement.text, arguments)  # type: ignore[return-value]  # declared as an Iterable, is a list
        except (asyncio.CancelledError, *DRIVER_ERRORS) as error:
            replace_error(error, await self._failure(writer, error, statement, arguments))

    async def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> int:
        if statement.returns_rows:
            return len(await self.rows(statement, arguments))
        writer = self._writer or await self._begin()
        if statement.writes:
            self.wrote |= statement.changes
        try:
            return (await writer.execute(statement.text, arguments)).rowcount
        except (asyncio.CancelledError, *DRIVER_ERRORS) as error:
            replace_error(error, await self._failure(writer, error, statement, arguments))

    async def defer(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        """At once: there is no round trip to save."""
        await self.count(statement, arguments)

    async def _begin(self) -> Connection:
        if self._spent is not None:
            raise RuntimeError("a statement of this transaction failed: nothing can follow but a rollback")
        pool = self._connections.writer
        writer = pool.take_idle() or await pool.wait()
        try:
            await writer.execute_fetchall("BEGIN IMMEDIATE")
        except asyncio.CancelledError:
            # It may begin yet.
            self._connections.undo(writer)
            raise
        except sqlite3.Error as error:
            pool.put_back(writer)
            replace_error(error, self._connections.writing.noted(translate(error, None)))
        self._writer = writer
        return writer

    async def _failure(
        self, writer: Connection, error: BaseException, statement: CompiledStatement[Any], arguments: Sequence[object]
    ) -> BaseException:
        """What to raise instead. The writer can only be rolled back from here on."""
        self._writer, self._spent = None, writer
        if not isinstance(error, Exception):
            self._is_running = True
            return error
        if error_code(error) == "SQLITE_CONSTRAINT_FOREIGNKEY":
            return ConstraintViolated(await _foreign_key(writer, statement, arguments), "foreign_key")
        return self._connections.writing.noted(translate(error, statement))

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
            # The commit will happen; the rollback after it finds nothing to undo.
            self._connections.undo(writer)
            raise
        except sqlite3.Error as error:
            await self._connections.undo(writer)
            replace_error(error, self._connections.writing.noted(translate(error, None)))
        self._connections.writer.put_back(writer)

    async def rollback(self) -> None:
        undone = self._leave()
        if undone is not None:
            await asyncio.shield(undone)

    def join(self, grouping: Grouping, keys: Collection[Hashable]) -> "SqliteTransaction":  # noqa: ARG002  # there is no round trip to save
        return self

    def abandon(self) -> None:
        """Rolled back in the background."""
        self._leave()

    def _leave(self) -> "asyncio.Task[None] | None":
        writer, is_running = self._writer or self._spent, self._is_running
        self._writer, self._spent, self._is_running = None, None, False
        return None if writer is None else self._connections.undo(writer, stop=is_running)


async def _foreign_key(writer: Connection, statement: CompiledStatement[Any], arguments: Sequence[object]) -> str:
    """The name of the foreign key that a statement broke. SQLite does not name it, so the statement runs once more unchecked, and
    its result is checked.

    The transaction can only be rolled back by now, and that undoes this, too.
    """
    assert statement.table is not None
    await writer.execute_fetchall("PRAGMA defer_foreign_keys = on")
    try:
        await writer.execute_fetchall(statement.text, arguments)
    except sqlite3.Error:
        return f"{statement.table.name}_fkey"
    for name, _, _, number in await writer.execute_fetchall("PRAGMA foreign_key_check"):
        keys = await writer.execute_fetchall(f'PRAGMA foreign_key_list("{name}")')
        columns = [column for each, _, _, column, *_ in keys if each == number]
        for key in statement.table.metadata.tables[name].foreign_key_constraints:
            if list(key.column_keys) == columns:
                return str(key.name)
    return f"{statement.table.name}_fkey"
