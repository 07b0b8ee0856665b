"""The pool of PostgreSQL: limits, cancelled statements, lost connections."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Text, bindparam, func, select

from steelyard.db.database import Database
from steelyard.db.errors import (
    DatabaseUnavailable,
)
from steelyard.db.postgres import pool as postgres
from steelyard.db.statements import statement
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.postgresql import Server
from tests.unit.db.postgres.sessions import ONE, asleep, process_id, sleep, terminate, until
from tests.unit.db.sample_tables import Opener

setting = statement(select(func.current_setting(bindparam("setting", type_=Text))), str)


async def test_a_session_has_the_limits_of_the_options(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, statement_timeout_s=4, lock_timeout_s=1.5, idle_in_transaction_timeout_s=9))
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name"]

    assert [await db.read().scalar(setting, setting=name) for name in names] == ["4s", "1500ms", "9s", "steelyard"]


async def test_a_session_behind_a_pooler_has_no_start_up_parameter_except_its_name(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(FOR_TESTS, server_settings=False))
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name"]

    assert [await db.read().scalar(setting, setting=name) for name in names] == ["0", "0", "0", "steelyard"]


async def test_the_pool_grows_while_callers_wait_and_not_beyond_its_limit(opening_postgres: Opener, admin: Any) -> None:
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


async def test_a_caller_beyond_the_queue_gets_an_error_at_once(opening_postgres: Opener, admin: Any) -> None:
    db = await opening_postgres(replace(ONE, pool_queue=2, pool_wait_s=30))
    waiting = [asyncio.create_task(db.read().scalar(sleep, seconds=20)) for _ in range(3)]
    await until(lambda: asleep(admin))

    with pytest.raises(DatabaseUnavailable, match="2 callers already wait for a database connection"):
        await db.read().scalar(process_id)

    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)


async def test_the_connection_of_a_cancelled_statement_is_not_reused(single: Database, admin: Any) -> None:
    before = await single.read().scalar(process_id)
    sleeping = asyncio.create_task(single.read().scalar(sleep, seconds=20))
    await until(lambda: asleep(admin))

    sleeping.cancel()

    async with asyncio.timeout(2):
        assert await single.read().scalar(process_id) != before
    assert sleeping.cancelled()


@pytest.mark.parametrize("how", ["cancelled", "timed out"])
async def test_a_cancelled_or_late_statement_ends_on_the_server_too(opening_postgres: Opener, admin: Any, how: str) -> None:
    """Otherwise it would keep its locks until the timeout of the server."""
    db = await opening_postgres(replace(ONE, command_timeout_s=0.2 if how == "timed out" else 3, statement_timeout_s=30))
    sleeping = asyncio.create_task(db.read().scalar(sleep, seconds=30))
    await until(lambda: asleep(admin))

    if how == "cancelled":
        sleeping.cancel()
    await asyncio.gather(sleeping, return_exceptions=True)

    async with asyncio.timeout(5):
        while await asleep(admin):
            pass


async def test_closing_ends_running_statements(single: Database, admin: Any) -> None:
    sleeping = asyncio.create_task(single.read().scalar(sleep, seconds=30))
    await until(lambda: asleep(admin))

    await single.close()

    with pytest.raises(DatabaseUnavailable):
        await sleeping
    assert await asleep(admin) is None


async def test_a_statement_without_a_response_ends_with_its_connection(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, command_timeout_s=0.2))
    before = await db.read().scalar(process_id)

    with pytest.raises(DatabaseUnavailable, match="PostgreSQL did not respond in time"):
        await db.read().scalar(sleep, seconds=20)

    assert await db.read().scalar(process_id) != before


async def test_a_timeout_of_the_server_does_not_close_the_connection(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, statement_timeout_s=0.05))
    before = await db.read().scalar(process_id)

    with pytest.raises(DatabaseUnavailable, match=r"\.sleep was not done \(57014\)"):
        await db.read().scalar(sleep, seconds=20)

    assert await db.read().scalar(process_id) == before


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


async def test_an_old_connection_is_replaced(opening_postgres: Opener) -> None:
    db = await opening_postgres(replace(ONE, pool_recycle_s=0))

    assert len({await db.read().scalar(process_id) for _ in range(3)}) == 3
    assert db.gauges()["open"] <= 1


async def test_an_unreachable_server_stops_the_start() -> None:
    nowhere = Database("postgresql://guest@127.0.0.1:1/nothing")

    with pytest.raises(DatabaseUnavailable, match=r"cannot be reached \(Connection refused\)"):
        await nowhere.open()


async def test_an_unknown_database_stops_the_start(opening_postgres: Opener) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"does not exist on its server.*\(3D000\)"):
        await Database(f"{opening_postgres.url}_not").open()


async def test_readers_wait_for_a_server_that_restarts() -> None:
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


async def test_no_caller_waits_for_a_server_that_stays_unreachable() -> None:
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
            await until(lambda: responds(db))
    finally:
        await db.close()
        server.remove()


async def responds(db: Database) -> bool:
    try:
        return await db.read().scalar(process_id) is not None
    except DatabaseUnavailable:
        await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.01)
        return False
