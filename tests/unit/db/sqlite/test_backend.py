"""SQLite alone: one writer, threads, and errors that do not name their cause."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, Text, bindparam, func, insert, literal_column, select, text

from steelyard.db.columns import Id, id_column, metadata
from steelyard.db.database import Database
from steelyard.db.errors import ConstraintViolated, DatabaseUnavailable, NotOpened, StatementFailed, ValueOutOfRange
from steelyard.db.sqlite.backend import SqliteBackend
from steelyard.db.statements import statement
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.schema import create_tables
from tests.unit.db.sample_tables import Opener, add_good, add_shelf, every_good, rename, stock, titles

# Counts to a number that takes longer than any test.
endless = statement(
    select(literal_column("count(*)")).select_from(
        text("(WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n)")
    ),
    int,
)


@pytest.fixture
async def db(opening_sqlite: Opener) -> Database:
    return await opening_sqlite()


def backend(database: Database) -> SqliteBackend:
    assert isinstance(database._backend, SqliteBackend)
    return database._backend


async def pragma(connection: aiosqlite.Connection, name: str) -> object:
    return next(iter(await connection.execute_fetchall(f"PRAGMA {name}")))[0]


async def test_connections_have_their_pragmas(opening_sqlite: Opener) -> None:
    database = backend(await opening_sqlite(replace(FOR_TESTS, sqlite_synchronous="FULL", sqlite_busy_timeout_s=5, sqlite_readers=4)))

    assert len(database.readers.idle) == 4
    for connection, only_reads in [(database.writer.idle[0], 0), (database.readers.idle[0], 1)]:
        pragmas = [await pragma(connection, name) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")]
        assert pragmas == ["wal", 2, 1, 5000, only_reads]


async def test_writers_run_in_the_order_of_their_calls(db: Database) -> None:
    began, finish = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with db.transaction() as tx:
            await tx.one(add_shelf, name="first")
            began.set()
            await finish.wait()

    async def next_one(number: int) -> None:
        async with db.transaction() as tx:
            await tx.one(add_good, shelf_id=None, title=str(number), units=1)

    writing = [asyncio.create_task(first())]
    await began.wait()
    for number in range(20):
        writing.append(asyncio.create_task(next_one(number)))
        await asyncio.wait(writing[-1:], timeout=0)
    assert await db.read().all(titles) == []
    finish.set()
    await asyncio.gather(*writing)

    assert await db.read().all(titles) == [str(number) for number in range(20)]


async def test_a_reader_does_not_wait_for_a_writer(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.one(add_good, shelf_id=None, title="lamp", units=1)
        assert await asyncio.gather(*(db.read().all(titles) for _ in range(20))) == [[]] * 20


async def test_a_cancelled_read_is_interrupted(opening_sqlite: Opener) -> None:
    db = await opening_sqlite(replace(FOR_TESTS, sqlite_readers=1))
    reading = asyncio.create_task(db.read().scalar(endless))
    await until_busy(backend(db).readers.idle)

    reading.cancel()

    async with asyncio.timeout(5):
        assert await db.read().all(titles) == []
    assert reading.cancelled()


async def test_a_statement_cancelled_in_a_transaction_is_interrupted_and_undone(db: Database) -> None:
    reached = asyncio.Event()

    async def write() -> None:
        async with db.transaction() as tx:
            await tx.one(add_good, shelf_id=None, title="lamp", units=1)
            reached.set()
            await tx.scalar(endless)

    writing = asyncio.create_task(write())
    await reached.wait()
    writing.cancel()
    await asyncio.wait([writing])

    async with asyncio.timeout(5):
        async with db.transaction() as tx:
            await tx.one(add_good, shelf_id=None, title="desk", units=1)
    assert await db.read().all(titles) == ["desk"]


async def test_a_writer_cancelled_while_it_begins_lets_the_next_one_write(opening_sqlite: Opener) -> None:
    db = await opening_sqlite(replace(FOR_TESTS, sqlite_busy_timeout_s=20))
    other = sqlite3.connect(str(Path(db.url.removeprefix("sqlite:///"))), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(stock(db, "lamp"))
    await until_busy(backend(db).writer.idle)

    writing.cancel()
    await asyncio.wait([writing])
    other.execute("COMMIT")
    other.close()
    await stock(db, "desk")

    assert writing.cancelled()
    assert await db.read().all(titles) == ["desk"]


async def until_busy(idle: object) -> None:
    async with asyncio.timeout(5):
        while idle:
            await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0)


async def test_the_database_is_unavailable_while_another_process_writes_for_too_long(opening_sqlite: Opener) -> None:
    db = await opening_sqlite(replace(FOR_TESTS, sqlite_busy_timeout_s=0.01))
    other = sqlite3.connect(str(Path(db.url.removeprefix("sqlite:///"))), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailable, match=r"a transaction was not done \(SQLITE_BUSY\)"):
        await stock(db)
    other.execute("ROLLBACK")
    other.close()

    assert (await stock(db)).title == "lamp"


async def test_a_new_file_that_another_process_is_opening_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("CREATE TABLE things (name TEXT); BEGIN IMMEDIATE")
    database = Database(f"sqlite:///{path}", options=FOR_TESTS)

    opening = asyncio.create_task(database.open())
    await asyncio.wait([opening], timeout=0.2)
    assert not opening.done()
    other.execute("COMMIT")
    await opening
    await database.close()
    other.close()


async def test_a_new_file_that_another_process_keeps_for_too_long_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("CREATE TABLE things (name TEXT); BEGIN IMMEDIATE")
    database = Database(f"sqlite:///{path}", options=replace(FOR_TESTS, sqlite_busy_timeout_s=0.1))

    with pytest.raises(NotOpened, match=r"is locked by another process\. .* \(SQLITE_BUSY\)"):
        await database.open()
    other.close()


async def test_a_unique_rule_is_found_by_its_index(db: Database) -> None:
    rules = MetaData(naming_convention=metadata.naming_convention)
    things = Table("things", rules, id_column(), *(Column(name, Text) for name in ("owner", "name", "label")))
    Index("things_live_key", things.c.owner, things.c.name, unique=True, sqlite_where=things.c.label != "gone")
    Index("things_folded_key", func.lower(things.c.label), unique=True)
    await create_tables(db, rules)
    add = statement(insert(things).values({name: bindparam(name) for name in ("id", "owner", "name", "label")}))

    async def broken(**arguments: object) -> str:
        tx = db.transaction()
        await tx.run(add, id=1, owner="a", name="b", label="c")
        with pytest.raises(ConstraintViolated) as failed:
            await tx.run(add, **arguments)
        await tx.rollback()
        return failed.value.constraint

    assert await broken(id=1, owner="x", name="y", label="z") == "things_pkey"
    assert await broken(id=2, owner="a", name="b", label="z") == "things_live_key"
    assert await broken(id=2, owner="x", name="y", label="C") == "things_folded_key"


async def test_a_failed_commit_undoes_everything_and_lets_the_next_one_write(db: Database) -> None:
    rules = MetaData(naming_convention=metadata.naming_convention)
    things = Table("things", rules, id_column(), Column("of", Id, ForeignKey("things.id", deferrable=True, initially="DEFERRED")))
    await create_tables(db, rules)
    add = statement(insert(things).values(of=bindparam("of")))
    tx = db.transaction()
    await tx.run(add, of=77)

    with pytest.raises(ConstraintViolated, match="foreign_key"):
        await tx.commit()

    assert await db.read().one(statement(select(func.count()).select_from(things), int)) == 0
    assert (await stock(db)).title == "lamp"


async def test_a_commit_that_is_cancelled_happens_and_lets_the_next_one_write(db: Database) -> None:
    tx = db.transaction()
    await tx.one(add_good, shelf_id=None, title="lamp", units=1)
    committing = asyncio.create_task(tx.commit())
    await asyncio.wait([committing], timeout=0)

    committing.cancel()
    await asyncio.wait([committing])

    await stock(db, "desk")
    assert await db.read().all(titles) == ["lamp", "desk"]


@pytest.mark.parametrize("value", [object(), "\ud800"])
async def test_an_error_about_a_value_that_cannot_be_bound_does_not_quote_it(db: Database, value: object) -> None:
    good = await stock(db)

    with pytest.raises(ValueOutOfRange) as failed:
        async with db.transaction() as tx:
            await tx.run(rename, good_id=good.id, title=value)

    assert str(value) not in str(failed.value)


async def test_the_error_of_a_wrong_statement_names_the_mistake(db: Database) -> None:
    nowhere = statement(select(literal_column("nowhere").label("x")), int)

    with pytest.raises(StatementFailed, match="failed with SQLITE_ERROR: no such column: nowhere"):
        await db.read().scalar(nowhere)


async def test_a_file_that_is_not_a_database_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, " * 100)

    with pytest.raises(DatabaseUnavailable, match=r"is no database\. .*\(SQLITE_NOTADB\)"):
        await Database(f"sqlite:///{tmp_path / 'text.db'}").open()


async def test_a_missing_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"cannot be opened \(No such file or directory\)"):
        await Database(f"sqlite:///{tmp_path / 'no' / 'test.db'}").open()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://root@localhost/shop"])
def test_a_database_url_that_cannot_work_is_rejected(url: str) -> None:
    with pytest.raises(ValueError, match=r"no path of a file|a database in memory|neither PostgreSQL nor SQLite"):
        Database(url)


async def test_a_database_may_be_opened_again(db: Database) -> None:
    await stock(db)
    await db.close()
    await db.open()

    assert len(await db.read().all(every_good)) == 1
