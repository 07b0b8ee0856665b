"""Fixtures for all tests: a new database of the product, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from steelyard.db.database import Database
from tests.contract.coverage.collecting import collecting
from tests.kit.servers.databases import Databases


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=42, help="equal seeds make equal random choices; the default is 42")
    parser.addoption("--coverage-to", type=Path, help="a folder for what each process has seen of the contract (tests/contract/coverage)")


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed {config.getoption('--seed')}"


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Of everything that a test makes at random."""
    chosen: int = request.config.getoption("--seed")
    return chosen


@pytest.fixture(scope="session", autouse=True)
def contract_coverage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Records every exchange when the run measures the coverage of the contract."""
    with collecting(request.config.getoption("--coverage-to"), "tests"):
        yield


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
