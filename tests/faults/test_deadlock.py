"""Orders of the same items in different orders of lines never deadlock."""

import asyncio
import itertools
import secrets
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from tests.faults.callers import Caller
from tests.faults.served import served
from tests.kit.servers.patience import PATIENT

CLIENTS = 32
# A basket for each choice of three out of five items, and one with its lines reversed.
BASKETS = [basket for each in itertools.combinations(range(5), 3) for basket in (each, each[::-1])]


@pytest.mark.promise("R2")
async def test_baskets_in_opposite_orders_all_succeed(database_url: str, tmp_path: Path) -> None:
    async with served(database_url, tmp_path, **PATIENT) as market:
        seller, *buyers = await market.users(1 + CLIENTS)
        items = await market.world.items(seller, 5, on_hand=1_000_000)

        async def order_all(number: int, caller: Caller) -> Counter[int]:
            statuses: Counter[int] = Counter()
            for turn in range(len(BASKETS)):
                lines = [{"product_id": items[place], "quantity": 1} for place in BASKETS[(number + turn) % len(BASKETS)]]
                statuses[(await caller.request("POST", "/orders", {"lines": lines}, key=secrets.token_hex(8))).status] += 1
            return statuses

        counts = await asyncio.gather(*(order_all(number, market.caller(buyer)) for number, buyer in enumerate(buyers)))

        assert sum(counts, Counter()) == {201: CLIENTS * len(BASKETS)}
        for item in items:
            assert await market.world.market.stock(item) == (1_000_000, CLIENTS * len(BASKETS) * 3 // 5)
    if database_url.startswith("postgresql"):
        session = await asyncpg.connect(database_url)
        # A retry after a deadlock would hide it from the caller.
        assert await session.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
        await session.close()
