"""How one connection runs one statement: by asyncpg's protocol, by its public methods, or unprepared."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from steelyard.db.postgres.pipelining import PipeliningTransport

Driver = Any  # asyncpg.Connection and asyncpg.prepared_stmt.PreparedStatement; asyncpg has no types


class Calls:
    """The ways to run a statement. `last` commits along with it; None where COMMIT has to be sent alone."""

    __slots__ = ("count", "fetch", "fetchrow", "last", "uses")

    def __init__(
        self,
        fetchrow: Callable[..., Awaitable[Sequence[Any] | None]],
        fetch: Callable[..., Awaitable[Sequence[Sequence[Any]]]],
        count: Callable[..., Awaitable[int]],
        last: Callable[..., Awaitable[str]] | None = None,
    ) -> None:
        self.fetchrow = fetchrow
        self.fetch = fetch
        self.count = count
        self.last = last
        self.uses = 0


def direct_calls(driver: Driver, statement: Driver, transport: PipeliningTransport | None) -> Calls:
    """A prepared statement without asyncpg's wrappers, whose eight calls for each execution check what the pool knows already.

    `bind_execute` is not public. It has had these arguments since asyncpg 0.17, the bound in pyproject.toml excludes versions that were
    not read, and STEELYARD_DATABASE_DIRECT_CALLS switches to `public_calls`.
    """
    execute = driver._protocol.bind_execute  # noqa: SLF001
    state = statement._state  # noqa: SLF001

    async def fetchrow(*arguments: object) -> Sequence[Any] | None:
        rows, _, _ = await execute(state, arguments, "", 1, True, None)
        return rows[0] if rows else None

    async def fetch(*arguments: object) -> Sequence[Sequence[Any]]:
        rows, _, _ = await execute(state, arguments, "", 0, True, None)
        return rows  # type: ignore[no-any-return]  # the driver is not typed

    async def count(*arguments: object) -> int:
        _, tag, _ = await execute(state, arguments, "", 0, True, None)
        return touched_rows(tag.decode())

    async def run(*arguments: object) -> str:
        _, tag, _ = await execute(state, arguments, "", 0, True, None)
        return tag.decode()  # type: ignore[no-any-return]  # the same

    # Closed on the server once nothing refers to it.
    fetch.statement = statement  # type: ignore[attr-defined]
    return Calls(fetchrow, fetch, count, _committing(run, transport))


def public_calls(statement: Driver, transport: PipeliningTransport | None) -> Calls:
    """A prepared statement by asyncpg's public methods alone."""

    async def count(*arguments: object) -> int:
        return touched_rows(await run(*arguments))

    async def run(*arguments: object) -> str:
        await statement.fetch(*arguments)
        return statement.get_statusmsg()  # type: ignore[no-any-return]  # the driver is not typed

    return Calls(statement.fetchrow, statement.fetch, count, _committing(run, transport))


def unprepared_calls(driver: Driver, text: str) -> Calls:
    """A statement without a name, which is planned anew for the values of each call."""

    async def count(*arguments: object) -> int:
        return touched_rows(await driver.execute(text, *arguments))

    return Calls(lambda *arguments: driver.fetchrow(text, *arguments), lambda *arguments: driver.fetch(text, *arguments), count)


def _committing(run: Callable[..., Awaitable[str]], transport: PipeliningTransport | None) -> Callable[..., Awaitable[str]] | None:
    """The same statement with COMMIT in its message; its tag is that of the COMMIT."""
    if transport is None:
        return None

    async def last(*arguments: object) -> str:
        transport.add_commit()
        try:
            return await run(*arguments)
        finally:
            transport.add_nothing()

    return last


def touched_rows(tag: str) -> int:
    """The number in a command tag: `UPDATE 3`, `INSERT 0 1`."""
    return int(tag.rpartition(" ")[2])
