"""Transactions on PostgreSQL alone: round trips, lost connections, deferred errors."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import psutil
import pytest

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable, LockTimeout, TransactionConflict, ValueOutOfRange
from steelyard.db.postgres.backend import PostgresBackend
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.statements import count_statements
from tests.unit.db.postgres.relay import relayed
from tests.unit.db.postgres.sessions import ONE, asleep, process_id, sleep, terminate, until
from tests.unit.db.sample_tables import Opener, add_good, add_shelf, every_good, rename, stock, titles


@pytest.fixture
async def db(opening_postgres: Opener) -> Database:
    """A database with pipelining, also in a run without short cuts."""
    return await opening_postgres(replace(FOR_TESTS, pipelining=True))


async def test_a_read_takes_one_round_trip_and_a_transaction_of_a_prepared_statement_two(opening_postgres: Opener) -> None:
    async with relayed(opening_postgres.url) as (url, sent):
        db = Database(url, options=replace(ONE, pipelining=True))
        await db.open()
        good = await stock(db)
        await db.read().all(titles)

        sent.clear()
        await db.read().all(titles)
        assert len(sent) == 1

        for round_trips in (4, 2):
            sent.clear()
            async with db.transaction() as tx:
                await tx.run(rename, good_id=good.id, title="desk")
            assert len(sent) == round_trips
        await db.close()


async def test_a_pipelined_begin_begins_the_transaction(db: Database, admin: Any) -> None:
    good = await stock(db)

    for title in ("desk", "chair"):
        tx = db.transaction()
        await tx.run(rename, good_id=good.id, title=title)
        assert await admin.fetchval("SELECT title FROM goods") == good.title
        await tx.rollback()

    assert [row.title for row in await db.read().all(every_good)] == [good.title]


async def test_a_connection_that_was_lost_before_a_transaction_costs_no_error(single: Database, admin: Any) -> None:
    good = await stock(single)
    async with single.transaction() as tx:
        await tx.run(rename, good_id=good.id, title="desk")
    pid = await single.read().one(process_id)
    # Without the listeners the pool notices the end only at the next statement.
    assert isinstance(single._backend, PostgresBackend)
    for connection in single._backend._connections:
        connection.driver._termination_listeners.clear()
    await admin.execute("SELECT pg_terminate_backend($1)", pid)

    async with single.transaction() as tx:
        await tx.run(rename, good_id=good.id, title="chair")

    assert [row.title for row in await single.read().all(every_good)] == ["chair"]


async def test_a_deferred_statement_costs_no_round_trip(db: Database) -> None:
    good = await stock(db)

    with count_statements() as made:
        async with db.transaction() as tx:
            await tx.defer(add_shelf, name="later")
            await tx.run(rename, good_id=good.id, title="desk")

    assert len(made) == 3, made


async def test_a_statement_cancelled_in_a_transaction_is_cut_and_undone(single: Database, admin: Any) -> None:
    async def write_and_sleep() -> None:
        async with single.transaction() as tx:
            await tx.one(add_good, shelf_id=None, title="lamp", units=1)
            await tx.scalar(sleep, seconds=20)

    writing = asyncio.create_task(write_and_sleep())
    await until(lambda: asleep(admin))

    writing.cancel()
    await asyncio.wait([writing])

    assert await single.read().all(titles) == []


async def test_a_rollback_does_not_wait_again_for_a_frozen_server(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, command_timeout_s=1))
    tx = db.transaction()
    backend = psutil.Process(await tx.one(process_id))
    backend.suspend()
    try:
        began_s = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await tx.scalar(process_id)
        waited_s = time.monotonic() - began_s

        began_s = time.monotonic()
        await tx.rollback()

        assert time.monotonic() - began_s < waited_s / 2
    finally:
        backend.resume()


async def test_a_transaction_killed_before_its_commit_is_a_conflict(single: Database, admin: Any) -> None:
    tx = single.transaction()
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)
    await terminate(admin, await tx.one(process_id))

    with pytest.raises(TransactionConflict, match=r"the connection broke before the commit, at tests\.unit\.db\.sample_tables\.titles"):
        await tx.all(titles)
    await tx.rollback()

    assert await single.read().all(titles) == []


async def test_a_connection_killed_while_idle_costs_a_transaction_nothing(single: Database, admin: Any) -> None:
    await terminate(admin, await single.read().one(process_id))

    async with single.transaction() as tx:
        await tx.one(add_good, shelf_id=None, title="lamp", units=1)

    assert await single.read().all(titles) == ["lamp"]


async def test_a_commit_without_a_response_has_an_unknown_outcome(single: Database, admin: Any) -> None:
    await admin.execute(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON goods DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()"
    )
    tx = single.transaction()
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)
    committing = asyncio.create_task(tx.commit())
    await until(lambda: asleep(admin))

    await terminate(admin, await asleep(admin) or 0)

    with pytest.raises(DatabaseUnavailable, match="its outcome is unknown"):
        await committing
    assert await single.read().all(titles) == []


async def test_a_deadlock_is_a_conflict_for_one_of_two(db: Database) -> None:
    lamp, desk = await stock(db, "lamp"), await stock(db, "desk")
    first, second = db.transaction(), db.transaction()
    await first.run(rename, good_id=lamp.id, title="1")
    await second.run(rename, good_id=desk.id, title="2")

    async def end(tx: Any, good_id: int, title: str) -> str:
        try:
            await tx.run(rename, good_id=good_id, title=title)
        except TransactionConflict:
            await tx.rollback()
            return "lost"
        await tx.commit()
        return title

    ends = await asyncio.gather(end(first, desk.id, "1"), end(second, lamp.id, "2"))

    assert sorted(ends) in (["1", "lost"], ["2", "lost"])
    assert set(await db.read().all(titles)) == set(ends) - {"lost"}


async def test_a_schema_change_within_a_transaction_is_a_conflict(single: Database, admin: Any) -> None:
    await single.read().all(every_good)
    tx = single.transaction()
    await tx.scalar(process_id)
    await admin.execute("ALTER TABLE goods ALTER COLUMN units TYPE bigint")

    with pytest.raises(TransactionConflict, match=r"the schema changed under tests\.unit\.db\.sample_tables\.every_good"):
        await tx.all(every_good)
    await tx.rollback()

    async with single.transaction() as tx:
        assert await tx.all(every_good) == []


async def test_two_verbs_of_one_transaction_at_once_are_an_error(single: Database) -> None:
    tx = single.transaction()
    await tx.all(titles)

    results = await asyncio.gather(tx.scalar(sleep, seconds=0.05), tx.all(titles), return_exceptions=True)
    await tx.rollback()

    assert any(isinstance(each, Exception) for each in results)
    assert await single.read().all(titles) == []


async def test_a_value_that_a_deferred_statement_cannot_send_is_its_error(db: Database) -> None:
    good = await stock(db)
    tx = db.transaction()
    await tx.defer(add_shelf, name=object())

    with pytest.raises(ValueOutOfRange) as failed:
        await tx.run(rename, good_id=good.id, title="desk")

    await tx.rollback()
    assert (failed.value.statement, failed.value.parameter) == (add_shelf.name, "name")


async def test_a_lock_that_a_deferred_statement_waits_for_is_its_error(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pipelining=True, lock_timeout_s=0.05))
    good = await stock(db)
    holder, tx = db.transaction(), db.transaction()
    await holder.run(rename, good_id=good.id, title="desk")
    await tx.defer(rename, good_id=good.id, title="chair")

    with pytest.raises(LockTimeout, match=f"^{rename.name} waited too long"):
        await tx.run(add_shelf, name="left")

    await tx.rollback()
    await holder.rollback()


async def test_an_error_of_several_statements_names_them_all(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pipelining=True, statement_timeout_s=0.05))
    tx = db.transaction()
    await tx.defer(add_shelf, name="left")

    with pytest.raises(DatabaseUnavailable, match=f"^{sleep.name} with {add_shelf.name} was not done"):
        await tx.scalar(sleep, seconds=20)

    await tx.rollback()
