"""A PostgreSQL that keeps what it has acknowledged, unlike that of the other tests, and databases on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from steelyard.db.migrations import migrate
from tests.kit.databases import Databases, Server


@pytest.fixture(scope="session")
def durable_server() -> Iterator[Server]:
    """A server that a test may stop, freeze and kill; each test finds it running."""
    server = Server(fsync=True)
    server.start()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
async def durable_url(durable_server: Server, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated PostgreSQL database on that server, without a row."""
    if durable_server.process is None or durable_server.process.poll() is not None:
        durable_server.start()
    async with Databases(tmp_path, server=durable_server).empty("postgresql", tmp_path) as url:
        await migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated database without a row, once on SQLite and once on the durable PostgreSQL."""
    if request.param == "postgresql":
        yield request.getfixturevalue("durable_url")
    else:
        url = f"sqlite:///{tmp_path / 'market.db'}"
        await migrate(url)
        yield url
