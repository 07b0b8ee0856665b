"""Transactions of one kind that wait at the same moment are done by one: as many round trips as one of them takes, and one commit.

The code of each runs as if it were alone, up to the next statement whose result it needs. When all have got there, one statement does it
for all (`db/grouping.py`). A transaction that cannot go on like the others leaves the group, which has changed nothing before its commit.
"""

import asyncio
from collections.abc import Callable, Collection, Hashable, Sequence
from contextvars import Context
from functools import partial
from typing import Any

import structlog

from steelyard.db.compiled import CompiledStatement, TableChange
from steelyard.db.errors import DatabaseError, DatabaseUnavailable, LockTimeout, TransactionConflict
from steelyard.db.grouping import Grouping
from steelyard.db.postgres.joint_statement import JointStatement
from steelyard.db.postgres.transaction import PostgresTransaction
from steelyard.db.transaction import TransactionExecutor

log = structlog.get_logger()

# So many are under way before the next ones wait for each other.
_AT_ONCE = 2
_MAX_MEMBERS = 16
# No transaction waits longer for those under way. They take milliseconds, unless one waits for a lock.
_PATIENCE_S = 0.05

Keys = Collection[Hashable]


class Groups:
    """The transactions of one kind: those under way, and those that wait for the next group."""

    def __init__(self, grouping: Grouping, begin: Callable[[], PostgresTransaction], *, longest_absence_s: float) -> None:
        self.reads = [JointStatement(each) for each in grouping.reads]
        self.changes = [JointStatement(each) for each in grouping.changes]
        self.statements = {statement for step in (*self.reads, *self.changes) for statement in step.of}
        # How long a group waits for members that run their own code. It is idle meanwhile, and its rows are locked.
        self.longest_absence_s = longest_absence_s
        self._begin = begin
        self._under_way = 0
        self._keys: set[Hashable] = set()
        self._waiting: list[GroupedTransaction] = []
        self._timer: asyncio.TimerHandle | None = None
        # asyncio itself keeps no reference to a running task.
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self, alone: PostgresTransaction, keys: Keys) -> TransactionExecutor:
        """The transaction itself if it need not wait, or would wait for one of the same keys: the database decides about these."""
        if not self._keys.isdisjoint(keys):
            return alone
        self._keys.update(keys)
        if self._under_way < _AT_ONCE:
            self._under_way += 1
            alone.when_ended(partial(self._end, keys))
            return alone
        return GroupedTransaction(self, alone, keys)

    def wait(self, member: "GroupedTransaction") -> None:
        """Become part of the next group, which begins when one that is under way has ended, or after a while."""
        self._waiting.append(member)
        if self._under_way < _AT_ONCE:
            self._begin_next()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE_S, self._begin_all)

    def leave(self, member: "GroupedTransaction") -> None:
        """It has ended, or goes on alone."""
        self._keys.difference_update(member.keys)
        if member in self._waiting:
            self._waiting.remove(member)

    def _begin_all(self) -> None:
        self._timer = None
        while self._waiting:
            self._begin_next()

    def _begin_next(self) -> None:
        members, self._waiting = self._waiting[:_MAX_MEMBERS], self._waiting[_MAX_MEMBERS:]
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._under_way += 1
        # A task without the context of a request: no member that is cancelled cancels it.
        task = asyncio.get_running_loop().create_task(_Group(self, members, self._begin()).run(), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._end(())

    def _end(self, keys: Keys) -> None:
        self._under_way -= 1
        self._keys.difference_update(keys)
        if self._waiting and self._under_way < _AT_ONCE:
            self._begin_next()


class GroupedTransaction:
    """The executor of a transaction that is done together with others, or alone if it does something that they do not."""

    def __init__(self, groups: Groups, alone: PostgresTransaction, keys: Keys) -> None:
        self.wrote: set[TableChange] = alone.wrote
        self.keys = keys
        # The arguments of its statements so far.
        self.calls: dict[CompiledStatement[Any], Sequence[object]] = dict(alone.take_deferred())
        # Its row, or True after the commit; None if it has to go on alone.
        self.turn: asyncio.Future[Any]
        self.group: _Group | None = None
        self._groups = groups
        self._alone = alone
        self._is_alone = False
        self._rows = 0

    async def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        if self._is_alone or not self._is_next(statement):
            return await (await self._by_itself()).row(statement, arguments)
        self._note(statement, arguments)
        row: Sequence[Any] | None = await self._turn()
        if row is None:
            del self.calls[statement]
            return await (await self._by_itself()).row(statement, arguments)
        self._rows += 1
        return row

    async def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        return await (await self._by_itself()).rows(statement, arguments)

    async def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> int:
        return await (await self._by_itself()).count(statement, arguments)

    async def defer(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        if self._is_alone or statement not in self._groups.statements or statement in self.calls:
            await (await self._by_itself()).defer(statement, arguments)
        else:
            self._note(statement, arguments)

    async def commit(self) -> None:
        if self._is_alone or self.calls.keys() != self._groups.statements:
            return await (await self._by_itself()).commit()
        try:
            is_committed = await self._turn()
        finally:
            self._leave()
        if not is_committed:
            raise TransactionConflict("the group was rolled back")
        return None

    async def rollback(self) -> None:
        self._leave()
        await self._alone.rollback()

    def abandon(self) -> None:
        self._leave()
        self._alone.abandon()

    def join(self, grouping: Grouping, keys: Keys) -> TransactionExecutor:  # noqa: ARG002  # it is one already
        return self

    @property
    def is_gone(self) -> bool:
        """Whether it does not wait any more: it was cancelled, or has been given what it waited for."""
        return self.turn.done()

    def give(self, what: Any) -> None:
        if not self.is_gone:
            self.turn.set_result(what)

    def _is_next(self, statement: CompiledStatement[Any]) -> bool:
        reads = self._groups.reads
        return (
            self._rows < len(reads)
            and reads[self._rows].of[0] is statement
            and statement not in self.calls
            and all(each in self.calls for each in reads[self._rows].of[1:])
        )

    def _note(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        self.calls[statement] = arguments
        if statement.writes:
            self.wrote |= statement.changes

    async def _turn(self) -> Any:
        self.turn = asyncio.get_running_loop().create_future()
        if self.group is None:
            self._groups.wait(self)
        else:
            self.group.arrive(self)
        return await self.turn

    async def _by_itself(self) -> PostgresTransaction:
        """The transaction alone, with all that was deferred. Rows that the group has read are not its own: it has to run again."""
        if not self._is_alone:
            self._leave()
            if self._rows:
                raise TransactionConflict("it cannot go on with its group")
            for statement, arguments in self.calls.items():
                await self._alone.defer(statement, arguments)
        return self._alone

    def _leave(self) -> None:
        if not self._is_alone:
            self._is_alone = True
            self._groups.leave(self)
            if self.group is not None:
                self.group.leave(self)


class _Group:
    """Some transactions that are done by one."""

    def __init__(self, groups: Groups, members: list[GroupedTransaction], transaction: PostgresTransaction) -> None:
        self._groups = groups
        self._transaction = transaction
        # They wait for the next statement.
        self._here = members
        # They had come when the last statement was sent.
        self._served: list[GroupedTransaction] = []
        # They have their row, and run their own code before they come back or leave.
        self._away: set[GroupedTransaction] = set()
        self._all_here: asyncio.Future[None] | None = None
        for member in members:
            member.group = self

    def arrive(self, member: GroupedTransaction) -> None:
        if member in self._away:
            self._here.append(member)
            self._is_back(member)
        else:
            # The group has gone on without it, or has ended.
            member.give(None)

    def leave(self, member: GroupedTransaction) -> None:
        if member in self._here:
            self._here.remove(member)
        self._is_back(member)

    def _is_back(self, member: GroupedTransaction) -> None:
        self._away.discard(member)
        if not self._away and self._all_here is not None and not self._all_here.done():
            self._all_here.set_result(None)

    async def run(self) -> None:
        """Every member gets a result: its rows and the commit, or an error."""
        try:
            for step in self._groups.reads:
                await self._read(step)
            await self._change_and_commit()
        except Exception as error:  # noqa: BLE001  # every member raises it, or runs alone
            if _concerns_all(error):
                for member in self._served:
                    if not member.is_gone:
                        member.turn.set_exception(error)
            else:
                log.warning("transactions are done one by one because their group failed", reason=str(error))
        finally:
            for member in (*self._served, *self._here):
                member.give(None)
            # Also, no member that refers to its group is kept by it until the garbage is collected.
            self._served, self._here, self._away = [], [], set()
            await self._transaction.rollback()

    async def _read(self, step: JointStatement) -> None:
        members = await self._gathered()
        if members:
            rows = {number: row for number, *row in await self._transaction.rows(*step.call([member.calls for member in members]))}
            self._away = {member for number, member in enumerate(members, 1) if number in rows and not member.is_gone}
            for number, member in enumerate(members, 1):
                member.give(rows.get(number))

    async def _change_and_commit(self) -> None:
        members = await self._gathered()
        if members:
            for step in self._groups.changes:
                await self._transaction.defer(*step.call([member.calls for member in members]))
            await self._transaction.commit()
            for member in members:
                member.give(True)

    async def _gathered(self) -> list[GroupedTransaction]:
        """The members that wait for the next statement, once no other can come. Those that do not come in time have to run again."""
        if self._away:
            self._all_here = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._all_here], timeout=self._groups.longest_absence_s)
            self._away.clear()
        self._served, self._here = self._here, []
        return self._served


def _concerns_all(error: Exception) -> bool:
    """An unknown outcome, a database that is away, or a bug. Any other error may be that of one member."""
    return not isinstance(error, DatabaseError) or (isinstance(error, DatabaseUnavailable) and not isinstance(error, LockTimeout))
