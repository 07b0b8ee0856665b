"""The backend of PostgreSQL."""

from collections.abc import Collection, Hashable, Sequence
from functools import partial

from steelyard.db.compiled import plain_statement
from steelyard.db.errors import replace_error
from steelyard.db.grouping import Grouping
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres.grouping import Groups
from steelyard.db.postgres.pool import ConnectionPool
from steelyard.db.postgres.reads import PostgresReads
from steelyard.db.postgres.transaction import PostgresTransaction
from steelyard.db.transaction import TransactionExecutor

_DDL = plain_statement("a definition")


class PostgresBackend(ConnectionPool):
    """The pool, and what runs statements on its connections."""

    dialect = "postgresql"

    def __init__(self, dsn: str, options: DatabaseOptions) -> None:
        super().__init__(dsn, options)
        self.reads = PostgresReads(self, shared=options.shared_reads)
        self._groups: dict[Grouping, Groups] = {}
        self._join = self._join_group if options.group_commit and options.pipelining else None

    def transaction(self) -> PostgresTransaction:
        return PostgresTransaction(self, pipelining=self._options.pipelining, join=self._join)

    def _join_group(self, alone: PostgresTransaction, grouping: Grouping, keys: Collection[Hashable]) -> TransactionExecutor:
        groups = self._groups.get(grouping)
        if groups is None:
            begin = partial(PostgresTransaction, self, pipelining=True)
            groups = self._groups[grouping] = Groups(grouping, begin, longest_absence_s=self._options.command_timeout_s)
        return groups.join(alone, keys)

    async def run_ddl(self, ddl: Sequence[str]) -> None:
        """Run definitions, such as tables and indexes, in one transaction."""
        connection = await self.take()
        try:
            await connection.driver.execute(";\n".join(ddl))
        except BaseException as error:  # noqa: BLE001
            replace_error(error, self.discard_failed(connection, error, _DDL))
        self.put_back(connection)
