"""Baskets of the same items in whatever order never wait for each other in a circle."""

import asyncio
import itertools
import secrets
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from tests.faults.callers import Caller
from tests.faults.served import PATIENT, served

CLIENTS = 32
# One basket for each way to choose three of five items, there and back.
BASKETS = [basket for each in itertools.combinations(range(5), 3) for basket in (each, each[::-1])]


@pytest.mark.promise("R2")
async def test_baskets_in_opposite_orders_all_succeed(database_url: str, tmp_path: Path) -> None:
    async with served(database_url, tmp_path, **PATIENT) as market:
        seller, *buyers = await market.people(1 + CLIENTS)
        items = await market.world.items(seller, 5, on_hand=1_000_000)

        async def order_all(number: int, caller: Caller) -> Counter[int]:
            found: Counter[int] = Counter()
            for turn in range(len(BASKETS)):
                lines = [{"product_id": items[place], "quantity": 1} for place in BASKETS[(number + turn) % len(BASKETS)]]
                found[(await caller.request("POST", "/orders", {"lines": lines}, key=secrets.token_hex(8))).status] += 1
            return found

        found = await asyncio.gather(*(order_all(number, market.caller(buyer)) for number, buyer in enumerate(buyers)))

        assert sum(found, Counter()) == {201: CLIENTS * len(BASKETS)}
        for item in items:
            assert await market.world.market.stock(item) == (1_000_000, CLIENTS * len(BASKETS) * 3 // 5)
    if database_url.startswith("postgresql"):
        session = await asyncpg.connect(database_url)
        # Each would cost its loser a run more, unseen from outside.
        assert await session.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
        await session.close()
