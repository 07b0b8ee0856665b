"""A PostgreSQL that keeps what it has acknowledged, unlike that of the other tests, and databases on it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from steelyard.db.migrations.commands import migrate
from tests.kit.servers.databases import Databases, Server


@pytest.fixture(scope="session")
def durable_server() -> Iterator[Server]:
    """A server that a test may stop, freeze and kill; each test finds it running."""
    server = Server(fsync=True)
    server.start()
    try:
        yield server
    finally:
        server.remove()


@asynccontextmanager
async def _migrated(server: Server, folder: Path) -> AsyncIterator[str]:
    if server.process is None or server.process.poll() is not None:
        server.start()
    async with Databases(folder, server=server).empty("postgresql", folder) as url:
        await migrate(url)
        yield url


@pytest.fixture
async def durable_url(durable_server: Server, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated PostgreSQL database on that server, without a row."""
    async with _migrated(durable_server, tmp_path) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated database without a row, once on SQLite and once on the durable PostgreSQL."""
    if request.param == "postgresql":
        async with _migrated(request.getfixturevalue("durable_server"), tmp_path) as url:
            yield url
    else:
        url = f"sqlite:///{tmp_path / 'market.db'}"
        await migrate(url)
        yield url
