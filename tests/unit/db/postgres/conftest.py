"""The sample tables on PostgreSQL, and a connection beside the pool."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from steelyard.db.database import Database
from tests.unit.db.postgres.sessions import ONE
from tests.unit.db.sample_tables import Opener


@pytest.fixture
async def db(opening_postgres: Opener) -> Database:
    return await opening_postgres()


@pytest.fixture
async def single(opening_postgres: Opener) -> Database:
    """A database whose pool has one connection."""
    return await opening_postgres(ONE)


@pytest.fixture
async def admin(opening_postgres: Opener) -> AsyncIterator[Any]:
    """A connection beside the pool, to inspect and to end sessions."""
    connection = await asyncpg.connect(opening_postgres.url)
    yield connection
    await connection.close()
