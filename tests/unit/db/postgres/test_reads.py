"""Reads outside of a transaction on PostgreSQL."""

import asyncio
from dataclasses import replace
from typing import Any

from steelyard.db.database import Database
from tests.kit.servers.databases import FOR_TESTS
from tests.unit.db.postgres.sessions import asleep, process_id, sleep, terminate, until
from tests.unit.db.sample_tables import Opener, every_good, stock, titles


async def test_reads_use_the_connection_that_was_used_last(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pool_at_start=3))

    assert len({await db.read().scalar(process_id) for _ in range(5)}) == 1
    assert db.gauges() == {"open": 3, "idle": 3, "busy": 0, "waiting": 0, "lost": 0}


async def test_a_read_on_a_killed_connection_is_done_again_on_another(one: Database, admin: Any) -> None:
    await terminate(admin, await one.read().one(process_id))

    assert await one.read().all(titles) == []


async def test_a_read_killed_under_way_is_done_again_on_another(one: Database, admin: Any) -> None:
    sleeping = asyncio.create_task(one.read().scalar(sleep, seconds=0.5))
    await until(lambda: asleep(admin))
    victim = await asleep(admin)
    assert victim is not None

    await terminate(admin, victim)

    assert await sleeping is None
    assert one.gauges()["lost"] == 1
    assert await one.read().scalar(process_id) != victim


async def test_a_schema_change_under_prepared_statements_is_not_noticed(db: Database) -> None:
    good = await stock(db)
    every = [await db.read().all(every_good) for _ in range(3)]

    await db.run_ddl(["ALTER TABLE goods ALTER COLUMN units TYPE bigint", "ALTER TABLE goods ADD COLUMN colour text"])

    assert every == [[good]] * 3
    assert await asyncio.gather(*(db.read().all(every_good) for _ in range(5))) == [[good]] * 5
    async with db.transaction() as tx:
        assert await tx.all(every_good) == [good]
