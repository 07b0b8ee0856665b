"""Two server processes on one database. Neither is notified of changes by the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from steelyard.db.database import Database
from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.running import SECRET, settings_for
from tests.kit.world.clock import Clock
from tests.kit.world.world import User, World


@dataclass(frozen=True)
class TwoServers:
    """A client for each server, and the users and items of their marketplace."""

    first: httpx.AsyncClient
    second: httpx.AsyncClient
    processes: tuple[Process, Process]
    world: World


def as_(user: User, **more: str) -> dict[str, str]:
    """The request headers of a user."""
    return {"Authorization": f"Bearer {user.token}", **more}


@asynccontextmanager
async def two_servers(url: str, folder: Path, **settings: str) -> AsyncIterator[TwoServers]:
    """Two servers, which are ready at the start and killed at the end."""
    options: dict[str, Any] = {"rate_limits": "false", "embedded_worker": "false", "access_log": "false"} | settings
    clock = Clock()
    clock.now = datetime.now(UTC)
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(
                steelyard(
                    *("serve", "--port", "0", "--workers", "1"),
                    folder=folder,
                    database_url=url,
                    secret_keys=SECRET.get_secret_value(),
                    **options,
                )
            )
            for _ in range(2)
        ]
        addresses = await asyncio.gather(*(process.ready() for process in processes))
        limits = httpx.Limits(max_connections=100)
        first, second = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60, limits=limits)) for address in addresses
        ]
        database = Database(url)
        await database.open()
        stack.push_async_callback(database.close)
        world = World(database, clock, settings_for(url))
        yield TwoServers(first, second, (processes[0], processes[1]), world)
