"""The executor of a transaction. Its round trips are as few as its statements allow (decision 0012)."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable, Sequence
from typing import Any, TypeVar

from steelyard.db.compiled import CompiledStatement, TableChange, combine, plain_statement
from steelyard.db.errors import DatabaseUnavailable, TransactionConflict, replace_error
from steelyard.db.grouping import Grouping
from steelyard.db.postgres.connection import PooledConnection
from steelyard.db.postgres.errors import ConnectionLost, PlanInvalidated
from steelyard.db.postgres.pool import ConnectionPool
from steelyard.db.transaction import TransactionExecutor

T = TypeVar("T")
Call = tuple[CompiledStatement[Any], Sequence[object]]

_BEGIN, _COMMIT, _ROLLBACK = plain_statement("BEGIN"), plain_statement("COMMIT"), plain_statement("ROLLBACK")


class PostgresTransaction:
    """Takes its connection and sends BEGIN with the first verb."""

    __slots__ = ("_connection", "_deferred", "_is_pipelining", "_join", "_pool", "_spent", "_when_ended", "wrote")

    def __init__(self, pool: ConnectionPool, *, pipelining: bool, join: "Joining | None" = None) -> None:
        self.wrote: set[TableChange] = set()
        self._pool = pool
        self._is_pipelining = pipelining
        self._deferred: list[Call] = []
        self._connection: PooledConnection | None = None
        # The connection after a failed statement: it can only be rolled back.
        self._spent: PooledConnection | None = None
        self._join = join
        self._when_ended: Callable[[], None] | None = None

    def join(self, grouping: Grouping, keys: Collection[Hashable]) -> TransactionExecutor:
        if self._join is None or self._connection is not None or self._spent is not None or self._when_ended is not None:
            return self
        return self._join(self, grouping, keys)

    def when_ended(self, callback: Callable[[], None]) -> None:
        """Call this once, when it is committed or about to be rolled back."""
        self._when_ended = callback

    def take_deferred(self) -> list[Call]:
        """What was deferred so far, which another executor will do."""
        deferred, self._deferred = self._deferred, []
        return deferred

    def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Any] | None]:
        return self._run(PooledConnection.row, statement, arguments)

    def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Sequence[Any]]]:
        return self._run(PooledConnection.rows, statement, arguments)

    def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, int]:
        return self._run(PooledConnection.count, statement, arguments)

    async def defer(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        if self._is_pipelining:
            self._deferred.append((statement, arguments))
        else:
            await self.count(statement, arguments)

    async def _run(
        self,
        verb: Callable[[PooledConnection, CompiledStatement[Any], Sequence[object]], Awaitable[T]],
        statement: CompiledStatement[Any],
        arguments: Sequence[object],
    ) -> T:
        if self._deferred:
            statement, arguments = await self._with_deferred(statement, arguments)
        if statement.writes:
            self.wrote |= statement.changes
        connection, is_pipelined = self._connection, False
        if connection is None:
            connection, is_pipelined = await self._begin(statement)
        try:
            return await verb(connection, statement, arguments)
        except BaseException as error:  # noqa: BLE001
            if is_pipelined:
                connection.cancel_pipelining()
            failure = self._pool.classify(connection, error, statement)
            is_commit = verb in {PooledConnection.last, PooledConnection.commit}
            if not (is_pipelined and isinstance(failure, ConnectionLost)) or is_commit:
                self._connection, self._spent = None, connection
                replace_error(error, _in_transaction(failure, statement, is_commit=is_commit))
        # Nothing has been done yet, and a connection that is new sends its BEGIN alone: this is not repeated a second time.
        self._connection = None
        return await self._run(verb, statement, arguments)

    async def _with_deferred(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Call:
        """One statement for this and the deferred ones. A deferred one that shares a table with a later one runs before it."""
        deferred, self._deferred = self._deferred, []
        together: list[Call] = []
        touched: set[str] = set()
        for call in (*deferred, (statement, arguments)):
            if not touched.isdisjoint(call[0].tables):
                await self.count(*_combined(together))
                together, touched = [], set()
            together.append(call)
            touched |= call[0].tables
        return _combined(together)

    async def _begin(self, statement: CompiledStatement[Any]) -> tuple[PooledConnection, bool]:
        """A connection, and whether its BEGIN is sent with the statement."""
        if self._spent is not None:
            raise RuntimeError("a statement of this transaction failed: nothing can follow but a rollback")
        pool = self._pool
        for _ in range(2):
            connection = pool.take_idle() or await pool.take()
            if connection.pipeline_begin(statement):
                self._connection = connection
                return connection, True
            try:
                await connection.driver.execute("BEGIN")
            except BaseException as error:  # noqa: BLE001
                failure = pool.discard_failed(connection, error, _BEGIN)
                if not isinstance(failure, ConnectionLost):
                    replace_error(error, failure)
            else:
                self._connection = connection
                return connection, False
        raise DatabaseUnavailable("the connection broke twice")

    async def commit(self) -> None:
        if self._spent is not None:
            await self.rollback()
            raise RuntimeError("a statement of this transaction failed before: it was rolled back, not committed")
        try:
            if self._deferred:
                tag = await self._run(PooledConnection.last, *self._deferred.pop())
            elif self._connection is not None:
                tag = await self._run(PooledConnection.commit, _COMMIT, ())
            else:
                self._end()
                return
        except BaseException:
            await self.rollback()
            raise
        connection, self._connection = self._connection, None
        assert connection is not None
        self._pool.put_back(connection)
        self._end()
        if tag != "COMMIT":
            raise RuntimeError("PostgreSQL responded to COMMIT with a rollback")

    async def rollback(self) -> None:
        connection = self._leave()
        # A retired connection is being closed, which makes the server roll back. Waiting for it could take as long again.
        if connection is None or not self._pool.has(connection):
            return
        try:
            await connection.driver.execute("ROLLBACK")
        except BaseException as error:  # noqa: BLE001
            failure = self._pool.discard_failed(connection, error, _ROLLBACK)
            # The server rolls back by itself when it can no longer be reached.
            if not isinstance(failure, Exception):
                replace_error(error, failure)
        else:
            self._pool.put_back(connection)

    def abandon(self) -> None:
        """Rolled back by closing the connection, in the background."""
        connection = self._leave()
        if connection is not None:
            self._pool.retire(connection)

    def _leave(self) -> PooledConnection | None:
        self._deferred.clear()
        connection = self._connection or self._spent
        self._connection = self._spent = None
        self._end()
        return connection

    def _end(self) -> None:
        if self._when_ended is not None:
            callback, self._when_ended = self._when_ended, None
            callback()


# The executor that a transaction has after it could join others.
Joining = Callable[[PostgresTransaction, Grouping, Collection[Hashable]], TransactionExecutor]


def _in_transaction(failure: BaseException, statement: CompiledStatement[Any], *, is_commit: bool) -> BaseException:
    """What a lost connection or an invalidated plan means to a transaction; any other failure is returned unchanged."""
    if isinstance(failure, PlanInvalidated):
        return TransactionConflict(f"the schema changed under {statement.name}")
    if not isinstance(failure, ConnectionLost):
        return failure
    if is_commit:
        # Only the caller's retry, by its idempotency key, can find out whether it was committed.
        return DatabaseUnavailable("the connection broke during the commit: its outcome is unknown")
    return TransactionConflict(f"the connection broke before the commit, at {statement.name}")


def _combined(calls: Sequence[Call]) -> Call:
    """One statement for all of them, whose result is the last one's."""
    *first, (main, arguments) = calls
    if not first:
        return main, arguments
    together = [*arguments]
    for _, more in first:
        together += more
    return combine(tuple([statement for statement, _ in first]), main), together
