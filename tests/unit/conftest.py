"""A market, its users and the whole application, on each database."""

from collections.abc import AsyncIterator

import pytest

from steelyard.db.database import Database
from tests.kit.servers.running import Running, running
from tests.kit.world.market import Market
from tests.kit.world.people import Clock, People, cheap_passwords


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def market(database: Database, clock: Clock) -> Market:
    return Market(database, clock)


@pytest.fixture
async def people(database: Database, clock: Clock) -> AsyncIterator[People]:
    passwords = cheap_passwords()
    yield People(database, clock, passwords)
    passwords.close()


@pytest.fixture
async def shop(database: Database, clock: Clock) -> AsyncIterator[Running]:
    async with running(database, clock) as opened:
        yield opened
