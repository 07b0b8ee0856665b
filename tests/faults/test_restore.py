"""A backup that is taken during orders is a consistent snapshot of the marketplace."""

import asyncio
import secrets
import subprocess
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.faults.callers import Caller
from tests.faults.served import served
from tests.kit.servers.patience import PATIENT
from tests.kit.servers.postgresql import Server, installation
from tests.kit.servers.waiting import until

CLIENTS = 8
BEFORE = 5

# Each query returns no rows in a consistent marketplace.
BROKEN = {
    "an order without lines": "SELECT id FROM orders o WHERE NOT EXISTS (SELECT FROM order_lines WHERE order_id = o.id)",
    "a total that is not the sum": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id HAVING sum(l.total) <> o.total""",
    "units that no pending order holds": """
        SELECT i.id FROM items i WHERE reserved <> (
            SELECT coalesce(sum(l.quantity), 0) FROM order_lines l JOIN orders o ON o.id = l.order_id
            WHERE l.product_id = i.id AND o.status = 'pending'
        )""",
    "an order without an event": """
        SELECT id FROM orders o WHERE NOT EXISTS (SELECT FROM events WHERE type = 'order.created' AND subject_id = o.id)""",
    "a key without its response": "SELECT key FROM idempotency_keys WHERE status IS NULL",
}


class Counts(NamedTuple):
    """The number of rows of each kind that an order creates."""

    orders: int
    lines: int
    events: int
    keys: int


async def counts(session: asyncpg.Connection) -> Counts:
    row = await session.fetchrow(
        "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_lines),"
        " (SELECT count(*) FROM events WHERE type = 'order.created'), (SELECT count(*) FROM idempotency_keys)"
    )
    return Counts(*row)


def tool(name: str, *arguments: str) -> None:
    subprocess.run([installation() / name, *arguments], check=True, capture_output=True)


@pytest.mark.promise("R22")
async def test_a_backup_taken_under_load_is_consistent(durable_url: str, durable_server: Server, tmp_path: Path) -> None:
    copy = f"restored_{secrets.token_hex(4)}"
    restored = make_url(durable_url).set(database=copy).render_as_string(hide_password=False)
    async with served(durable_url, tmp_path, **PATIENT) as market:
        seller, *buyers = await market.users(1 + CLIENTS)
        item = await market.world.item(seller, on_hand=1000)
        backed_up = asyncio.Event()
        # Orders that a client has a response for.
        placed, cancelled = set[int](), set[int]()

        async def order(caller: Caller) -> None:
            body = {"product_id": item, "quantity": 1}
            while not backed_up.is_set():
                order_id = (await caller.request("POST", "/orders", body, key=secrets.token_hex(8))).json["id"]
                placed.add(order_id)
                response = await caller.request("POST", f"/orders/{order_id}/cancel", {"reason": "Enough"}, key=secrets.token_hex(8))
                assert response.status == 200
                cancelled.add(order_id)

        # These orders stay pending.
        for buyer in buyers:
            with market.caller(buyer) as caller:
                made = await caller.request("POST", "/orders", {"product_id": item, "quantity": 1}, key=secrets.token_hex(8))
                placed.add(made.json["id"])
        ordering = [asyncio.create_task(order(market.caller(buyer))) for buyer in buyers]
        try:
            await until(lambda: len(cancelled) >= BEFORE * CLIENTS, within_s=60)
            placed_before, cancelled_before = set(placed), set(cancelled)
            await asyncio.to_thread(tool, "pg_dump", "-Fc", "-d", durable_url, "-f", str(tmp_path / "backup"))
        finally:
            backed_up.set()
            await asyncio.gather(*ordering)
        admin = await asyncpg.connect(durable_server.url)
        await admin.execute(f"CREATE DATABASE {copy} TEMPLATE template0")
        try:
            await asyncio.to_thread(tool, "pg_restore", "--exit-on-error", "-d", restored, str(tmp_path / "backup"))
            session = await asyncpg.connect(restored)
            counted = await counts(session)
            statuses = {row["id"]: row["status"] for row in await session.fetch("SELECT id, status FROM orders")}
            for fault, query in BROKEN.items():
                assert await session.fetch(query) == [], fault
            await session.close()
        finally:
            await admin.execute(f"DROP DATABASE {copy} WITH (FORCE)")
            await admin.close()

        # The dump has everything that was acknowledged before it began, and nothing that was never placed.
        assert placed_before <= statuses.keys() <= placed
        assert {statuses[each] for each in cancelled_before} == {"cancelled"}
        print(f"{counted}, {len(placed_before)} of them acknowledged before the dump")  # noqa: T201  # the figure of docs/reliability.md
        assert counted.orders == counted.lines == counted.events > 0
        assert counted.orders <= counted.keys <= 2 * counted.orders
