import pytest

from steelyard.db.database import Database
from tests.kit.market import Market
from tests.kit.people import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def market(database: Database, clock: Clock) -> Market:
    return Market(database, clock)
