"""A marketplace that `steelyard serve` serves, with direct access to its database."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steelyard.db.database import Database
from steelyard.db.options import DatabaseOptions
from tests.faults.callers import Caller
from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.running import SECRET, settings_for
from tests.kit.world.clock import Clock
from tests.kit.world.world import User, World


@dataclass
class Served:
    """A server process, and the users and items in its database."""

    process: Process
    world: World
    callers: list[Caller] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.process.url

    @property
    def database(self) -> Database:
        return self.world.database

    def caller(self, user: User | None = None) -> Caller:
        """A caller with the token of a user, or an anonymous one. It is closed together with the server."""
        self.callers.append(Caller(self.url, None if user is None else user.token))
        return self.callers[-1]

    async def users(self, count: int) -> list[User]:
        return [await self.world.user(name=f"User {number}") for number in range(count)]


@asynccontextmanager
async def served(database_url: str, folder: Path, *, workers: int = 2, **settings: Any) -> AsyncIterator[Served]:
    """`steelyard serve` on a migrated database, by default without rate limits."""
    async with AsyncExitStack() as stack:
        # A separate, more patient pool: the test prepares data and checks the outcome with it.
        database = Database(database_url, options=DatabaseOptions(pool_size=2, pool_overflow=0, pool_at_start=1, pool_wait_s=30))
        await database.open()
        stack.push_async_callback(database.close)
        clock = Clock()
        clock.now = datetime.now(UTC)
        world = World(database, clock, settings_for(database_url))
        process = await stack.enter_async_context(
            steelyard(
                *("serve", "--port", "0", "--workers", str(workers)),
                folder=folder,
                database_url=database_url,
                secret_keys=SECRET.get_secret_value(),
                **{"rate_limits": "false", "access_log": "false", **settings},
            )
        )
        await process.ready()
        market = Served(process, world)
        try:
            yield market
        finally:
            for caller in market.callers:
                caller.close()
