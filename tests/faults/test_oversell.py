"""If many buyers order the last units at once, no more are sold than exist."""

import asyncio
import secrets
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.served import served
from tests.kit.servers.patience import PATIENT

ROUNDS = 20
BUYERS = 200
UNITS = 10


@pytest.mark.promise("R1")
async def test_ten_units_are_sold_to_ten_of_two_hundred_buyers(database_url: str, tmp_path: Path) -> None:
    async with served(database_url, tmp_path, **PATIENT) as market:
        seller, *buyers = await market.users(1 + BUYERS)
        callers = [market.caller(buyer) for buyer in buyers]

        for _ in range(ROUNDS):
            item = await market.world.item(seller, on_hand=UNITS)
            order = {"product_id": item, "quantity": 1}
            responses = await asyncio.gather(*(caller.request("POST", "/orders", order, key=secrets.token_hex(8)) for caller in callers))

            assert Counter(response.status for response in responses) == {201: UNITS, 409: BUYERS - UNITS}
            assert await market.world.market.stock(item) == (UNITS, UNITS)
