"""One connection to PostgreSQL, and the statements that it has prepared."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from steelyard.db.compiled import CompiledStatement
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres.pipelining import PipeliningTransport
from steelyard.db.postgres.prepared import Calls, Driver, direct_calls, public_calls, unprepared_calls

MAX_PREPARED = 400


class PooledConnection:
    """Runs compiled statements. They are prepared when they are first run here."""

    __slots__ = ("_calls", "_numbered", "_options", "_transport", "driver", "expiry", "is_usable")

    expiry: asyncio.TimerHandle

    def __init__(self, driver: Driver, options: DatabaseOptions) -> None:
        self.driver = driver
        self.is_usable = True
        self._options = options
        # See decision 0012.
        self._transport: PipeliningTransport | None = driver._transport if options.pipelining else None  # noqa: SLF001
        self._calls: dict[CompiledStatement[Any], Calls] = {}
        self._numbered = 0

    # Plain functions that return the coroutine: one frame less to enter and to resume.
    def row(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[Sequence[Any] | None]:
        calls = self._calls.get(statement)
        if calls is None:
            return self._prepare_and_run("fetchrow", statement, arguments)
        calls.uses += 1
        return calls.fetchrow(*arguments)

    def rows(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[Sequence[Sequence[Any]]]:
        calls = self._calls.get(statement)
        if calls is None:
            return self._prepare_and_run("fetch", statement, arguments)
        calls.uses += 1
        return calls.fetch(*arguments)

    def count(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Awaitable[int]:
        calls = self._calls.get(statement)
        if calls is None:
            return self._prepare_and_run("count", statement, arguments)
        calls.uses += 1
        return calls.count(*arguments)

    async def last(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> str:
        """Run it and commit. Returns the end of the transaction: `COMMIT`, or `ROLLBACK` when a statement before had failed."""
        calls = self._calls.get(statement) or await self._prepare(statement)
        calls.uses += 1
        if calls.last is not None:
            return await calls.last(*arguments)
        await calls.count(*arguments)
        tag: str = await self.driver.execute("COMMIT")
        return tag

    async def commit(self, statement: CompiledStatement[Any], arguments: Sequence[object]) -> str:
        """Commit alone. Returns the same."""
        tag: str = await self.driver.execute(statement.text, *arguments)
        return tag

    def pipeline_begin(self, statement: CompiledStatement[Any]) -> bool:
        """Send BEGIN in the message of this statement, which has to be the next one; False if it needs more than one message."""
        calls = self._calls.get(statement)
        if self._transport is None or calls is None or calls.last is None:
            return False
        self._transport.add_begin()
        return True

    def cancel_pipelining(self) -> None:
        """Send no BEGIN or COMMIT with the next statement, because its own statement could not be sent."""
        if self._transport is not None:
            self._transport.add_nothing()

    async def _prepare_and_run(self, call: str, statement: CompiledStatement[Any], arguments: Sequence[object]) -> Any:
        calls = await self._prepare(statement)
        calls.uses += 1
        return await getattr(calls, call)(*arguments)

    async def _prepare(self, statement: CompiledStatement[Any]) -> Calls:
        if statement.plans_per_call or not self._options.prepared:
            calls = unprepared_calls(self.driver, statement.text)
        else:
            # Without a name it would be parsed again on every call: asyncpg's own cache is off.
            self._numbered += 1
            prepared = await self.driver.prepare(statement.text, name=f"steelyard_{self._numbered}")
            is_direct = self._options.direct_calls
            calls = direct_calls(self.driver, prepared, self._transport) if is_direct else public_calls(prepared, self._transport)
        if len(self._calls) >= MAX_PREPARED:
            # asyncpg closes it on the server once nothing refers to it.
            del self._calls[min(self._calls, key=lambda each: self._calls[each].uses)]
        self._calls[statement] = calls
        return calls
