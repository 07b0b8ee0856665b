"""The server of the SDK's tests: the product on SQLite, on a loopback port."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from steelyard.db.database import Database
from tests.kit.servers.databases import Databases
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.stage import Stage
from tests.kit.world.world import World


@dataclass(frozen=True)
class Market:
    """A server with users, items and orders."""

    url: str
    stage: Stage
    clock: Clock

    @property
    def world(self) -> World:
        return self.stage.world


@pytest.fixture
async def embedded(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """The product's schema on SQLite. The SDK sees no difference between databases."""
    async with databases.of_the_product("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
async def stage(embedded: Database) -> Stage:
    clock = Clock()
    return await Stage.of(World(embedded, clock, settings_for(embedded.url)))


@pytest.fixture
def market(embedded: Database, stage: Stage) -> Iterator[Market]:
    clock = stage.world.clock
    with live(settings_for(embedded.url), clock, repeatable(clock)) as server:
        yield Market(f"http://127.0.0.1:{server.address[1]}", stage, clock)
