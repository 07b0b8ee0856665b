"""Executors that note each statement in a span. Only the statements of a sampled trace run through them."""

from collections.abc import Awaitable, Collection, Hashable, Sequence
from typing import Any

from steelyard.db.compiled import CompiledStatement, TableChange
from steelyard.db.grouping import Grouping
from steelyard.db.transaction import Executor, TransactionExecutor
from steelyard.tracing import Span


class TracedExecutor:
    """An executor of reads."""

    def __init__(self, executor: Executor, span: Span) -> None:
        self._executor = executor
        self._span = span

    def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[Sequence[Any] | None]:
        return self._span.wait_for(statement, self._executor.row(statement, arguments))

    def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[Sequence[Sequence[Any]]]:
        return self._span.wait_for(statement, self._executor.rows(statement, arguments))


class TracedTransaction(TracedExecutor):
    """The executor of a transaction. A deferred statement is noted when it is deferred: it waits for no response by itself."""

    def __init__(self, executor: TransactionExecutor, span: Span) -> None:
        super().__init__(executor, span)
        self._transaction = executor

    @property
    def wrote(self) -> set[TableChange]:
        return self._transaction.wrote

    @wrote.setter
    def wrote(self, changes: set[TableChange]) -> None:
        self._transaction.wrote = changes

    def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[int]:
        return self._span.wait_for(statement, self._transaction.count(statement, arguments))

    async def defer(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        await self._span.wait_for(statement, self._transaction.defer(statement, arguments))

    async def commit(self) -> None:
        await self._span.wait_for("COMMIT", self._transaction.commit())

    async def rollback(self) -> None:
        await self._span.wait_for("ROLLBACK", self._transaction.rollback())

    def abandon(self) -> None:
        self._transaction.abandon()

    def join(self, grouping: Grouping, keys: Collection[Hashable]) -> TransactionExecutor:
        return TracedTransaction(self._transaction.join(grouping, keys), self._span)
