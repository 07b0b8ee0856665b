"""The migrations lead to the schema of the tables and back, on both databases."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from steelyard.db.database import Database
from steelyard.db.errors import LockTimeout
from steelyard.db.migrations import commands
from tests.kit.servers.databases import Databases
from tests.kit.servers.schema import create_tables, import_tables

# Every object of a schema as one line.
POSTGRESQL = """
SELECT 'extension ' || extname FROM pg_extension
UNION ALL SELECT format('relation %s %s', relkind, relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'
UNION ALL SELECT format('column %s.%s %s %s not null %s identity %s default %s collation %s', attrelid::regclass, attnum, attname,
    format_type(atttypid, atttypmod), attnotnull, attidentity, pg_get_expr(adbin, adrelid), attcollation::regcollation)
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r' AND relnamespace = 'public'::regnamespace WHERE attnum > 0
UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
ORDER BY 1"""


async def described(url: str) -> list[str]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        statements = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
        connection.close()
        # The order of constraints has no meaning, because all have names. Neither has the white space around an added column.
        parts = [" ".join(str(sql).split()).replace(" ,", ",").removesuffix(")").rstrip().split(", CONSTRAINT ") for (sql,) in statements]
        return [line for first, *constraints in parts for line in (first, *(f"{first.split()[2]}: {each}" for each in constraints))]
    session = await asyncpg.connect(url)
    rows = await session.fetch(POSTGRESQL)
    await session.close()
    return [row[0] for row in rows]


def without_history(lines: list[str]) -> list[str]:
    return [line for line in lines if "alembic_version" not in line and "sqlite_sequence" not in line]


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """A database without a table."""
    async with databases.empty(request.param, tmp_path) as url:
        yield url


async def test_the_migrated_schema_matches_the_tables(url: str, databases: Databases, tmp_path: Path) -> None:
    import_tables()
    (tmp_path / "created").mkdir()
    async with databases.empty(url.partition(":")[0], tmp_path / "created") as other:
        database = Database(other)
        await database.open()
        await create_tables(database)
        await database.close()
        created = without_history(await described(other))

    await commands.migrate(url)

    migrated = without_history(await described(url))
    assert sorted(set(created) - set(migrated)) == []
    assert sorted(set(migrated) - set(created)) == []


async def test_an_empty_database_lacks_every_revision(url: str) -> None:
    assert await commands.current(url) is None
    assert commands.pending(None)[-1] == commands.head()


async def test_a_migrated_database_is_at_the_newest_revision(url: str) -> None:
    await commands.migrate(url)

    assert await commands.current(url) == commands.head()
    assert commands.pending(await commands.current(url)) == []


async def test_migrating_again_changes_nothing(url: str) -> None:
    await commands.migrate(url)
    before = await described(url)

    await commands.migrate(url)

    assert await described(url) == before


async def test_every_revision_goes_down_and_up_again(url: str) -> None:
    await commands.migrate(url)
    before = await described(url)

    await commands.downgrade(url, "base")
    assert await commands.current(url) is None
    left = [line for line in without_history(await described(url)) if "extension" not in line]
    await commands.migrate(url)

    assert left == []
    assert await described(url) == before


async def test_two_concurrent_migrations_run_once(url: str) -> None:
    await asyncio.gather(*(commands.migrate(url) for _ in range(3)))

    assert await commands.current(url) == commands.head()


async def test_a_revision_of_a_newer_release_is_left_alone(url: str) -> None:
    await commands.migrate(url)
    newer = "UPDATE alembic_version SET version_num = '9999'"
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.execute(newer)
        connection.commit()
        connection.close()
    else:
        session = await asyncpg.connect(url)
        await session.execute(newer)
        await session.close()

    assert await commands.current(url) == "9999"
    assert commands.pending("9999") == []


def test_there_is_one_newest_revision() -> None:
    assert commands.head()


def test_an_administrator_can_read_the_statements_in_advance() -> None:
    script = commands.script()

    assert script.lstrip().startswith("BEGIN;")
    assert "CREATE TABLE users (" in script
    assert script.rstrip().endswith("COMMIT;")


async def test_a_table_in_use_is_an_error_after_some_tries(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_TRIES", 2)
    monkeypatch.setattr(commands, "_LOCK_TIMEOUT_S", 0.05)
    monkeypatch.setattr(commands, "_PAUSE_S", 0)
    async with databases.empty("postgresql", tmp_path) as url:
        await commands.migrate(url)
        session = await asyncpg.connect(url)
        await session.execute("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE")

        with pytest.raises(LockTimeout, match=r"2 times a table was in use for more than 0\.05 s"):
            await commands.downgrade(url, "base")

        await session.execute("ROLLBACK")
        await commands.downgrade(url, "base")
        await session.close()
        assert await commands.current(url) is None


async def test_migrations_prepare_no_statement_by_name(postgres: Database) -> None:
    # A pooler would give the next statement to a session that has not prepared it.
    connection = await commands._connect(postgres.url)

    await connection.fetchval("SELECT 1")

    assert await connection.fetchval("SELECT count(*) FROM pg_prepared_statements") == 0
    await connection.close()
