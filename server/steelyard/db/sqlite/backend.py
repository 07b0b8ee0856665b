"""The backend of SQLite."""

import asyncio
from collections.abc import Sequence
from typing import Any

from steelyard.db.compiled import CompiledStatement
from steelyard.db.errors import replace_error
from steelyard.db.options import DatabaseOptions
from steelyard.db.sqlite.connections import SqliteConnections
from steelyard.db.sqlite.errors import DRIVER_ERRORS, translate
from steelyard.db.sqlite.transaction import SqliteTransaction


class SqliteBackend(SqliteConnections):
    """The connections, and what runs statements on them."""

    dialect = "sqlite"

    def __init__(self, path: str, options: DatabaseOptions) -> None:
        super().__init__(path, options)
        self.reads = SqliteReads(self)

    def transaction(self) -> SqliteTransaction:
        return SqliteTransaction(self)

    async def run_ddl(self, ddl: Sequence[str]) -> None:
        """Run definitions, such as tables and indexes."""
        writer = self.writer.take_idle() or await self.writer.wait()
        try:
            await writer.executescript(";\n".join(ddl))
        finally:
            self.writer.put_back(writer)


class SqliteReads:
    """The executor of reads outside of a transaction."""

    def __init__(self, connections: SqliteConnections) -> None:
        self._connections = connections

    async def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        rows = await self.rows(statement, arguments)
        return rows[0] if rows else None

    async def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        if statement.writes:
            raise TypeError(f"{statement.name} changes something and needs a Transaction")
        readers = self._connections.readers
        reader = readers.take_idle() or await readers.wait()
        try:
            rows = await reader.execute_fetchall(statement.text, arguments)
        except asyncio.CancelledError:
            self._connections.recover(reader)
            raise
        except DRIVER_ERRORS as error:
            readers.put_back(reader)
            replace_error(error, translate(error, statement))
        readers.put_back(reader)
        return rows  # type: ignore[return-value]  # declared as an Iterable, is a list
