"""A rolling upgrade: two versions of the code use one database during a migration, and clients of both notice nothing.

The next version is a copy of this one with a further revision, written as our rules require, and with code that needs it.
"""

import asyncio
import itertools
import os
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

import steelyard
from steelyard.db.migrations import commands
from tests.faults.callers import Caller, Response, pause
from tests.faults.served import Served, served
from tests.kit.servers.patience import PATIENT
from tests.kit.servers.processes import Process, python
from tests.kit.servers.running import SECRET
from tests.kit.servers.waiting import until

CLIENTS = 8
# Orders of each phase: the old version alone, during the migration, both versions, the new one alone.
ORDERS = 40
# docs/reliability.md, R21: a migration that waits for a lock gives up after this time.
MAX_WAIT_S = 2

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = {head!r}


def upgrade():
    op.add_column("orders", sa.Column("channel", sa.String(8)))
    op.execute("ALTER TABLE orders ADD CONSTRAINT channel CHECK (channel IN ('web', 'phone')) NOT VALID")
    with op.get_context().autocommit_block():
        op.drop_index("orders_channel_idx", "orders", if_exists=True, postgresql_concurrently=True)
        op.create_index("orders_channel_idx", "orders", ["channel"], postgresql_concurrently=True)
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT channel")
"""
COLUMN = 'Column("expires_at", Timestamp),'
NEXT_COLUMNS = f'{COLUMN} Column("channel", String(8)),'
IMPORT = "    literal,\n"
NEXT_IMPORT = f"{IMPORT}    literal_column,\n"
NAMES = 'if each.name != "cancel_reason"]'
NEXT_NAMES = 'if each.name not in ("cancel_reason", "channel")]'
# All orders are for one item, so each is placed by its own transaction.
VALUES = "values({name: bindparam(name) for name in _NEW})"
NEXT_VALUES = """values({name: bindparam(name) for name in _NEW} | {"channel": literal_column("'web'")})"""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} does not contain this text once: {old}"
    path.write_text(text.replace(old, new))


def next_version(folder: Path) -> dict[str, str]:
    """Write the next version, and return the environment that runs it."""
    sources = shutil.copytree(Path(steelyard.__file__).parent, folder / "steelyard", ignore=shutil.ignore_patterns("__pycache__"))
    (sources / "db" / "migrations" / "versions" / "next.py").write_text(REVISION.format(head=commands.head()))
    edit(sources / "tables" / "orders.py", COLUMN, NEXT_COLUMNS)
    edit(sources / "features" / "orders" / "queries.py", IMPORT, NEXT_IMPORT)
    edit(sources / "features" / "orders" / "queries.py", NAMES, NEXT_NAMES)
    edit(sources / "features" / "orders" / "queries.py", VALUES, NEXT_VALUES)
    return {"PYTHONPATH": os.pathsep.join([str(folder), *(path for path in sys.path if path)])}


class Clients:
    """Clients that place and cancel orders on all servers, as behind a load balancer."""

    def __init__(self, market: Served, tokens: list[str], item: int) -> None:
        self.urls = [market.url]
        self.over = False
        self.statuses: Counter[str] = Counter()
        self.placed: dict[str, set[int]] = {}
        self.longest_s = 0.0
        self._tokens = tokens
        self._item = item

    async def run(self) -> None:
        async with asyncio.TaskGroup() as clients:
            for number, token in enumerate(self._tokens):
                clients.create_task(self._order(number, token))

    async def _order(self, number: int, token: str) -> None:
        callers: dict[str, Caller] = {}
        turns = itertools.count(number)

        async def send(method: str, path: str, body: object = None, *, key: str | None = None) -> tuple[str, Response]:
            # A load balancer chooses a server for each request.
            url = self.urls[next(turns) % len(self.urls)]
            response = await callers.setdefault(url, Caller(url, token)).request(method, path, body, key=key)
            self._count(response.status, response.took_s)
            return url, response

        for turn in itertools.count():
            if self.over:
                break
            url, response = await send("POST", "/orders", {"product_id": self._item, "quantity": 1}, key=f"upgrade-{number}-{turn}")
            if response.status == 201:
                order_id = response.json["id"]
                self.placed.setdefault(url, set()).add(order_id)
                await send("POST", f"/orders/{order_id}/cancel", {"reason": "Enough"}, key=f"cancel-{number}-{turn}")
            await send("GET", "/orders?limit=5")
            await pause(0.02)
        for each in callers.values():
            each.close()

    def _count(self, status: int, took_s: float) -> None:
        assert status in {200, 201}, f"{status} after {dict(self.statuses)}"
        self.statuses[str(status)] += 1
        self.longest_s = max(self.longest_s, took_s)

    async def order_some_more(self) -> None:
        """Wait until each server in use has placed further orders."""
        before = {url: len(self.placed.get(url, ())) for url in self.urls}
        await until(lambda: all(len(self.placed.get(url, ())) >= before[url] + ORDERS for url in self.urls), within_s=120)


async def channels(url: str) -> dict[int, str | None]:
    session = await asyncpg.connect(url)
    try:
        return {row["id"]: row["channel"] for row in await session.fetch("SELECT id, channel FROM orders")}
    finally:
        await session.close()


async def migrated(folder: Path, environment: dict[str, str]) -> str:
    async with python("-m", "steelyard", "migrate", folder=folder, environment=environment) as migration:
        assert await migration.ended() == 0, migration.printed
        return "".join(migration.stdout)


@pytest.mark.promise("R7", "R21")
async def test_two_versions_serve_side_by_side_while_the_schema_is_migrated(durable_url: str, tmp_path: Path) -> None:
    (folder := tmp_path / "next").mkdir()
    environment = next_version(folder) | {
        "STEELYARD_DATABASE_URL": durable_url,
        "STEELYARD_SECRET_KEYS": SECRET.get_secret_value(),
        "STEELYARD_RATE_LIMITS": "false",
        **{f"STEELYARD_{name.upper()}": str(value) for name, value in PATIENT.items()},
    }
    async with AsyncExitStack() as stack:
        market = await stack.enter_async_context(served(durable_url, tmp_path, **PATIENT))
        seller, *buyers = await market.users(1 + CLIENTS)
        item = await market.world.item(seller, on_hand=10_000)
        clients = Clients(market, [buyer.token for buyer in buyers], item)
        async with asyncio.TaskGroup() as group:
            group.create_task(clients.run())
            await clients.order_some_more()

            clients.longest_s = 0.0
            began_s = time.monotonic()
            assert "1 applied" in await migrated(tmp_path, environment)
            took_s, longest_s = time.monotonic() - began_s, clients.longest_s
            await clients.order_some_more()

            new: Process = await stack.enter_async_context(
                python("-m", "steelyard", "serve", "--port", "0", "--workers", "2", folder=tmp_path, environment=environment)
            )
            clients.urls.append(await new.ready())
            await clients.order_some_more()

            # A load balancer sends no new request to a server that is about to stop.
            clients.urls.remove(market.url)
            market.process.signal(signal.SIGTERM)
            assert await market.process.ended() == 0
            await clients.order_some_more()
            clients.over = True

        channel_of = await channels(durable_url)
        new.signal(signal.SIGTERM)
        assert await new.ended() == 0

    print(f"{dict(clients.statuses)}; longest wait during the migration of {took_s:.1f} s: {longest_s:.2f} s")  # noqa: T201  # the figure of docs/reliability.md
    assert longest_s <= MAX_WAIT_S
    assert {channel_of[each] for each in clients.placed[market.url]} == {None}
    assert {channel_of[each] for each in clients.placed[new.url]} == {"web"}
