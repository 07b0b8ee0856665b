"""What only PostgreSQL can do to us, and what only its pool has to survive."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import psutil
import pytest
from sqlalchemy import Float, Text, bindparam, func, literal_column, select, text, type_coerce

from steelyard.db.database import Database
from steelyard.db.errors import (
    ConstraintViolated,
    DatabaseError,
    DatabaseUnavailable,
    LockTimeout,
    NotWritable,
    StatementFailed,
    TransactionConflict,
    ValueOutOfRange,
)
from steelyard.db.postgres import connection as links
from steelyard.db.postgres import pool as postgres
from steelyard.db.postgres.backend import PostgresBackend
from steelyard.db.statements import Query, statement
from tests.kit.servers.databases import FOR_TESTS, Server
from tests.kit.servers.statements import count_statements
from tests.unit.db.postgres.relay import relayed
from tests.unit.db.sample_tables import Opener, add_good, add_shelf, every_good, rename, stock, titles

sleep = statement(select(type_coerce(func.pg_sleep(bindparam("seconds", type_=Float)), Text).label("slept")), str)
process_id = statement(select(func.pg_backend_pid()), int)
setting = statement(select(func.current_setting(bindparam("setting", type_=Text))), str)
fail = statement(select(func.fail(bindparam("code", type_=Text)).label("failed")), int)
ONE = replace(FOR_TESTS, pool_size=1, pool_overflow=0)
FAIL = """CREATE FUNCTION fail(code text) RETURNS int LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'secret of %', code USING ERRCODE = code, DETAIL = 'secret'; END $$"""


@pytest.fixture
async def db(opening_postgres: Opener) -> Database:
    return await opening_postgres()


@pytest.fixture
async def one(opening_postgres: Opener) -> Database:
    """Whose pool holds one connection."""
    return await opening_postgres(ONE)


@pytest.fixture
async def admin(opening_postgres: Opener) -> AsyncIterator[Any]:
    """A connection beside the pool, to look and to interfere."""
    connection = await asyncpg.connect(opening_postgres.url)
    yield connection
    await connection.close()


async def until(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(20):
        while not await true():
            pass


async def asleep(admin: Any) -> int | None:
    """The process in which a statement sleeps."""
    found: int | None = await admin.fetchval("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    return found


async def terminate(admin: Any, pid: int) -> None:
    """End a session and wait until it is gone."""
    await admin.execute(f"SELECT pg_terminate_backend({pid})")
    await until(lambda: admin.fetchval(f"SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = {pid}"))


async def test_the_session_is_limited_as_asked(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, statement_timeout_s=4, lock_timeout_s=1.5, idle_in_transaction_timeout_s=9))
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name"]

    assert [await db.read().scalar(setting, setting=name) for name in names] == ["4s", "1500ms", "9s", "steelyard"]


async def test_reads_use_the_connection_that_was_used_last(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pool_at_start=3))

    assert len({await db.read().scalar(process_id) for _ in range(5)}) == 1
    assert db.gauges() == {"open": 3, "idle": 3, "busy": 0, "waiting": 0, "lost": 0}


async def test_the_pool_grows_while_somebody_waits_and_not_beyond_its_limit(opening_postgres: Opener, admin: Any) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pool_size=2, pool_overflow=1))
    sleepers = [asyncio.create_task(db.read().scalar(sleep, seconds=20)) for _ in range(5)]

    await until(lambda: admin.fetchval("SELECT count(*) = 3 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))

    assert db.gauges() == {"open": 3, "idle": 0, "busy": 3, "waiting": 2, "lost": 0}
    for sleeper in sleepers:
        sleeper.cancel()
    await asyncio.wait(sleepers)
    assert await db.read().scalar(process_id) is not None


async def test_overflow_is_closed_when_it_is_idle_again(opening_postgres: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "OVERFLOW_KEPT_S", 0)
    db = await opening_postgres(replace(FOR_TESTS, pool_size=1, pool_overflow=3))

    await asyncio.gather(*(db.read().scalar(sleep, seconds=0.05) for _ in range(4)))

    async with asyncio.timeout(10):
        while db.gauges()["open"] > 1:
            await db.read().scalar(process_id)


async def test_beyond_the_queue_callers_are_refused_at_once(opening_postgres: Opener, admin: Any) -> None:
    db = await opening_postgres(replace(ONE, pool_queue=2, pool_wait_s=30))
    waiting = [asyncio.create_task(db.read().scalar(sleep, seconds=20)) for _ in range(3)]
    await until(lambda: asleep(admin))

    with pytest.raises(DatabaseUnavailable, match="2 callers already wait for a database connection"):
        await db.read().scalar(process_id)

    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)


async def test_a_cancelled_statement_gives_its_connection_to_nobody(one: Database, admin: Any) -> None:
    before = await one.read().scalar(process_id)
    sleeping = asyncio.create_task(one.read().scalar(sleep, seconds=20))
    await until(lambda: asleep(admin))

    sleeping.cancel()

    async with asyncio.timeout(2):
        assert await one.read().scalar(process_id) != before
    assert sleeping.cancelled()


@pytest.mark.parametrize("how", ["cancelled", "timed out"])
async def test_a_statement_given_up_here_ends_on_the_server_too(opening_postgres: Opener, admin: Any, how: str) -> None:
    """Or it would keep its locks until the server's own timeout."""
    db = await opening_postgres(replace(ONE, command_timeout_s=0.2 if how == "timed out" else 3, statement_timeout_s=30))
    sleeping = asyncio.create_task(db.read().scalar(sleep, seconds=30))
    await until(lambda: asleep(admin))

    if how == "cancelled":
        sleeping.cancel()
    await asyncio.gather(sleeping, return_exceptions=True)

    async with asyncio.timeout(5):
        while await asleep(admin):
            pass


async def test_closing_ends_what_is_still_running(one: Database, admin: Any) -> None:
    sleeping = asyncio.create_task(one.read().scalar(sleep, seconds=30))
    await until(lambda: asleep(admin))

    await one.close()

    with pytest.raises(DatabaseUnavailable):
        await sleeping
    assert await asleep(admin) is None


async def test_a_read_is_one_round_trip_and_a_transaction_adds_one_when_its_first_statement_is_known(opening_postgres: Opener) -> None:
    async with relayed(opening_postgres.url) as (url, sent):
        db = Database(url, options=ONE)
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


async def test_a_begin_that_is_sent_along_begins(db: Database, admin: Any) -> None:
    good = await stock(db)

    for title in ("desk", "chair"):
        tx = db.transaction()
        await tx.run(rename, good_id=good.id, title=title)
        assert await admin.fetchval("SELECT title FROM goods") == good.title
        await tx.rollback()

    assert [row.title for row in await db.read().all(every_good)] == [good.title]


async def test_a_connection_that_was_lost_before_a_transaction_costs_no_error(one: Database, admin: Any) -> None:
    good = await stock(one)
    async with one.transaction() as tx:
        await tx.run(rename, good_id=good.id, title="desk")
    pid = await one.read().one(process_id)
    # Whoever is told at once takes another connection; this is about the moment before.
    assert isinstance(one._backend, PostgresBackend)
    for connection in one._backend._connections:
        connection.driver._termination_listeners.clear()
    await admin.execute("SELECT pg_terminate_backend($1)", pid)

    async with one.transaction() as tx:
        await tx.run(rename, good_id=good.id, title="chair")

    assert [row.title for row in await one.read().all(every_good)] == ["chair"]


async def test_what_is_done_later_costs_no_round_trip_of_its_own(db: Database) -> None:
    good = await stock(db)

    with count_statements() as made:
        async with db.transaction() as tx:
            await tx.defer(add_shelf, name="later")
            await tx.run(rename, good_id=good.id, title="desk")

    assert len(made) == 3, made


async def test_a_statement_cancelled_in_a_transaction_is_cut_and_undone(one: Database, admin: Any) -> None:
    async def write_and_sleep() -> None:
        async with one.transaction() as tx:
            await tx.one(add_good, shelf_id=None, title="lamp", units=1)
            await tx.scalar(sleep, seconds=20)

    writing = asyncio.create_task(write_and_sleep())
    await until(lambda: asleep(admin))

    writing.cancel()
    await asyncio.wait([writing])

    assert await one.read().all(titles) == []


async def test_a_statement_without_an_answer_is_given_up_and_its_connection_cut(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, command_timeout_s=0.2))
    before = await db.read().scalar(process_id)

    with pytest.raises(DatabaseUnavailable, match="PostgreSQL did not answer in time"):
        await db.read().scalar(sleep, seconds=20)

    assert await db.read().scalar(process_id) != before


async def test_a_server_that_stands_still_is_not_waited_for_again_to_roll_back(opening_postgres: Opener) -> None:
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


async def test_the_servers_own_timeout_leaves_the_connection_alone(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, statement_timeout_s=0.05))
    before = await db.read().scalar(process_id)

    with pytest.raises(DatabaseUnavailable, match=r"\.sleep was not done \(57014\)"):
        await db.read().scalar(sleep, seconds=20)

    assert await db.read().scalar(process_id) == before


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


async def test_one_loss_replaces_every_older_connection(opening_postgres: Opener, admin: Any) -> None:
    db = await opening_postgres(replace(FOR_TESTS, pool_at_start=3))
    before = set(await admin.fetch("SELECT pid FROM pg_stat_activity WHERE application_name = 'steelyard'"))
    sleeping = asyncio.create_task(db.read().scalar(sleep, seconds=0.2))
    await until(lambda: asleep(admin))

    await terminate(admin, await asleep(admin) or 0)
    await sleeping
    used = {await db.read().scalar(process_id) for _ in range(3)}

    assert len(used) == 1
    assert used.isdisjoint({each["pid"] for each in before})


async def test_a_transaction_killed_before_its_commit_lost_a_race(one: Database, admin: Any) -> None:
    tx = one.transaction()
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)
    await terminate(admin, await tx.one(process_id))

    with pytest.raises(TransactionConflict, match=r"the connection broke before the commit, at tests\.unit\.db\.sample_tables\.titles"):
        await tx.all(titles)
    await tx.rollback()

    assert await one.read().all(titles) == []


async def test_a_connection_killed_while_idle_costs_a_transaction_nothing(one: Database, admin: Any) -> None:
    await terminate(admin, await one.read().one(process_id))

    async with one.transaction() as tx:
        await tx.one(add_good, shelf_id=None, title="lamp", units=1)

    assert await one.read().all(titles) == ["lamp"]


async def test_a_commit_without_an_answer_has_an_unknown_outcome(one: Database, admin: Any) -> None:
    await admin.execute(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON goods DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()"
    )
    tx = one.transaction()
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)
    committing = asyncio.create_task(tx.commit())
    await until(lambda: asleep(admin))

    await terminate(admin, await asleep(admin) or 0)

    with pytest.raises(DatabaseUnavailable, match="its outcome is unknown"):
        await committing
    assert await one.read().all(titles) == []


async def test_opposite_orders_end_in_a_lost_race_for_one(db: Database) -> None:
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


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        ("40001", TransactionConflict),
        ("40P01", TransactionConflict),
        ("55P03", LockTimeout),
        ("57014", DatabaseUnavailable),
        ("25006", NotWritable),
        ("53100", NotWritable),
        ("53200", DatabaseUnavailable),
        ("58030", NotWritable),
        ("23505", ConstraintViolated),
        ("22003", ValueOutOfRange),
        ("22021", ValueOutOfRange),
        ("P0001", StatementFailed),
        ("XX000", StatementFailed),
    ],
)
async def test_a_code_of_the_server_becomes_an_error_of_ours_without_its_words(one: Database, code: str, becomes: type[Exception]) -> None:
    await one.run_ddl([FAIL])
    before = await one.read().scalar(process_id)

    with pytest.raises(DatabaseError) as failed:
        await one.read().scalar(fail, code=code)

    assert type(failed.value) is becomes
    assert "secret" not in repr(failed.value)
    assert failed.value.__context__ is None
    assert await one.read().scalar(process_id) == before


async def test_a_wrong_statement_says_what_is_wrong(one: Database) -> None:
    nowhere = statement(select(literal_column("nowhere").label("x")), int)

    with pytest.raises(StatementFailed, match='failed with 42703: column "nowhere" does not exist'):
        await one.read().scalar(nowhere)


async def test_a_schema_change_under_prepared_statements_is_not_noticed(db: Database) -> None:
    good = await stock(db)
    every = [await db.read().all(every_good) for _ in range(3)]

    await db.run_ddl(["ALTER TABLE goods ALTER COLUMN units TYPE bigint", "ALTER TABLE goods ADD COLUMN colour text"])

    assert every == [[good]] * 3
    assert await asyncio.gather(*(db.read().all(every_good) for _ in range(5))) == [[good]] * 5
    async with db.transaction() as tx:
        assert await tx.all(every_good) == [good]


async def test_a_schema_change_within_a_transaction_is_a_lost_race(one: Database, admin: Any) -> None:
    await one.read().all(every_good)
    tx = one.transaction()
    await tx.scalar(process_id)
    await admin.execute("ALTER TABLE goods ALTER COLUMN units TYPE bigint")

    with pytest.raises(TransactionConflict, match=r"the schema changed under tests\.unit\.db\.sample_tables\.every_good"):
        await tx.all(every_good)
    await tx.rollback()

    async with one.transaction() as tx:
        assert await tx.all(every_good) == []


async def test_a_statement_is_prepared_once_for_a_connection(one: Database) -> None:
    prepared = statement(select(func.count()).select_from(text("pg_prepared_statements")), int)

    assert [await one.read().one(prepared) for _ in range(3)] == [1, 1, 1]
    await one.read().all(titles)
    assert await one.read().one(prepared) == 2


@pytest.mark.parametrize("unnamed", ["custom", "off"])
async def test_unnamed_statements_leave_nothing_prepared(opening_postgres: Opener, unnamed: str) -> None:
    db = await opening_postgres(replace(ONE, prepared=unnamed != "off"))
    prepared = statement(select(func.count()).select_from(text("pg_prepared_statements")).where(text("name <> ''")), int, plan=unnamed)

    assert [await db.read().one(prepared) for _ in range(3)] == [0, 0, 0]
    if unnamed == "off":
        good = await stock(db)
        async with db.transaction() as tx:
            assert await tx.run(rename, good_id=good.id, title="x") == 1
        assert await db.read().all(titles) == ["x"]


async def test_the_least_used_statement_is_closed_when_there_are_too_many(one: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "PREPARED_AT_MOST", 3)
    names = "array_to_string(array(SELECT statement FROM pg_prepared_statements), ';')"

    def numbered(number: int) -> Query[int]:
        return statement(select(literal_column(f"{number} + 0").label(f"n{number}")), int)

    told = statement(select(literal_column(names).label("names")), str)
    often, seldom = numbered(1), numbered(2)
    for _ in range(5):
        await one.read().scalar(often)
        await one.read().scalar(told)
    await one.read().scalar(seldom)
    await one.read().scalar(numbered(3))
    gc.collect()
    await one.read().scalar(numbered(4))

    left = await one.read().one(told)
    assert "AS n1" in left
    assert "AS n2" not in left


async def test_an_old_connection_is_replaced(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, pool_recycle_s=0))

    assert len({await db.read().scalar(process_id) for _ in range(3)}) == 3
    assert db.gauges()["open"] <= 1


async def test_two_verbs_of_one_transaction_at_once_are_a_mistake(one: Database) -> None:
    tx = one.transaction()
    await tx.all(titles)

    results = await asyncio.gather(tx.scalar(sleep, seconds=0.05), tx.all(titles), return_exceptions=True)
    await tx.rollback()

    assert any(isinstance(each, Exception) for each in results)
    assert await one.read().all(titles) == []


async def test_a_server_that_is_not_there_stops_the_start() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")

    with pytest.raises(DatabaseUnavailable, match=r"cannot be reached \(Connection refused\)"):
        await nowhere.open()


async def test_an_unknown_database_stops_the_start(opening_postgres: Opener) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"does not exist on its server.*\(3D000\)"):
        await Database(f"{opening_postgres.url}_not").open()


async def test_a_restart_of_the_server_costs_readers_a_moment() -> None:
    server = Server()
    server.start()
    db = Database(server.url, options=replace(FOR_TESTS, pool_at_start=3))
    try:
        await db.open()
        await asyncio.to_thread(server.stop)
        reading = [asyncio.create_task(db.read().scalar(process_id)) for _ in range(5)]
        await asyncio.wait(reading, timeout=0)
        await asyncio.to_thread(server.start)

        assert all(await asyncio.gather(*reading))
    finally:
        await db.close()
        server.remove()


async def test_a_server_that_stays_away_is_not_waited_for() -> None:
    server = Server()
    server.start()
    db = Database(server.url, options=replace(FOR_TESTS, pool_wait_s=0.2))
    try:
        await db.open()
        server.stop()
        async with asyncio.timeout(20):
            refused = ""
            while "not been reachable for a while" not in refused:
                with pytest.raises(DatabaseUnavailable) as error:
                    await db.read().scalar(process_id)
                refused = str(error.value)
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(20):
            await until(lambda: answers(db))
    finally:
        await db.close()
        server.remove()


async def answers(db: Database) -> bool:
    try:
        return await db.read().scalar(process_id) is not None
    except DatabaseUnavailable:
        await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.01)
        return False
