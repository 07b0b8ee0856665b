"""Sessions of PostgreSQL, as tests look at them and end them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Float, Text, bindparam, func, select, type_coerce

from steelyard.db.statements import statement
from tests.kit.servers.databases import FOR_TESTS

# A pool of one connection.
ONE = replace(FOR_TESTS, pool_size=1, pool_overflow=0)

sleep = statement(select(type_coerce(func.pg_sleep(bindparam("seconds", type_=Float)), Text).label("slept")), str)
process_id = statement(select(func.pg_backend_pid()), int)


async def until(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(20):
        while not await true():
            pass


async def asleep(admin: Any) -> int | None:
    """The process in which a statement sleeps."""
    pid: int | None = await admin.fetchval("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    return pid


async def terminate(admin: Any, pid: int) -> None:
    """End a session and wait until it is gone."""
    await admin.execute(f"SELECT pg_terminate_backend({pid})")
    await until(lambda: admin.fetchval(f"SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = {pid}"))
