"""A new version under load: containers replaced one by one behind nginx, and gunicorn's SIGHUP. Nothing is lost or done twice."""

import asyncio
import itertools
import secrets
import signal
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from steelyard.db.database import Database
from tests.deploy.live.callers import SecureCaller
from tests.deploy.live.conftest import Site
from tests.deploy.live.test_proxies import responds
from tests.faults.callers import Lost
from tests.kit.servers.children import free_port
from tests.kit.servers.containers import Container, container
from tests.kit.servers.images import Image
from tests.kit.servers.proxies import Proxy, nginx
from tests.kit.servers.running import settings_for
from tests.kit.servers.waiting import until
from tests.kit.world.clock import Clock
from tests.kit.world.world import User, World

REQUESTS = 20_000
CLIENTS = 20
# One request in so many of a caller is an order. A buyer may have twenty that are open.
ORDERS = 40
MOST_ORDERS = 20


class Load:
    """Callers that order and read until they have sent a number of requests."""

    def __init__(self, proxy: Proxy, item: int, requests: int) -> None:
        self._proxy = proxy
        self._item = item
        self._left = requests
        self.outcomes: Counter[str] = Counter()
        self.placed: list[int] = []

    @property
    def is_over(self) -> bool:
        return self._left <= 0

    async def run(self, user: User) -> None:
        with SecureCaller(self._proxy, user.token) as caller:
            for number in itertools.count(1):
                if self.is_over:
                    return
                self._left -= 1
                try:
                    await self._send(caller, is_order=number % ORDERS == 0 and number <= MOST_ORDERS * ORDERS)
                except Lost as lost:
                    self.outcomes[str(lost)] += 1

    async def _send(self, caller: SecureCaller, *, is_order: bool) -> None:
        if not is_order:
            self.outcomes[str((await caller.request("GET", "/items?limit=1")).status)] += 1
            return
        order = {"product_id": self._item, "quantity": 1}
        response = await caller.request("POST", "/orders", order, key=secrets.token_hex(8))
        self.outcomes[str(response.status)] += 1
        if response.status == 201:
            self.placed.append(response.json["id"])


async def market(site: Site) -> tuple[list[User], int]:
    """Buyers and an item with enough stock."""
    database = Database(site.database_url)
    await database.open()
    clock = Clock()
    clock.now = datetime.now(UTC)
    world = World(database, clock, settings_for(site.database_url))
    seller, *buyers = [await world.user(name=f"User {number}") for number in range(1 + CLIENTS)]
    item = await world.item(seller, on_hand=REQUESTS)
    await database.close()
    return buyers, item


async def orders_in(site: Site) -> list[int]:
    session = await asyncpg.connect(site.database_url)
    try:
        return [row["id"] for row in await session.fetch("SELECT id FROM orders ORDER BY id")]
    finally:
        await session.close()


async def test_containers_are_replaced_behind_nginx_without_a_lost_request(image: Image, new_site: Site, tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    settings = new_site.settings | {"rate_limits": "false", "access_log": "false", "drain_s": "1"}
    buyers, item = await market(new_site)
    replaced = 0
    async with AsyncExitStack() as stack:

        async def start(port: int) -> Container:
            started = await stack.enter_async_context(
                container(image, "serve", "--port", str(port), "--workers", "1", secrets=new_site.secrets, **settings)
            )
            await started.ready()
            return started

        running = [await start(port) for port in ports]
        proxy = stack.enter_context(nginx(tmp_path / "proxy", [f"127.0.0.1:{port}" for port in ports]))
        await until(lambda: responds(proxy), 30)
        load = Load(proxy, item, REQUESTS)
        async with asyncio.TaskGroup() as callers:
            for buyer in buyers:
                callers.create_task(load.run(buyer))
            while not load.is_over:
                for number, port in enumerate(ports):
                    running[number].signal(signal.SIGTERM)
                    assert await running[number].ended() == 0
                    running[number] = await start(port)
                    replaced += 1

    placed = await orders_in(new_site)
    print(f"{replaced} containers replaced under {CLIENTS} clients: {dict(load.outcomes)}")  # noqa: T201  # the figure of docs/operations
    assert replaced >= 2
    assert load.outcomes == {"200": REQUESTS - len(placed), "201": len(placed)}
    assert sorted(load.placed) == placed


async def test_gunicorn_takes_new_code_under_load(image: Image, new_site: Site, tmp_path: Path) -> None:
    settings = new_site.settings | {"rate_limits": "false", "access_log": "false"}
    buyers, item = await market(new_site)
    port = free_port()
    options = ("-c", "/opt/steelyard/gunicorn.conf.py", "-b", f"127.0.0.1:{port}")
    async with container(image, *options, entrypoint="gunicorn", secrets=new_site.secrets, **settings) as api:
        await api.ready()
        with nginx(tmp_path / "proxy", [f"127.0.0.1:{port}"]) as proxy:
            await until(lambda: responds(proxy), 30)
            load = Load(proxy, item, REQUESTS // 5)
            async with asyncio.TaskGroup() as callers:
                for buyer in buyers[: CLIENTS // 2]:
                    callers.create_task(load.run(buyer))
                before = {each.pid for each in api.first.children()}
                api.signal(signal.SIGHUP)
                await until(lambda: not before & {each.pid for each in api.first.children()}, 60)
        placed = await orders_in(new_site)
        api.signal(signal.SIGTERM)
        assert await api.ended() == 0

    print(f"one SIGHUP of gunicorn: {dict(load.outcomes)}")  # noqa: T201  # the figure of docs/operations
    assert load.outcomes.keys() == {"200", "201"}
    assert sorted(load.placed) == placed
