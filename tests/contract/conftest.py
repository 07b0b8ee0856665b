"""The application on each database, and a client that checks every exchange with the contract."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from tests.kit.clients.api import Api
from tests.kit.servers.running import Running, running
from tests.kit.world.clock import Clock
from tests.kit.world.world import World


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Settings that differ from those of `settings_for`; a module or a parameter overrides this."""
    return {}


@pytest.fixture
async def shop(database: Database, clock: Clock, seed: int, overrides: dict[str, Any]) -> AsyncIterator[Running]:
    async with running(database, clock, seed, **overrides) as opened:
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
