"""The application on each database, and a client that has every answer judged by the contract."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from steelyard.settings import Settings
from tests.kit.clients.api import Api
from tests.kit.servers.databases import Databases
from tests.kit.servers.live import LiveServer, live
from tests.kit.servers.running import AMPLE, Running, running, settings_for
from tests.kit.world.clock import repeatable
from tests.kit.world.people import Clock
from tests.kit.world.stage import Stage
from tests.kit.world.world import World


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def given() -> dict[str, Any]:
    """Settings other than those of `settings_for`: a module or a parameter overrides this."""
    return {}


@pytest.fixture
async def shop(database: Database, clock: Clock, seed: int, given: dict[str, Any]) -> AsyncIterator[Running]:
    async with running(database, clock, seed, **given) as opened:
        yield opened


@pytest.fixture
def app(shop: Running) -> ContractAPI:
    return shop.app


@pytest.fixture
def api(shop: Running) -> Api:
    return shop.api


@pytest.fixture
def world(shop: Running) -> World:
    return shop.world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def staged(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, Stage]]:
    """A server on a real port and a stage behind it, one for a whole module."""
    clock = Clock()

    async def prepare() -> tuple[Settings, Stage]:
        async with databases.of_the_product(request.param, tmp_path_factory.mktemp("staged")) as database:
            settings = settings_for(database.url, **AMPLE)
            return settings, await Stage.of(World(database, clock, settings))

    settings, stage = asyncio.run(prepare())
    with live(settings, clock, repeatable(clock)) as server:
        yield server, stage
