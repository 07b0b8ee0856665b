"""Acknowledged orders survive and take effect once, although workers and the database are killed again and again."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from sqlalchemy import select

from steelyard.db.statements import statement
from steelyard.tables.orders import orders
from tests.faults.callers import Caller, Lost, pause
from tests.faults.served import Served, served
from tests.kit.servers.postgresql import Server
from tests.kit.servers.waiting import until
from tests.kit.world.market import placings

LASTS_S = 60
A_WORKER_EVERY_S = 2
THE_DATABASE_AT_S = (12, 30, 48)
# So many orders at once are placed by groups. None of a group has the item of another.
CLIENTS = 24
ITEMS = 8
# Of each item. Together fewer than clients, so that they compete for units.
UNITS = 2
BACK_WITHIN_S = 2


class OrderedRow(NamedTuple):
    id: int
    status: str


ordered = statement(select(orders.c.id, orders.c.status), OrderedRow)


@dataclass
class Outcome:
    """The responses that callers got, and the times of successes."""

    placed: dict[int, int] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    sold_out: int = 0
    succeeded_at_s: list[float] = field(default_factory=list)
    killed: int = 0
    returned_at_s: list[float] = field(default_factory=list)

    def gaps_s(self) -> Iterator[float]:
        """The time from each restart of the database to the next success."""
        for at_s in self.returned_at_s:
            yield min(each for each in self.succeeded_at_s if each >= at_s) - at_s


async def trade(number: int, caller: Caller, items: Sequence[int], outcome: Outcome, end_s: float) -> None:
    """Place and cancel orders. Each request is repeated with its key until there is a response."""

    async def insist(path: str, body: object, key: str) -> tuple[int, int]:
        response = await caller.insist("POST", path, body, key=key, until=lambda: time.monotonic() > end_s + 60)
        assert response.status in {200, 201, 409}, (response.status, response.body)
        if response.status == 409:
            return 409, 0
        outcome.succeeded_at_s.append(time.monotonic())
        return response.status, response.json["id"]

    turn = 0
    while time.monotonic() < end_s:
        turn += 1
        item = items[(number + turn) % len(items)]
        status, order_id = await insist("/orders", {"product_id": item, "quantity": 1}, f"order-{number}-{turn}")
        if status == 409:
            outcome.sold_out += 1
            await pause(0.01)
            continue
        outcome.placed[order_id] = outcome.placed.get(order_id, 0) + 1
        status, _ = await insist(f"/orders/{order_id}/cancel", {"reason": "Ordered by mistake"}, f"cancel-{number}-{turn}")
        assert status == 200
        outcome.cancelled.add(order_id)


async def kill_workers(market: Served, outcome: Outcome, end_s: float, every_s: float) -> None:
    chance = random.Random(4)  # the same choice in every run
    while time.monotonic() + every_s < end_s:
        await pause(every_s)
        workers = market.process.children()
        if workers:
            chance.choice(workers).kill()
            outcome.killed += 1


async def kill_database(server: Server, outcome: Outcome, began_s: float) -> None:
    for at_s in THE_DATABASE_AT_S:
        await pause(began_s + at_s - time.monotonic())
        assert server.process is not None
        backends = psutil.Process(server.process.pid).children(recursive=True)
        await asyncio.to_thread(server.stop, how=signal.SIGKILL)
        # Orphaned backends still hold the shared memory that the next server needs.
        for each in backends:
            if each.is_running():
                each.kill()
        await asyncio.to_thread(psutil.wait_procs, backends, 10)
        await asyncio.to_thread(server.start)
        outcome.returned_at_s.append(time.monotonic())


async def responds(market: Served) -> bool:
    with market.caller() as caller:
        try:
            return (await caller.request("GET", "/items")).status == 200
        except Lost:
            return False


@pytest.mark.promise("R4")
async def test_acknowledged_orders_survive_every_crash_and_take_effect_once(
    durable_url: str, durable_server: Server, tmp_path: Path
) -> None:
    began_s = time.monotonic()
    async with served(durable_url, tmp_path) as market:
        # If the machine is too busy to start a worker in two seconds, a faster pace would leave no worker.
        start_s = max(time.monotonic() - began_s, BACK_WITHIN_S)
        seller, *buyers = await market.users(1 + CLIENTS)
        items = [await market.world.item(seller, on_hand=UNITS) for _ in range(ITEMS)]
        outcome = Outcome()
        began_s = time.monotonic()
        end_s = began_s + LASTS_S

        await asyncio.gather(
            *(trade(number, market.caller(buyer), items, outcome, end_s) for number, buyer in enumerate(buyers)),
            kill_workers(market, outcome, end_s, max(A_WORKER_EVERY_S, start_s)),
            kill_database(durable_server, outcome, began_s),
        )
        await until(lambda: responds(market), 30)

        stored = await market.database.read().all(ordered)
        placed_by = Counter(await market.database.read().all(placings))
        in_groups = sum(count for count in placed_by.values() if count > 1)
        gaps_s = list(outcome.gaps_s())
        print(  # noqa: T201  # the figures of docs/reliability.md
            f"{len(outcome.placed)} orders, {in_groups} of them in groups, {outcome.sold_out} rejected, "
            f"{outcome.killed} workers and {len(gaps_s)} databases killed, "
            f"successes {', '.join(f'{gap_s:.2f}' for gap_s in gaps_s)} s after each return, a start takes {start_s:.1f} s"
        )
        assert {order.id for order in stored} == outcome.placed.keys(), "orders are lost, or were stored without a response"
        assert set(outcome.placed.values()) == {1}
        assert {order.id for order in stored if order.status == "cancelled"} == outcome.cancelled
        assert placed_by.total() == len(stored)
        assert [await market.world.market.stock(item) for item in items] == [(UNITS, 0)] * ITEMS
        assert outcome.sold_out
        assert in_groups
        assert max(gaps_s) <= 2 * start_s
