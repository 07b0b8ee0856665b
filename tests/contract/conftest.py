"""The application on each database, and a client that has every answer judged by the contract."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from tests.kit.api import Api
from tests.kit.people import Clock
from tests.kit.running import Running, running
from tests.kit.world import World


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def given() -> dict[str, Any]:
    """Settings other than those of `settings_for`: a module or a parameter overrides this."""
    return {}


@pytest.fixture
async def shop(database: Database, clock: Clock, given: dict[str, Any]) -> AsyncIterator[Running]:
    async with running(database, clock, **given) as opened:
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
