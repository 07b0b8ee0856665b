"""If the database stops responding, every response still comes within five seconds, with a Retry-After header."""

import asyncio
import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.callers import Caller, Response, pause
from tests.faults.freezing import frozen
from tests.faults.served import Served, served
from tests.kit.servers.postgresql import Server
from tests.kit.servers.waiting import until

BUSY_FOR_S = 1
FROZEN_FOR_S = 10
# docs/reliability.md, R5.
RESPONSE_WITHIN_S = 5
HEALTH_WITHIN_S = 2


async def responses_until(end_s: float, caller: Caller, method: str, path: str, body: object = None) -> list[Response]:
    """The responses of a caller that sends one request after another."""
    responses: list[Response] = []
    with caller:
        while time.monotonic() < end_s:
            responses.append(await caller.request(method, path, body, key=secrets.token_hex(8) if body else None))
            if responses[-1].took_s < 0.05:
                await pause(0.05)
    return responses


def check(name: str, responses: list[Response], within_s: float) -> None:
    statuses = Counter(response.status for response in responses)
    longest_s = max(response.took_s for response in responses)
    print(f"{name}: {dict(statuses)}, longest {longest_s:.2f} s")  # noqa: T201  # the figure of docs/reliability.md
    unexpected = [response for response in responses if response.status not in {200, 201, 503}]
    assert not unexpected, (statuses, unexpected[0])
    assert statuses[503], "the database was not frozen"
    assert longest_s <= within_s


async def freeze(market: Served, server: Server, clients: int) -> None:
    """Send requests and probes while the database is frozen, and check their responses."""
    seller, *buyers = await market.users(1 + clients)
    item = await market.world.item(seller, on_hand=1_000_000)
    order = {"product_id": item, "quantity": 1}
    callers = [market.caller(buyer) for buyer in buyers]
    # Connections are open and sessions are cached, as on a busy server.
    await asyncio.gather(*(caller.request("GET", "/orders") for caller in callers))

    end_s = time.monotonic() + BUSY_FOR_S + FROZEN_FOR_S
    requests: list[tuple[Any, ...]] = [
        ("GET", "/orders"),
        ("POST", "/orders", order),
        ("GET", f"/items/{item}"),
        ("GET", "/items?search=lamp"),
    ]
    probing = asyncio.create_task(responses_until(end_s, market.caller(), "GET", "/health"))
    sending = [
        asyncio.create_task(responses_until(end_s, caller, *requests[number % len(requests)])) for number, caller in enumerate(callers)
    ]
    # Requests are in flight when the database freezes.
    await pause(BUSY_FOR_S)
    with frozen(server):
        received = await asyncio.gather(*sending)
        health = await probing

    responses = [response for each in received for response in each]
    check("requests", responses, RESPONSE_WITHIN_S)
    assert all("retry-after" in response.headers for response in responses if response.status == 503)
    check("/health", health, HEALTH_WITHIN_S)
    began_s = time.monotonic()
    with market.caller(buyers[0]) as caller:
        await until(lambda: succeeds(caller, order))
    print(f"orders again after {time.monotonic() - began_s:.2f} s")  # noqa: T201  # the same


async def succeeds(caller: Caller, order: object) -> bool:
    return (await caller.request("POST", "/orders", order, key=secrets.token_hex(8))).status == 201


@pytest.mark.promise("R5")
@pytest.mark.parametrize("clients", [8, 200])
async def test_a_frozen_database_delays_no_response(durable_url: str, durable_server: Server, tmp_path: Path, clients: int) -> None:
    async with served(durable_url, tmp_path) as market:
        await freeze(market, durable_server, clients)
