"""A repeated request takes effect once, even if its response was lost."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.served import Served, served
from tests.kit.servers.patience import PATIENT

EQUAL = 50
CUT = 15


async def order_count(market: Served) -> int:
    return (await market.world.market.state()).orders


@pytest.mark.promise("R3")
async def test_a_repeated_order_is_placed_once(database_url: str, tmp_path: Path) -> None:
    async with served(database_url, tmp_path, **PATIENT) as market:
        seller, buyer = await market.users(2)
        item = await market.world.item(seller, on_hand=1000)
        order = {"product_id": item, "quantity": 1}

        # Fifty at once, as from two tabs, impatient clicks, or a proxy that retries.
        responses = await asyncio.gather(
            *(market.caller(buyer).insist("POST", "/orders", order, key="equal", until=lambda: False) for _ in range(EQUAL))
        )
        assert {(response.status, response.body) for response in responses} == {(201, responses[0].body)}
        assert Counter(response.headers.get("idempotency-replayed") for response in responses) == {None: 1, "true": EQUAL - 1}
        assert await order_count(market) == 1

        # The connection is cut right after the request. The client repeats the request, because it does not know the outcome.
        for number in range(CUT):
            cut = market.caller(buyer)
            await cut.send("POST", "/orders", order, key=f"cut-{number}")
            cut.close()
            with market.caller(buyer) as again:
                response = await again.insist("POST", "/orders", order, key=f"cut-{number}", until=lambda: False)
            assert response.status == 201
        assert await order_count(market) == 1 + CUT

        with market.caller(buyer) as caller:
            other = await caller.request("POST", "/orders", {"product_id": item, "quantity": 2}, key="equal")
        assert (other.status, other.json["type"]) == (422, "/problems/idempotency-key-reused")
        assert await order_count(market) == 1 + CUT
        assert await market.world.market.stock(item) == (1000, 1 + CUT)
