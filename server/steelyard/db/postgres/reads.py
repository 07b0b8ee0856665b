"""Reads outside of a transaction: one round trip each, without BEGIN, ping or reset. Equal and similar reads share it (decision 0008)."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from steelyard.db.batch import Batch
from steelyard.db.compiled import CompiledStatement, SharedRows
from steelyard.db.errors import DatabaseUnavailable, replace_error
from steelyard.db.postgres.connection import PooledConnection
from steelyard.db.postgres.errors import ConnectionLost, PlanInvalidated
from steelyard.db.postgres.pool import ConnectionPool
from steelyard.db.single_flight import SingleFlight

T = TypeVar("T")


class PostgresReads:
    def __init__(self, pool: ConnectionPool, *, shared: bool) -> None:
        self._pool = pool
        self._is_shared = shared
        self._batches: dict[CompiledStatement[Any], Batch[object, Sequence[Any]]] = {}
        self._flights: SingleFlight[tuple[CompiledStatement[Any], tuple[object, ...]], Sequence[Sequence[Any]]] = SingleFlight()

    # Plain functions that return the coroutine: one frame less to enter and to resume.
    def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Any] | None]:
        if statement.batch is None or not self._is_shared:
            return self._read(PooledConnection.row, statement, arguments)
        batch = self._batches.get(statement)
        if batch is None:
            batch = self._batches[statement] = self._new_batch(statement, statement.batch)
        return batch.row(arguments[0])

    def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[Sequence[Sequence[Any]]]:
        if not statement.coalesces or not self._is_shared:
            return self._read(PooledConnection.rows, statement, arguments)
        return self._flights.join_next((statement, tuple(arguments)), partial(self._read_for_all, statement, arguments))

    async def _read_for_all(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> SharedRows:
        return SharedRows(await self._read(PooledConnection.rows, statement, arguments))

    def _new_batch(self, statement: CompiledStatement[Any], of_many: CompiledStatement[Any]) -> Batch[object, Sequence[Any]]:
        (parameter,) = of_many.parameters

        async def fetch(keys: Collection[object]) -> dict[object, Sequence[Any]]:
            rows = await self._read(PooledConnection.rows, of_many, of_many.arguments({parameter: list(keys)}))
            return {row[statement.key_place]: row for row in rows}

        return Batch(lambda key: self._read(PooledConnection.row, statement, (key,)), fetch)

    async def _read(
        self,
        verb: Callable[[PooledConnection, CompiledStatement[Any], Sequence[object]], Awaitable[T]],
        statement: CompiledStatement[Any],
        arguments: Sequence[object],
    ) -> T:
        if statement.writes:
            raise TypeError(f"{statement.name} changes something and needs a Transaction")
        pool = self._pool
        for _ in range(2):
            connection = pool.take_idle() or await pool.take()
            try:
                result = await verb(connection, statement, arguments)
            except BaseException as error:  # noqa: BLE001
                failure = pool.discard_failed(connection, error, statement)
                if not isinstance(failure, ConnectionLost | PlanInvalidated):
                    replace_error(error, failure)
            else:
                pool.put_back(connection)
                return result
        raise DatabaseUnavailable("the connection broke twice")
