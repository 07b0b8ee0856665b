"""A database that stops answering holds up no caller: every response comes within five seconds, and says when to come again."""

import asyncio
import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.callers import Caller, Reply, pause
from tests.faults.freezing import frozen
from tests.faults.served import Served, served
from tests.kit.servers.databases import Server
from tests.kit.servers.waiting import until

BUSY_FOR_S = 1
FROZEN_FOR_S = 10
# docs/reliability.md, R5.
RESPONSE_WITHIN_S = 5
HEALTH_WITHIN_S = 2


async def replies_until(end_s: float, caller: Caller, method: str, path: str, body: object = None) -> list[Reply]:
    """What a caller gets who never pauses for longer than a blink."""
    found: list[Reply] = []
    with caller:
        while time.monotonic() < end_s:
            found.append(await caller.request(method, path, body, key=secrets.token_hex(8) if body else None))
            if found[-1].took_s < 0.05:
                await pause(0.05)
    return found


def judge(name: str, found: list[Reply], within_s: float) -> None:
    statuses = Counter(reply.status for reply in found)
    longest_s = max(reply.took_s for reply in found)
    print(f"{name}: {dict(statuses)}, longest {longest_s:.2f} s")  # noqa: T201  # the figure of docs/reliability.md
    unexpected = [reply for reply in found if reply.status not in {200, 201, 503}]
    assert not unexpected, (statuses, unexpected[0])
    assert statuses[503], "nothing was frozen"
    assert longest_s <= within_s


async def freeze(market: Served, server: Server, clients: int) -> None:
    """Readers, buyers and a probe, before, while and after the database stands still; each kind is judged."""
    seller, *buyers = await market.people(1 + clients)
    item = await market.world.item(seller, on_hand=1_000_000)
    order = {"product_id": item, "quantity": 1}
    callers = [market.caller(buyer) for buyer in buyers]
    # Connections and sessions are as in the middle of a busy day.
    await asyncio.gather(*(caller.request("GET", "/orders") for caller in callers))

    end_s = time.monotonic() + BUSY_FOR_S + FROZEN_FOR_S
    asked: list[tuple[Any, ...]] = [
        ("GET", "/orders"),
        ("POST", "/orders", order),
        ("GET", f"/items/{item}"),
        ("GET", "/items?search=lamp"),
    ]
    probing = asyncio.create_task(replies_until(end_s, market.caller(), "GET", "/health"))
    asking = [asyncio.create_task(replies_until(end_s, caller, *asked[number % len(asked)])) for number, caller in enumerate(callers)]
    # Requests are in flight when it freezes.
    await pause(BUSY_FOR_S)
    with frozen(server):
        found = await asyncio.gather(*asking)
        health = await probing

    replies = [reply for each in found for reply in each]
    judge("requests", replies, RESPONSE_WITHIN_S)
    assert all("retry-after" in reply.headers for reply in replies if reply.status == 503)
    judge("/health", health, HEALTH_WITHIN_S)
    began_s = time.monotonic()
    with market.caller(buyers[0]) as caller:
        await until(lambda: succeeds(caller, order))
    print(f"orders again after {time.monotonic() - began_s:.2f} s")  # noqa: T201  # the same


async def succeeds(caller: Caller, order: object) -> bool:
    return (await caller.request("POST", "/orders", order, key=secrets.token_hex(8))).status == 201


@pytest.mark.promise("R5")
@pytest.mark.parametrize("clients", [8, 200])
async def test_a_frozen_database_holds_up_no_caller(durable_url: str, durable_server: Server, tmp_path: Path, clients: int) -> None:
    async with served(durable_url, tmp_path) as market:
        await freeze(market, durable_server, clients)
