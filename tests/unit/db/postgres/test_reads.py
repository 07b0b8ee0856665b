"""Reads outside of a transaction on PostgreSQL."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from steelyard.db import single_flight
from steelyard.db.database import Database
from steelyard.db.statements import any_of, statement
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.statements import count_statements
from tests.unit.db.postgres.sessions import asleep, process_id, sleep, terminate, until
from tests.unit.db.sample_tables import GoodRow, Opener, add_good, add_shelf, every_good, goods, rename, stock, titles

_columns = [goods.c[name] for name in GoodRow._fields]
good_by_id = statement(
    select(*_columns).where(goods.c.id == bindparam("good_id")),
    GoodRow,
    batch=(select(*_columns).where(any_of(goods.c.id, "good_id")), "id"),
)
goods_in_order = statement(select(*_columns).order_by(goods.c.id), GoodRow, coalesce=True)


async def test_reads_use_the_connection_that_was_used_last(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pool_at_start=3))

    assert len({await db.read().scalar(process_id) for _ in range(5)}) == 1
    assert db.gauges() == {"open": 3, "idle": 3, "busy": 0, "waiting": 0, "lost": 0}


async def test_a_read_on_a_killed_connection_runs_again_on_another(single: Database, admin: Any) -> None:
    await terminate(admin, await single.read().one(process_id))

    assert await single.read().all(titles) == []


async def test_a_read_that_is_killed_runs_again_on_another_connection(single: Database, admin: Any) -> None:
    sleeping = asyncio.create_task(single.read().scalar(sleep, seconds=0.5))
    await until(lambda: asleep(admin))
    victim = await asleep(admin)
    assert victim is not None

    await terminate(admin, victim)

    assert await sleeping is None
    assert single.gauges()["lost"] == 1
    assert await single.read().scalar(process_id) != victim


async def test_a_schema_change_under_prepared_statements_is_not_noticed(db: Database) -> None:
    good = await stock(db)
    every = [await db.read().all(every_good) for _ in range(3)]

    await db.run_ddl(["ALTER TABLE goods ALTER COLUMN units TYPE bigint", "ALTER TABLE goods ADD COLUMN colour text"])

    assert every == [[good]] * 3
    assert await asyncio.gather(*(db.read().all(every_good) for _ in range(5))) == [[good]] * 5
    async with db.transaction() as tx:
        assert await tx.all(every_good) == [good]


@pytest.fixture
async def shared(opening_postgres: Opener, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with shared reads, whose callers also wait for each other while the machine is busy."""
    monkeypatch.setattr(single_flight, "_PATIENCE_S", 10)
    return await opening_postgres(replace(FOR_TESTS, shared_reads=True))


async def add_goods(db: Database, count: int) -> list[int]:
    async with db.transaction() as tx:
        shelf = await tx.one(add_shelf, name="left")
        return [(await tx.one(add_good, shelf_id=shelf, title=f"lamp {number}", units=number)).id for number in range(count)]


async def test_rows_that_are_requested_at_the_same_time_take_two_statements(shared: Database) -> None:
    ids = await add_goods(shared, 40)

    with count_statements() as made:
        rows = await asyncio.gather(*(shared.read().first(good_by_id, good_id=each) for each in [*ids, 0]))

    assert [row and row.title for row in rows] == [*(f"lamp {number}" for number in range(40)), None]
    assert len(made) == 2, made


async def test_equal_listings_at_the_same_time_take_two_statements(shared: Database) -> None:
    await add_goods(shared, 5)

    with count_statements() as made:
        listings = await asyncio.gather(*(shared.read().all(goods_in_order) for _ in range(20)))

    assert {len(rows) for rows in listings} == {5}
    assert len(made) == 2, made


async def test_callers_of_a_shared_listing_get_the_same_rows_and_each_another_list(shared: Database) -> None:
    await add_goods(shared, 5)

    _, *listings = await asyncio.gather(*(shared.read().all(goods_in_order) for _ in range(4)))
    first, second, third = listings
    second.pop()

    assert all(mine is theirs for mine, theirs in zip(first, third, strict=True))
    assert (len(first), len(second)) == (5, 4)


async def test_a_transaction_shares_nothing(shared: Database) -> None:
    (good_id,) = await add_goods(shared, 1)

    async with shared.transaction() as tx:
        await tx.run(rename, good_id=good_id, title="brass")
        inside, outside = await asyncio.gather(tx.first(good_by_id, good_id=good_id), shared.read().first(good_by_id, good_id=good_id))

    assert inside is not None
    assert outside is not None
    assert (inside.title, outside.title) == ("brass", "lamp 0")


async def test_without_shared_reads_each_caller_has_a_statement(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, shared_reads=False))
    ids = await add_goods(db, 10)

    with count_statements() as made:
        await asyncio.gather(*(db.read().first(good_by_id, good_id=each) for each in ids))
        await asyncio.gather(*(db.read().all(goods_in_order) for _ in range(10)))

    assert len(made) == 20
