"""A transaction commits all of its changes or none, on both databases."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from steelyard.db.database import Database
from steelyard.db.errors import ConstraintViolated, DatabaseUnavailable, LockTimeout
from steelyard.db.options import DatabaseOptions
from tests.unit.db.sample_tables import (
    Opener,
    add_good,
    add_shelf,
    every_good,
    good_of,
    rename,
    shelf_names,
    sold_of,
    stock,
    take,
    titles,
    units_of,
)

ORIGIN = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


class Rejected(Exception):
    pass


async def test_a_change_is_seen_inside_at_once_and_outside_after_the_commit(db: Database) -> None:
    tx = db.transaction()
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)

    assert await tx.all(titles) == ["lamp"]
    assert await db.read().all(titles) == []

    await tx.commit()
    assert await db.read().all(titles) == ["lamp"]


async def test_an_error_undoes_everything(db: Database) -> None:
    good = await stock(db)

    async def fail() -> None:
        async with db.transaction() as tx:
            await tx.run(rename, good_id=good.id, title="desk")
            raise Rejected

    with pytest.raises(Rejected):
        await fail()
    assert await db.read().first(good_of, good_id=good.id) == good


async def test_a_kept_problem_commits_and_is_raised(db: Database) -> None:
    good = await stock(db)
    called: list[str] = []

    async def fail() -> None:
        async with db.transaction() as tx:
            tx.on_commit(lambda: called.append("kept"))
            await tx.run(rename, good_id=good.id, title="desk")
            raise tx.keeping(Rejected())

    with pytest.raises(Rejected):
        await fail()
    assert await db.read().all(titles) == ["desk"]
    assert called == ["kept"]


async def test_only_the_marked_problem_is_kept(db: Database) -> None:
    tx = db.transaction()
    marked = tx.keeping(Rejected())

    assert tx.keeps(marked)
    assert not tx.keeps(Rejected())
    assert not tx.keeps(None)


async def test_callbacks_run_in_order_after_the_commit(db: Database) -> None:
    called: list[str] = []

    async with db.transaction() as tx:
        tx.on_commit(lambda: called.append("first"))
        tx.on_commit(lambda: called.append("second"))
        await tx.one(add_good, shelf_id=None, title="lamp", units=1)
        assert called == []

    assert called == ["first", "second"]


async def test_callbacks_do_not_run_after_a_rollback(db: Database) -> None:
    called: list[str] = []

    tx = db.transaction()
    tx.on_commit(lambda: called.append("never"))
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)
    await tx.rollback()

    assert called == []
    assert await db.read().all(titles) == []


async def test_listeners_get_the_tables_that_a_commit_changed(db: Database) -> None:
    changed: list[set[str]] = []
    db.on_change(lambda changes: changed.append({change.table for change in changes}))

    async with db.transaction() as tx:
        await tx.all(every_good)
        await tx.one(add_good, shelf_id=await tx.one(add_shelf, name="left"), title="lamp", units=1)
    undone = db.transaction()
    await undone.one(add_shelf, name="right")
    await undone.rollback()

    assert changed == [{"shelves", "goods"}]


async def test_a_transaction_has_one_time_and_a_request_id(opening: Opener) -> None:
    ticks = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 9))
    database = Database(opening.url, clock=lambda: next(ticks))

    tx = database.transaction(ORIGIN)

    assert tx.now == tx.now == datetime(2026, 1, 1, tzinfo=UTC)
    assert tx.request_id == ORIGIN
    assert database.transaction().request_id is None
    assert database.read().now == datetime(2026, 1, 2, tzinfo=UTC)


async def test_nothing_follows_a_failed_statement_but_a_rollback(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.one(add_shelf, name="left")

    tx = db.transaction()
    await tx.one(add_shelf, name="right")
    with pytest.raises(ConstraintViolated):
        await tx.one(add_shelf, name="left")
    with pytest.raises(RuntimeError, match="a statement of this transaction failed: nothing can follow but a rollback"):
        await tx.all(titles)
    with pytest.raises(RuntimeError, match="it was rolled back, not committed"):
        await tx.commit()

    async with db.transaction() as tx:
        await tx.one(add_shelf, name="right")


async def test_a_restart_undoes_changes_and_drops_callbacks(db: Database) -> None:
    called: list[str] = []

    async with db.transaction() as tx:
        tx.on_commit(lambda: called.append("before"))
        await tx.one(add_good, shelf_id=None, title="lamp", units=1)
        await tx.restart()
        tx.on_commit(lambda: called.append("after"))
        await tx.one(add_good, shelf_id=None, title="desk", units=1)

    assert await db.read().all(titles) == ["desk"]
    assert called == ["after"]


async def test_a_transaction_without_a_statement_takes_no_connection(opening: Opener) -> None:
    database = await opening(DatabaseOptions(pool_size=1, pool_overflow=0, pool_wait_s=0.1))
    idle = database.gauges()["idle"]

    async with database.transaction(), database.transaction():
        assert database.gauges()["idle"] == idle


async def test_a_cancelled_transaction_is_undone_and_lets_the_next_one_write(db: Database) -> None:
    good = await stock(db)
    reached = asyncio.Event()

    async def wait_for_ever() -> None:
        async with db.transaction() as tx:
            await tx.run(rename, good_id=good.id, title="desk")
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait_for_ever())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with db.transaction() as tx:
        assert await tx.scalar(units_of, good_id=good.id) == 10
        await tx.run(rename, good_id=good.id, title="sofa")
    assert await db.read().all(titles) == ["sofa"]


async def test_an_abandoned_transaction_is_undone_and_lets_the_next_one_write(db: Database) -> None:
    good = await stock(db)
    tx = db.transaction()
    await tx.run(rename, good_id=good.id, title="desk")

    tx.abandon()

    async with db.transaction() as other:
        assert await other.all(titles) == ["lamp"]
        await other.run(rename, good_id=good.id, title="shelf")
    await tx.rollback()
    assert await db.read().all(titles) == ["shelf"]


async def test_a_thousand_buyers_of_six_hundred_units_get_six_hundred(opening: Opener) -> None:
    databases = [await opening() for _ in range(3)]
    good = await stock(databases[0], units=600)

    async def buy(number: int) -> bool:
        async with databases[number % 3].transaction() as tx:
            return await tx.scalar(take, good_id=good.id, quantity=1) is not None

    bought = 0
    for start in range(0, 1000, 50):
        bought += sum(await asyncio.gather(*(buy(number) for number in range(start, start + 50))))

    assert bought == 600
    assert await databases[1].read().scalar(sold_of, good_id=good.id) == 600
    assert await databases[2].read().scalar(units_of, good_id=good.id) == 0


async def test_waiting_too_long_for_another_transaction_is_an_error(opening: Opener) -> None:
    patient, hasty = await opening(), await opening(DatabaseOptions(lock_timeout_s=0.05, sqlite_busy_timeout_s=0.05))
    good = await stock(patient)

    async with patient.transaction() as tx:
        await tx.run(rename, good_id=good.id, title="desk")
        with pytest.raises(LockTimeout if patient.dialect == "postgresql" else DatabaseUnavailable):
            async with hasty.transaction() as other:
                await other.run(rename, good_id=good.id, title="sofa")

    assert await hasty.read().all(titles) == ["desk"]


async def test_a_closed_database_is_unavailable(opening: Opener) -> None:
    database = await opening()
    await database.close()

    with pytest.raises(DatabaseUnavailable):
        await database.read().all(titles)


async def test_a_deferred_statement_runs_before_one_that_could_see_it(db: Database) -> None:
    async with db.transaction() as tx:
        good = await tx.one(add_good, shelf_id=await tx.one(add_shelf, name="left"), title="lamp", units=1)
        await tx.defer(rename, good_id=good.id, title="desk")
        [seen] = await tx.all(every_good)

    assert seen.title == "desk"


async def test_a_deferred_statement_runs_with_another_change_or_with_the_commit(db: Database) -> None:
    changed: list[set[str]] = []
    db.on_change(lambda changes: changed.append({change.table for change in changes}))
    async with db.transaction() as tx:
        good = await tx.one(add_good, shelf_id=await tx.one(add_shelf, name="left"), title="lamp", units=1)
    async with db.transaction() as tx:
        await tx.defer(add_shelf, name="right")
        taken = await tx.one(take, good_id=good.id, quantity=1)
    async with db.transaction() as tx:
        await tx.defer(add_shelf, name="upper")
        await tx.defer(rename, good_id=good.id, title="desk")
    async with db.transaction() as tx:
        await tx.defer(rename, good_id=good.id, title="chair")
        assert await tx.run(rename, good_id=good.id, title="table") == 1

    assert taken == 0
    assert sorted(await db.read().all(shelf_names)) == ["left", "right", "upper"]
    assert [row.title for row in await db.read().all(every_good)] == ["table"]
    assert changed[1:] == [{"shelves", "goods"}, {"shelves", "goods"}, {"goods"}]


async def test_a_deferred_statement_is_undone_with_the_rest(db: Database) -> None:
    undone = db.transaction()
    await undone.one(add_shelf, name="left")
    await undone.defer(add_shelf, name="right")
    await undone.rollback()

    refused = db.transaction()
    await refused.one(add_shelf, name="left")

    async def go_on() -> None:
        await refused.defer(add_shelf, name="left")
        await refused.commit()

    with pytest.raises(ConstraintViolated):
        await go_on()
    await refused.rollback()

    assert await db.read().all(shelf_names) == []


async def test_a_connection_works_after_an_error_at_the_commit(opening: Opener) -> None:
    db = await opening(DatabaseOptions(pool_size=1, pool_overflow=0, pool_at_start=1, pool_wait_s=1))

    async def fail() -> None:
        async with db.transaction() as tx:
            await tx.one(add_shelf, name="left")
            await tx.defer(add_shelf, name="left")

    with pytest.raises(ConstraintViolated):
        await fail()
    async with db.transaction() as tx:
        await tx.one(add_shelf, name="left")

    assert await db.read().all(shelf_names) == ["left"]
