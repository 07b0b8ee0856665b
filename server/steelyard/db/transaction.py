"""`ReadOnly` for single reads, `Transaction` for changes. No code outside this package gets a connection.

Six verbs: `scalar` and `first` (one or none), `one` (exactly one, or a bug), `all`, `run` (how many rows were touched), and `defer`
(before the commit, result unknown).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar
from uuid import UUID

from steelyard.db.compiled import CompiledStatement, SharedRows, TableChange
from steelyard.db.grouping import Grouping
from steelyard.db.statements import Query, Statement

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)
# Called with the changes of a commit.
ChangeListener = Callable[[Collection[TableChange]], None]


class Executor(Protocol):
    """Runs compiled statements; each database has one for reading and one for a transaction."""

    def row(self, statement: CompiledStatement[Any], arguments: Sequence[object], /) -> Awaitable[Sequence[Any] | None]: ...
    def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object], /) -> Awaitable[Sequence[Sequence[Any]]]: ...


class TransactionExecutor(Executor, Protocol):
    wrote: set[TableChange]

    def count(self, statement: CompiledStatement[Any], arguments: Sequence[object], /) -> Awaitable[int]: ...
    async def defer(self, statement: CompiledStatement[Any], arguments: Sequence[object], /) -> None: ...
    async def commit(self) -> None: ...
    async def rollback(self) -> None: ...
    def abandon(self) -> None: ...
    def join(self, grouping: Grouping, keys: Collection[Hashable], /) -> "TransactionExecutor": ...


class FirstChange(Exception):
    """A rehearsal has reached its first change, so no check has raised a problem."""


class _Rehearsal:
    """The executor of a transaction that changes nothing."""

    def __init__(self, executor: TransactionExecutor) -> None:
        self._executor = executor
        self.wrote: set[TableChange] = set()

    async def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        return await self._executor.row(_reading(statement), arguments)

    async def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        return await self._executor.rows(_reading(statement), arguments)

    async def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> int:
        return await self._executor.count(_reading(statement), arguments)

    async def defer(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        await self._executor.defer(_reading(statement), arguments)

    async def commit(self) -> None:
        await self._executor.rollback()

    async def rollback(self) -> None:
        await self._executor.rollback()

    def abandon(self) -> None:
        self._executor.abandon()

    def join(self, grouping: Grouping, keys: Collection[Hashable]) -> TransactionExecutor:  # noqa: ARG002  # it changes nothing
        return self


def _reading(statement: CompiledStatement[Any]) -> CompiledStatement[Any]:
    if statement.writes:
        raise FirstChange
    return statement


class ReadOnly:
    """Single reads. Values that must be consistent are read by one statement."""

    __slots__ = ("_clock", "_executor", "_now", "dialect")

    def __init__(self, dialect: str, executor: Executor, clock: Callable[[], datetime]) -> None:
        self.dialect = dialect
        self._executor = executor
        self._clock = clock
        self._now: datetime | None = None

    @property
    def now(self) -> datetime:
        """The time of all reads and changes here: that of the clock at the first use."""
        if self._now is None:
            self._now = self._clock()
        return self._now

    async def scalar(self, statement: Query[T], /, **arguments: object) -> T | None:
        """The only selected value of the first row, or None."""
        compiled = statement.compiled[self.dialect]
        row = await self._executor.row(compiled, compiled.arguments(arguments))
        return None if row is None else compiled.read_row(row)

    async def first(self, statement: Query[T], /, **arguments: object) -> T | None:
        """The first row, or None."""
        compiled = statement.compiled[self.dialect]
        row = await self._executor.row(compiled, compiled.arguments(arguments))
        return None if row is None else compiled.read_row(row)

    async def one(self, statement: Query[T], /, **arguments: object) -> T:
        """The only row. Another number of rows is a bug."""
        compiled = statement.compiled[self.dialect]
        rows = await self._executor.rows(compiled, compiled.arguments(arguments))
        if len(rows) != 1:
            raise LookupError(f"{compiled.name} should return exactly one row and returned {len(rows)}")
        return compiled.read_row(rows[0])

    async def all(self, statement: Query[T], /, **arguments: object) -> list[T]:
        """Every row, in the statement's order."""
        compiled = statement.compiled[self.dialect]
        rows = await self._executor.rows(compiled, compiled.arguments(arguments))
        return rows.made_by(compiled.read_rows) if type(rows) is SharedRows else compiled.read_rows(rows)


class Transaction(ReadOnly):
    """Reads and changes that happen together or not at all.

    The compiler commits, never a service. After a failed statement nothing else can be done here but to roll back.
    """

    __slots__ = ("_after_commit", "_executor", "_finished", "_kept", "_listeners", "concerns_id", "random_bytes", "request_id")

    _executor: TransactionExecutor

    def __init__(
        self,
        dialect: str,
        executor: TransactionExecutor,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        request_id: UUID | None,
        listeners: Sequence[ChangeListener] = (),
    ) -> None:
        super().__init__(dialect, executor, clock)
        self.random_bytes = random_bytes
        self.request_id = request_id
        # The user besides the caller whose data the response will show: what is stored of it is erased with that user.
        self.concerns_id: int | None = None
        self._executor = executor
        self._listeners = listeners
        self._after_commit: list[Callable[[], None]] = []
        self._kept: BaseException | None = None
        self._finished = False

    if TYPE_CHECKING:
        # The same verbs, which here take commands, too. At run time they are inherited.
        async def scalar(self, statement: Statement[T], /, **arguments: object) -> T | None: ...
        async def first(self, statement: Statement[T], /, **arguments: object) -> T | None: ...
        async def one(self, statement: Statement[T], /, **arguments: object) -> T: ...
        async def all(self, statement: Statement[T], /, **arguments: object) -> list[T]: ...

    async def run(self, statement: Statement[Any], /, **arguments: object) -> int:
        """How many rows were changed."""
        compiled = statement.compiled[self.dialect]
        return await self._executor.count(compiled, compiled.arguments(arguments))

    async def defer(self, statement: Statement[Any], /, **arguments: object) -> None:
        """Run it before the commit, and before any statement that could see its change. The number of rows is unknown.

        On PostgreSQL it is sent with the next statement, if that uses other tables: a round trip less.
        """
        compiled = statement.compiled[self.dialect]
        await self._executor.defer(compiled, compiled.arguments(arguments))

    def rehearse(self) -> None:
        """From now on, read and lock as before, but raise FirstChange instead of changing anything."""
        self._executor = _Rehearsal(self._executor)

    def join(self, grouping: Grouping, *keys: Hashable) -> None:
        """Before its first statement: it may be done together with others of this kind, unless they have one of these keys.

        It needs nothing else. If it cannot go on with them, it goes on alone, or there is a TransactionConflict.
        """
        self._executor = self._executor.join(grouping, keys)

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call this after a successful commit and before the response, in the order of registration. It must not fail."""
        self._after_commit.append(callback)

    def keeping(self, problem: E) -> E:
        """Mark a problem that keeps the changes: `raise tx.keeping(problem)` commits, and the caller gets the problem."""
        self._kept = problem
        return problem

    def keeps(self, problem: BaseException | None) -> bool:
        """Whether `keeping` has marked this problem."""
        return problem is not None and problem is self._kept

    async def commit(self) -> None:
        """Commit, then call back. Raises when the database does not confirm it."""
        self._finished = True
        await self._executor.commit()
        for listener in self._listeners:
            listener(self._executor.wrote)
        for callback in self._after_commit:
            callback()

    async def rollback(self) -> None:
        """Undo everything; harmless after a commit."""
        if not self._finished:
            self._finished = True
            await self._executor.rollback()

    def abandon(self) -> None:
        """Undo everything without waiting for the database, after a deadline. Harmless after a commit."""
        if not self._finished:
            self._finished = True
            self._executor.abandon()

    async def restart(self) -> None:
        """Undo everything and begin anew, with the same time. Callbacks are dropped, too."""
        await self._executor.rollback()
        self._after_commit.clear()
        self._kept = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._finished:
            return
        if error is None or self.keeps(error):
            await self.commit()
        elif isinstance(error, asyncio.CancelledError):
            self.abandon()
        else:
            await self.rollback()
