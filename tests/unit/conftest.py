"""A market, its users and the whole application, on each database."""

from collections.abc import AsyncIterator

import pytest

from steelyard.db.database import Database
from tests.kit.servers.running import Running, running
from tests.kit.world.accounts import Accounts, cheap_passwords
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def market(database: Database, clock: Clock) -> Market:
    return Market(database, clock)


@pytest.fixture
async def accounts(database: Database, clock: Clock) -> AsyncIterator[Accounts]:
    passwords = cheap_passwords()
    yield Accounts(database, clock, passwords)
    passwords.close()


@pytest.fixture
async def shop(database: Database, clock: Clock) -> AsyncIterator[Running]:
    async with running(database, clock) as opened:
        yield opened
