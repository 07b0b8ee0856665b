"""The small shop of `tests.unit.db.sample_tables` on both databases, and on PostgreSQL alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from steelyard.db.database import Database
from tests.kit.servers.databases import Databases
from tests.kit.servers.schema import create_tables
from tests.unit.db.sample_tables import Opener, shop


@asynccontextmanager
async def _opener(dialect: str, databases: Databases, folder: Path) -> AsyncIterator[Opener]:
    async with databases.empty(dialect, folder) as url, AsyncExitStack() as stack:
        opening = Opener(url, stack)
        await create_tables(await opening(), shop)
        yield opening


@pytest.fixture(params=["sqlite", "postgresql"])
async def opening(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Opener]:
    async with _opener(request.param, databases, tmp_path) as opening:
        yield opening


@pytest.fixture
async def db(opening: Opener) -> Database:
    return await opening()


@pytest.fixture
async def opening_postgres(databases: Databases, tmp_path: Path) -> AsyncIterator[Opener]:
    async with _opener("postgresql", databases, tmp_path) as opening:
        yield opening


@pytest.fixture
async def opening_sqlite(databases: Databases, tmp_path: Path) -> AsyncIterator[Opener]:
    async with _opener("sqlite", databases, tmp_path) as opening:
        yield opening
