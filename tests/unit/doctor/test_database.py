"""Checks of a real database: its schema, role, limits, clock, workers and jobs."""

import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from steelyard.db.database import Database
from steelyard.db.migrations.commands import head, migrate
from steelyard.db.options import DatabaseOptions
from steelyard.doctor.checks import database as checks
from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result
from steelyard.jobs import outbox
from steelyard.settings import Settings
from steelyard.sources import wall_clock
from tests.kit.servers.databases import Databases
from tests.unit.doctor.conftest import levels, machine, messages


async def results(machine: Machine) -> list[Result]:
    return [each async for each in checks.online(machine)]


async def administer(url: str, *commands: str) -> None:
    connection = await asyncpg.connect(url)
    for each in commands:
        await connection.execute(each)
    await connection.close()


@asynccontextmanager
async def role_of(postgres: Database, options: str = "") -> AsyncIterator[str]:
    """The URL for a role without rights but those to serve."""
    name = f"served_{secrets.token_hex(4)}"
    tables = f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
    await administer(postgres.url, f"CREATE ROLE {name} LOGIN {options}", tables)
    try:
        yield postgres.url.replace("//steelyard@", f"//{name}@")
    finally:
        await administer(postgres.url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


async def test_a_role_with_few_rights_is_enough(postgres: Database) -> None:
    async with role_of(postgres) as url:
        checked = await results(machine(database_url=url))

    assert levels(checked) == {
        **dict.fromkeys(("schema", "role", "statement_timeout", "connections", "clock", "jobs"), "ok"),
        "worker": "warn",
    }


@pytest.mark.parametrize(("environment", "level"), [("production", "refuse"), ("development", "warn")])
async def test_a_superuser_is_refused_in_production(postgres: Database, environment: str, level: str) -> None:
    checked = await results(machine(database_url=postgres.url, environment=environment))

    assert levels(checked)["role"] == level
    assert "is a superuser" in messages(checked)["role"]


async def test_a_role_that_owns_other_schemas_is_refused(postgres: Database) -> None:
    async with role_of(postgres) as url:
        name = url.partition("//")[2].partition("@")[0]
        await administer(postgres.url, f"CREATE SCHEMA other_{name} AUTHORIZATION {name}")
        checked = await results(machine(database_url=url))

    assert levels(checked)["role"] == "refuse"
    assert f"owns the schema(s) other_{name}" in messages(checked)["role"]


@pytest.mark.parametrize(("timeout_of_role", "level"), [("0", "warn"), ("5s", "ok")])
async def test_without_start_up_parameters_the_role_has_the_timeout(postgres: Database, timeout_of_role: str, level: str) -> None:
    async with role_of(postgres) as url:
        name = url.partition("//")[2].partition("@")[0]
        await administer(postgres.url, f"ALTER ROLE {name} SET statement_timeout = '{timeout_of_role}'")
        checked = await results(machine(database_url=url, database_startup_parameters=False))

    assert levels(checked)["statement_timeout"] == level
    assert messages(checked)["connections"] == "A pooler shares the connections."


@pytest.mark.parametrize(
    ("options", "settings", "workers", "level"),
    [
        # 200 are allowed, less 10. Each process has 30, the worker 9, and a migration 1.
        ("", {}, 6, "ok"),
        ("", {}, 7, "warn"),
        ("", {"worker_pool": 9}, 6, "warn"),
        ("", {"embedded_worker": True}, 6, "ok"),
        ("", {"pool_size": 8, "pool_overflow": 4}, 6, "ok"),
        ("CONNECTION LIMIT 35", {}, 1, "warn"),
    ],
)
async def test_connections_are_counted(postgres: Database, options: str, settings: dict[str, Any], workers: int, level: str) -> None:
    async with role_of(postgres, options) as url:
        checked = await results(machine(workers, database_url=url, **settings))

    assert levels(checked)["connections"] == level


@pytest.mark.parametrize(("ahead_s", "words"), [(-3, "3.0 s behind"), (3, "3.0 s ahead of"), (0.5, "agree")])
async def test_clocks_are_compared(postgres: Database, monkeypatch: pytest.MonkeyPatch, ahead_s: float, words: str) -> None:
    monkeypatch.setattr("steelyard.sources.wall_clock", lambda: wall_clock() + timedelta(seconds=ahead_s))

    checked = await results(machine(database_url=postgres.url))

    assert words in messages(checked)["clock"]
    assert levels(checked)["clock"] == ("ok" if words == "agree" else "warn")


async def test_a_connected_worker_is_seen(postgres: Database) -> None:
    settings = Settings(database_url=postgres.url)
    worker = Database.of(settings, options=DatabaseOptions.of(settings, application_name="steelyard worker"))
    await worker.open()
    try:
        checked = await results(machine(database_url=postgres.url))
    finally:
        await worker.close()

    assert levels(checked)["worker"] == "ok"


async def test_late_and_dead_jobs_are_warnings(postgres: Database) -> None:
    async with postgres.transaction() as tx:
        await outbox.enqueue(tx, "mail", {}, run_at=tx.now - timedelta(minutes=7))
    late = await results(machine(database_url=postgres.url))
    await administer(postgres.url, "UPDATE outbox SET dead_at = now()")
    dead = await results(machine(database_url=postgres.url))

    assert (levels(late)["jobs"], levels(dead)["jobs"]) == ("warn", "warn")
    assert "due for 7 min" in messages(late)["jobs"]
    assert "1 job(s) are dead" in messages(dead)["jobs"]


async def test_an_older_and_a_newer_schema_are_refused(databases: Databases, tmp_path: Path) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        empty = await results(machine(database_url=url))
        await migrate(url)
        await administer(url, "UPDATE alembic_version SET version_num = '9999'")
        newer = await results(machine(database_url=url))

    assert (levels(empty)["schema"], levels(newer)["schema"]) == ("refuse", "refuse")
    assert "Run steelyard migrate." in messages(empty)["schema"]
    assert "newer than this version" in messages(newer)["schema"]
    assert "jobs" not in levels(empty)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:hunter2@127.0.0.1:1/d", "127.0.0.1:1/d cannot be reached (Connection refused). Start it"),
        ("postgresql://steelyard:hunter2@127.0.0.1:{port}/missing", "missing does not exist on its server"),
    ],
)
async def test_an_unusable_database_is_refused(databases: Databases, url: str, words: str) -> None:
    port = databases.server_url.rpartition(":")[2].partition("/")[0]

    (only,) = await results(machine(database_url=url.format(port=port)))

    assert (only.check, only.level) == ("database", "refuse")
    assert words in only.message
    assert "hunter2" not in only.message


async def test_a_role_without_rights_is_refused(postgres: Database) -> None:
    async with role_of(postgres) as url:
        name = url.partition("//")[2].partition("@")[0]
        await administer(postgres.url, f"REVOKE ALL ON outbox FROM {name}")
        checked = await results(machine(database_url=url))

    assert levels(checked)["database"] == "refuse"


async def test_an_sqlite_file_is_checked_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "steelyard.db"
    subject = machine(1, database_url=f"sqlite:///{path}")

    missing = await results(subject)
    assert not path.exists()
    await migrate(f"sqlite:///{path}")
    newest = await results(subject)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
    older = await results(subject)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = await results(subject)

    assert [levels(each)["schema"] for each in (missing, newest, older, newer)] == ["ok", "ok", "warn", "refuse"]
    assert head() in messages(newest)["schema"]
    assert levels(newest)["jobs"] == "ok"


async def test_a_file_that_cannot_be_created_is_refused(tmp_path: Path) -> None:
    (only,) = await results(machine(1, database_url=f"sqlite:///{tmp_path}/nowhere/steelyard.db"))

    assert only.level == "refuse"
    assert "nowhere/steelyard.db cannot be created. Let this user write its folder" in only.message


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, " * 100)

    (only,) = await results(machine(1, database_url=f"sqlite:///{tmp_path / 'text.db'}"))

    assert only.level == "refuse"
    assert "text.db is no database. Move that file away" in only.message
