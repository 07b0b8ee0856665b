"""Fixtures for all tests: a new database of the product, once on SQLite and once on PostgreSQL."""

import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from structlog.dev import ConsoleRenderer, plain_traceback

from steelyard.db.database import Database
from tests.contract.coverage.collecting import collecting
from tests.kit.servers.databases import Databases
from tests.kit.servers.dialects import BOTH
from tests.kit.servers.postgresql import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=42, help="equal seeds make equal random choices; the default is 42")
    parser.addoption("--coverage-to", type=Path, help="a folder for what each process has seen of the contract (tests/contract/coverage)")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores, since tests wait a fifth of their time: for other processes, browsers and timers."""
    return min(os.cpu_count() or 1, 7) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Processes get equal parts of the list. Each part begins with its share of the slow tests, so that none is left to the end."""
    parts = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if parts == 1:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    ends = [len(others) * part // parts for part in range(parts + 1)]
    items[:] = [item for part in range(parts) for item in (*slow[part::parts], *others[ends[part] : ends[part + 1]])]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Coverage doubles the time of Python code. What a test of both databases covers is measured when it runs on PostgreSQL."""
    stopped: list[Coverage] = []
    # A process of xdist has two: the one of pytest, and under it the one that every process of a measured run starts.
    while item.get_closest_marker("twin") and (measuring := Coverage.current()) is not None:
        measuring.stop()
        stopped.append(measuring)
    try:
        return (yield)
    finally:
        for each in reversed(stopped):
            each.start()


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


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """The one with colours and the values of all variables takes a third of a second."""
    ConsoleRenderer.get_active().exception_formatter = plain_traceback


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The test servers of this process, started when first needed."""
    with Databases(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture(scope="session")
def durable_server() -> Iterator[Server]:
    """A server that tests may stop, freeze and kill. It runs when a test starts."""
    with Server(fsync=True) as server:
        yield server


@pytest.fixture(params=BOTH)
async def database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with the product's schema and without a row; its `url` leads there, too."""
    async with databases.of_the_product(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
async def postgres(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """The same, for what only PostgreSQL has."""
    async with databases.of_the_product("postgresql", tmp_path) as opened:
        yield opened
