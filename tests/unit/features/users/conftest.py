from collections.abc import AsyncIterator

import pytest

from steelyard.db.database import Database
from tests.kit.people import Clock, People, cheap_passwords
from tests.kit.running import Running, running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def people(database: Database, clock: Clock) -> AsyncIterator[People]:
    passwords = cheap_passwords()
    yield People(database, clock, passwords)
    passwords.close()


@pytest.fixture
async def shop(database: Database, clock: Clock) -> AsyncIterator[Running]:
    async with running(database, clock) as opened:
        yield opened
