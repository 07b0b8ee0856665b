"""Requests that wait for a locked user in an order that the test decides. PostgreSQL alone: SQLite has one writer."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import httpx

from steelyard.db.database import Database
from tests.kit.servers.waiting import until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'steelyard'"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"

Send = Callable[[], Awaitable[httpx.Response]]


async def until_waiting(database: Database, count: int = 1) -> None:
    """Return when so many transactions wait for a lock."""
    watching = await asyncpg.connect(database.url)

    async def are_waiting() -> bool:
        return bool(await watching.fetchval(WAITING) == count)

    await until(are_waiting)
    await watching.close()


async def send_while_held(database: Database, user_id: int, *requests: Send) -> list[httpx.Response]:
    """The responses of requests that have all come to wait, one after the other, while this user was locked."""
    holding = await asyncpg.connect(database.url)
    await holding.execute("BEGIN")
    await holding.execute("SELECT FROM users WHERE id = $1 FOR UPDATE", user_id)
    sent = []
    for number, request in enumerate(requests, 1):
        sent.append(asyncio.ensure_future(request()))
        await until_waiting(database, number)
    await holding.execute("ROLLBACK")
    responses = await asyncio.gather(*sent)
    await holding.close()
    return responses


async def close_and_count_deadlocks(database: Database) -> int:
    """Connections count their deadlocks when they end, or later."""
    watching = await asyncpg.connect(database.url)

    async def are_gone() -> bool:
        return bool(await watching.fetchval(OTHERS) == 0)

    await database.close()
    await until(are_gone)
    deadlocks: int = await watching.fetchval(DEADLOCKS)
    await watching.close()
    return deadlocks
