"""The backend of PostgreSQL."""

from collections.abc import Sequence

from steelyard.db.compiled import plain_statement
from steelyard.db.errors import replace_error
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres.pool import ConnectionPool
from steelyard.db.postgres.reads import PostgresReads
from steelyard.db.postgres.transaction import PostgresTransaction

_DDL = plain_statement("a definition")


class PostgresBackend(ConnectionPool):
    """The pool, and what runs statements on its connections."""

    dialect = "postgresql"

    def __init__(self, dsn: str, options: DatabaseOptions) -> None:
        super().__init__(dsn, options)
        self.reads = PostgresReads(self, shared=options.shared_reads)

    def transaction(self) -> PostgresTransaction:
        return PostgresTransaction(self, pipelining=self._options.pipelining)

    async def run_ddl(self, ddl: Sequence[str]) -> None:
        """Run definitions, such as tables and indexes, in one transaction."""
        connection = await self.take()
        try:
            await connection.driver.execute(";\n".join(ddl))
        except BaseException as error:  # noqa: BLE001
            replace_error(error, self.discard_failed(connection, error, _DDL))
        self.put_back(connection)
