"""BEGIN and COMMIT in one message with a statement, on either event loop, with and without TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import uvloop

from steelyard.db.database import Database
from steelyard.db.errors import ConstraintViolated, DatabaseUnavailable, ValueOutOfRange
from tests.kit.servers.certificates import for_localhost
from tests.kit.servers.databases import FOR_TESTS, Databases
from tests.kit.servers.schema import create_tables
from tests.unit.db.postgres.relay import relayed
from tests.unit.db.sample_tables import Opener, add_good, add_shelf, every_good, rename, shelf_names, shop, stock, titles

Wired = tuple[Database, list[bytes], str]
Test = Callable[[Wired], Coroutine[Any, Any, None]]
ONE = replace(FOR_TESTS, pool_size=1, pool_overflow=0, pool_at_start=1, pipelining=True)


@pytest.fixture(params=["asyncio", "uvloop", "asyncio over TLS", "uvloop over TLS", "uvloop without direct calls"])
def run(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Callable[[Test], None]:
    """Runs a test with a database of one connection, and what has been sent on it."""
    loop, _, how = request.param.partition(" ")
    options = replace(ONE, direct_calls=how != "without direct calls")
    tls = None
    if how == "over TLS":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(for_localhost(tmp_path))

    @asynccontextmanager
    async def wired() -> AsyncIterator[Wired]:
        async with databases.empty("postgresql", tmp_path) as url, relayed(url, tls) as (way, sent):
            db = Database(way, options=options)
            await db.open()
            try:
                await create_tables(db, shop)
                yield db, sent, url
            finally:
                await db.close()

    async def tested(test: Test) -> None:
        async with wired() as all_of_it:
            await test(all_of_it)

    def ran(test: Test) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop) as runner:
            runner.run(tested(test))

    return ran


def test_a_transaction_of_prepared_statements_takes_a_message_for_each(run: Callable[[Test], None]) -> None:
    async def test(wired: Wired) -> None:
        db, sent, _ = wired
        good = await stock(db)
        for title in ("desk", "chair"):
            sent.clear()
            async with db.transaction() as tx:
                await tx.run(rename, good_id=good.id, title=title)
                await tx.defer(add_shelf, name=title)

        assert [row.title for row in await db.read().all(every_good)] == ["chair"]
        assert sorted(await db.read().all(shelf_names)) == ["chair", "desk"]
        first, last, *_ = sent
        assert b"BEGIN" in first
        assert b"chair" in first
        assert b"chair" in last
        assert b"COMMIT" in last

    run(test)


def test_a_transaction_of_one_prepared_statement_takes_one_message(run: Callable[[Test], None]) -> None:
    async def test(wired: Wired) -> None:
        db, sent, _ = wired
        for name in ("left", "right"):
            sent.clear()
            async with db.transaction() as tx:
                await tx.defer(add_shelf, name=name)

        assert len(sent) == 1
        assert await db.read().all(shelf_names) == ["left", "right"]

    run(test)


def test_a_failed_last_statement_undoes_the_rest(run: Callable[[Test], None]) -> None:
    async def test(wired: Wired) -> None:
        db, _, _ = wired
        good = await stock(db)

        async def fail() -> None:
            async with db.transaction() as tx:
                await tx.run(rename, good_id=good.id, title="desk")
                await tx.defer(add_shelf, name="left")

        await fail()
        for _ in range(2):
            with pytest.raises(ConstraintViolated):
                await fail()

        assert await db.read().all(shelf_names) == ["left"]

    run(test)


def test_arguments_that_cannot_be_sent_send_no_begin_and_no_commit(run: Callable[[Test], None]) -> None:
    async def test(wired: Wired) -> None:
        db, sent, _ = wired
        good = await stock(db)
        async with db.transaction() as tx:
            await tx.run(rename, good_id=good.id, title="desk")
            await tx.defer(add_shelf, name="left")

        async def misuse_last() -> None:
            async with db.transaction() as tx:
                await tx.defer(add_shelf, name=object())

        async def misuse_first() -> None:
            async with db.transaction() as tx:
                await tx.run(rename, good_id=good.id, title=object())

        for misuse in (misuse_last, misuse_first):
            sent.clear()
            with pytest.raises(ValueOutOfRange):
                await misuse()
            assert await db.read().all(titles) == ["desk"]

            assert b"BEGIN" not in b"".join(sent)
            assert b"COMMIT" not in b"".join(sent)

    run(test)


def test_an_interrupted_commit_has_an_unknown_outcome_and_is_not_sent_again(run: Callable[[Test], None]) -> None:
    async def test(wired: Wired) -> None:
        db, sent, url = wired
        admin = await asyncpg.connect(url)
        async with db.transaction() as tx:
            await tx.defer(add_good, shelf_id=None, title="lamp", units=1)
        await admin.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON goods DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
        sent.clear()
        tx = db.transaction()
        await tx.defer(add_good, shelf_id=None, title="desk", units=1)
        committing = asyncio.create_task(tx.commit())
        async with asyncio.timeout(20):
            while not await admin.fetchval("SELECT max(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
                pass

        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")

        with pytest.raises(DatabaseUnavailable, match="its outcome is unknown"):
            await committing
        assert sum(b"desk" in message for message in sent) == 1
        assert await db.read().all(titles) == ["lamp"]
        await admin.close()

    run(test)


async def test_without_pipelining_begin_commit_and_deferred_statements_are_messages_by_themselves(opening_postgres: Opener) -> None:
    async with relayed(opening_postgres.url) as (url, sent):
        db = Database(url, options=replace(ONE, pipelining=False))
        await db.open()
        good = await stock(db)
        for name in ("left", "right"):
            sent.clear()
            async with db.transaction() as tx:
                await tx.defer(add_shelf, name=name)
                await tx.run(rename, good_id=good.id, title="desk")

        assert await db.read().all(shelf_names) == ["left", "right"]
        await db.close()
    begin, first, second, commit, *_ = sent
    assert b"BEGIN" in begin
    assert b"right" in first
    assert b"desk" in second
    assert b"COMMIT" in commit
