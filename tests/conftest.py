"""What every test may ask for: a fresh database of the product, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from steelyard.db.database import Database
from tests.kit.databases import Databases


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The test servers of this process, started when first needed."""
    with Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with the product's schema and without a row; its `url` leads there, too."""
    async with databases.of_the_product(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
async def postgres(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """The same, for what only PostgreSQL has."""
    async with databases.of_the_product("postgresql", tmp_path) as opened:
        yield opened
