"""A PostgreSQL server with durable commits, unlike the server of other tests, and databases on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from steelyard.db.migrations.commands import migrate
from tests.kit.servers.databases import Databases
from tests.kit.servers.postgresql import Server


@asynccontextmanager
async def _migrated(server: Server, folder: Path) -> AsyncIterator[str]:
    if server.process is None or server.process.poll() is not None:
        server.start()
    async with Databases(folder, server=server).empty("postgresql", folder) as url:
        await migrate(url)
        yield url


@pytest.fixture
async def durable_url(durable_server: Server, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated PostgreSQL database without rows, on the durable server."""
    async with _migrated(durable_server, tmp_path) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated database without rows: once on SQLite, once on the durable PostgreSQL server."""
    if request.param == "postgresql":
        async with _migrated(request.getfixturevalue("durable_server"), tmp_path) as url:
            yield url
    else:
        url = f"sqlite:///{tmp_path / 'market.db'}"
        await migrate(url)
        yield url
