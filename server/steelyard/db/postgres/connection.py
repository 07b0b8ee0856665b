"""One connection to PostgreSQL, and the statements that it has prepared."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from asyncpg.prepared_stmt import PreparedStatement

from steelyard.db.compiled import CompiledStatement
from steelyard.db.postgres.pipelining import PipeliningTransport

Driver = Any  # asyncpg.Connection; asyncpg ships no types

PREPARED_AT_MOST = 400


class PreparedCalls:
    """A statement as one connection knows it. `last` commits with it; None where it has to be executed alone."""

    __slots__ = ("count", "fetch", "fetchrow", "last", "uses")

    def __init__(
        self,
        fetchrow: Callable[..., Any],
        fetch: Callable[..., Any],
        count: Callable[..., Awaitable[int]],
        last: Callable[..., Awaitable[str]] | None = None,
    ) -> None:
        self.fetchrow = fetchrow
        self.fetch = fetch
        self.count = count
        self.last = last
        self.uses = 0


class PooledConnection:
    """One connection and what it has prepared."""

    __slots__ = ("_always_unnamed", "_numbered", "_prepared", "driver", "expiry", "is_usable")

    expiry: asyncio.TimerHandle

    def __init__(self, driver: Driver, *, prepared: bool) -> None:
        self.driver = driver
        self.is_usable = True
        self._prepared: dict[CompiledStatement[Any], PreparedCalls] = {}
        self._always_unnamed = not prepared
        self._numbered = 0

    async def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        prepared = self._prepared.get(statement) or await self._prepare(statement)
        prepared.uses += 1
        found: Sequence[Any] | None = await prepared.fetchrow(*arguments)
        return found

    async def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        prepared = self._prepared.get(statement) or await self._prepare(statement)
        prepared.uses += 1
        found: Sequence[Sequence[Any]] = await prepared.fetch(*arguments)
        return found

    async def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> int:
        prepared = self._prepared.get(statement) or await self._prepare(statement)
        prepared.uses += 1
        return await prepared.count(*arguments)

    async def last(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> str:
        """Execute and commit; what became of the transaction: `COMMIT`, or `ROLLBACK` when it had failed before."""
        prepared = self._prepared.get(statement) or await self._prepare(statement)
        prepared.uses += 1
        if prepared.last is not None:
            return await prepared.last(*arguments)
        await prepared.count(*arguments)
        tag: str = await self.driver.execute("COMMIT")
        return tag

    async def commit(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> str:
        """Commit alone; with what became of the transaction, as above."""
        tag: str = await self.driver.execute(statement.text, *arguments)
        return tag

    def pipelines_begin(self, statement: CompiledStatement[Any]) -> bool:
        """Have BEGIN sent with the statement that comes next, if that goes out as one message: its answer comes with the statement's."""
        prepared = self._prepared.get(statement)
        if prepared is None or prepared.last is None:
            return False
        self.driver._transport.add_begin()  # noqa: SLF001  # docs/decisions/0012
        return True

    async def _prepare(self, statement: CompiledStatement[Any]) -> PreparedCalls:
        if self._always_unnamed or statement.plans_per_call:
            prepared = self._unnamed(statement.text)
        else:
            # Without a name of ours it would have none, and be parsed again on every call: asyncpg's own cache is off.
            self._numbered += 1
            prepared = _prepared(self.driver, await self.driver.prepare(statement.text, name=f"steelyard_{self._numbered}"))
        if len(self._prepared) >= PREPARED_AT_MOST:
            # asyncpg closes it on the server once nothing refers to it.
            del self._prepared[min(self._prepared, key=lambda each: self._prepared[each].uses)]
        self._prepared[statement] = prepared
        return prepared

    def _unnamed(self, text: str) -> PreparedCalls:
        driver = self.driver

        async def count(*arguments: object) -> int:
            return _touched(await driver.execute(text, *arguments))

        return PreparedCalls(lambda *arguments: driver.fetchrow(text, *arguments), lambda *arguments: driver.fetch(text, *arguments), count)


def _prepared(driver: Driver, statement: "PreparedStatement[Any]") -> PreparedCalls:
    """The statement without asyncpg's wrappers, whose eight calls for each execution check what the pool knows already.

    What they rest on is not public: `bind_execute` has had these arguments since asyncpg 0.17, and the tests of this module
    would not survive another meaning.
    """
    execute = driver._protocol.bind_execute  # noqa: SLF001
    state = statement._state  # noqa: SLF001
    wire: PipeliningTransport = driver._transport  # noqa: SLF001

    async def fetchrow(*arguments: object) -> Sequence[Any] | None:
        rows, _, _ = await execute(state, arguments, "", 1, True, None)
        return rows[0] if rows else None

    async def fetch(*arguments: object) -> Sequence[Sequence[Any]]:
        rows, _, _ = await execute(state, arguments, "", 0, True, None)
        return rows  # type: ignore[no-any-return]  # the driver is not typed this deep

    async def count(*arguments: object) -> int:
        _, tag, _ = await execute(state, arguments, "", 0, True, None)
        return _touched(tag.decode())

    async def last(*arguments: object) -> str:
        wire.add_commit()
        try:
            _, tag, _ = await execute(state, arguments, "", 0, True, None)
        finally:
            wire.add_nothing()
        return tag.decode()  # type: ignore[no-any-return]  # the same

    # Closed on the server once nothing refers to it.
    fetch.statement = statement  # type: ignore[attr-defined]
    return PreparedCalls(fetchrow, fetch, count, last)


def _touched(tag: str) -> int:
    """The number in a command tag: `UPDATE 3`, `INSERT 0 1`."""
    return int(tag.rpartition(" ")[2])
