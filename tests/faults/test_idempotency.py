"""A request that is sent again acts once, whatever became of its response."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.served import PATIENT, Served, served

EQUAL = 50
CUT = 15


async def order_count(market: Served) -> int:
    return (await market.world.market.state()).orders


@pytest.mark.promise("R3")
async def test_a_repeated_order_is_placed_once(database_url: str, tmp_path: Path) -> None:
    async with served(database_url, tmp_path, **PATIENT) as market:
        seller, buyer = await market.people(2)
        item = await market.world.item(seller, on_hand=1000)
        order = {"product_id": item, "quantity": 1}

        # Fifty at the same moment: two tabs, an impatient thumb, a proxy that repeats.
        replies = await asyncio.gather(
            *(market.caller(buyer).insist("POST", "/orders", order, key="equal", until=lambda: False) for _ in range(EQUAL))
        )
        assert {(reply.status, reply.body) for reply in replies} == {(201, replies[0].body)}
        assert Counter(reply.headers.get("idempotency-replayed") for reply in replies) == {None: 1, "true": EQUAL - 1}
        assert await order_count(market) == 1

        # The connection is cut right after the request has been sent: whether it acted shows when it is sent again.
        for number in range(CUT):
            cut = market.caller(buyer)
            await cut.send("POST", "/orders", order, key=f"cut-{number}")
            cut.close()
            with market.caller(buyer) as again:
                reply = await again.insist("POST", "/orders", order, key=f"cut-{number}", until=lambda: False)
            assert reply.status == 201
        assert await order_count(market) == 1 + CUT

        with market.caller(buyer) as caller:
            other = await caller.request("POST", "/orders", {"product_id": item, "quantity": 2}, key="equal")
        assert (other.status, other.json["type"]) == (422, "/problems/idempotency-key-reused")
        assert await order_count(market) == 1 + CUT
        assert await market.world.market.stock(item) == (1000, 1 + CUT)
