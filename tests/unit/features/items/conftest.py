"""A shop on each database."""

import pytest

from steelyard.db.database import Database
from tests.unit.features.items.shop import Shop


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)
