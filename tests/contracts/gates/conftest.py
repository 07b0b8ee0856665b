"""The application under test on SQLite, with and without rate limits, in this process and on a port."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from steelyard.contract.api import ContractAPI
from tests.contract.coverage.collecting import collecting
from tests.contracts import subject
from tests.contracts.exchanges import Sample
from tests.contracts.producing import Producing, producing
from tests.kit.clients.api import CheckedTransport
from tests.kit.contract.checker import Exchange
from tests.kit.servers.configuration import AMPLE, Journal, settings_for
from tests.kit.servers.serving import LiveServer, serving
from tests.kit.world.clock import Clock


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=42, help="equal seeds make equal random choices; the default is 42")
    parser.addoption("--coverage-to", type=Path, help="a folder for what each process has seen of the contract")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    chosen: int = request.config.getoption("--seed")
    return chosen


@pytest.fixture(scope="session", autouse=True)
def contract_coverage(request: pytest.FixtureRequest) -> Iterator[None]:
    with collecting(request.config.getoption("--coverage-to"), "tests"):
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with all tables, for all tests: the handlers keep their data in memory."""
    url = f"sqlite:///{tmp_path_factory.mktemp('contract') / 'contract.db'}"
    subject.prepare(url)
    return url


@dataclass
class Opened:
    """An open application whose responses are checked against the contract."""

    app: ContractAPI
    journal: Journal
    transport: CheckedTransport

    async def send(self, sample: Sample) -> Exchange:
        return await self.raw(sample.operation.method, sample.target, sample.fields, sample.content)

    async def raw(self, method: str, target: bytes, fields: list[tuple[bytes, bytes]], body: bytes = b"") -> Exchange:
        is_framed = any(name in {b"content-length", b"transfer-encoding"} for name, _ in fields)
        length = [] if is_framed or not body else [(b"content-length", b"%d" % len(body))]
        return await self.transport.send_exactly(method, target, [(b"host", b"localhost"), *fields, *length], body)


@asynccontextmanager
async def opened(url: str, **changed: Any) -> AsyncIterator[Opened]:
    clock = Clock()
    journal = Journal(clock)
    app = subject.create(url, journal, clock, **changed)
    async with app.router.lifespan_context(app):
        yield Opened(app, journal, CheckedTransport(app))
    assert not journal.faults, f"the application had faults that no caller noticed: {journal.faults!r}"


@pytest.fixture
async def api(url: str) -> AsyncIterator[Opened]:
    """With limits that responses announce and no test reaches."""
    async with opened(url, **AMPLE) as made:
        yield made


@pytest.fixture
async def unlimited(url: str) -> AsyncIterator[Opened]:
    """Without limits."""
    async with opened(url) as made:
        yield made


@pytest.fixture(scope="session")
def running(url: str) -> Iterator[tuple[LiveServer, list[ContractAPI]]]:
    """On a port, with its application."""
    clock = Clock()
    journal = Journal(clock)
    made = list[ContractAPI]()

    def create() -> ContractAPI:
        made.append(subject.create(url, journal, clock))
        return made[-1]

    with serving(create, settings_for(url), journal) as server:
        yield server, made


@pytest.fixture
def server(running: tuple[LiveServer, list[ContractAPI]]) -> LiveServer:
    """On a port, as if it had just been started."""
    server, made = running
    for app in made:
        subject.reset(app)
    return server


@pytest.fixture
def producer_of(url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[Producing]]:
    """A server with another producer for an operation."""
    return lambda operation, produce, **changed: producing(url, monkeypatch, operation, produce, **changed)
