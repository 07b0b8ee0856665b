"""Owners who leave or are locked while others buy from them and while they put items on sale."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text

from steelyard.db.statements import statement
from steelyard.tables.items import items
from steelyard.tables.users import users
from tests.faults.two_servers import TwoServers, as_, two_servers
from tests.kit.world.world import User

ROUNDS = 12
BUYERS = 16
GOODS = 5
RUNS = 12
WRITERS = 4

items_of_the_gone = statement(
    select(func.count())
    .select_from(items.join(users, users.c.id == items.c.owner_id))
    .where(items.c.status == "active", ~users.c.is_active),
    int,
)
deadlocks = statement(select(text("deadlocks")).select_from(text("pg_stat_database")).where(text("datname = current_database()")), int)


async def on_sale_though_gone(servers: TwoServers) -> int:
    """Active items whose owner is locked or deleted: there are none, ever."""
    return await servers.world.database.read().one(items_of_the_gone)


def basket(goods: list[int], number: int) -> dict[str, object]:
    """Three of the goods, every other time from the last to the first."""
    chosen = [goods[(number + step) % len(goods)] for step in range(3)]
    return {"lines": [{"product_id": product, "quantity": 1} for product in (chosen if number % 2 else reversed(chosen))]}


async def leave(servers: TwoServers, seller: User, buyers: list[User], after: int) -> list[httpx.Response]:
    """The seller is deleted by one server while the buyers order from both, so many of them earlier."""
    goods = await servers.world.items(seller, GOODS)

    async def order(number: int, buyer: User) -> httpx.Response:
        client = (servers.one, servers.other)[number % 2]
        return await client.post("/orders", json=basket(goods, number), headers=as_(buyer, **{"Idempotency-Key": servers.world.key()}))

    async def delete() -> httpx.Response:
        return await servers.one.delete(f"/users/{seller.id}", headers=as_(seller))

    orders = [order(number, buyer) for number, buyer in enumerate(buyers)]
    return await asyncio.gather(*orders[:after], delete(), *orders[after:])


@pytest.mark.promise("R2")
async def test_a_seller_who_leaves_and_those_who_order_never_wait_in_a_circle(database_url: str, tmp_path: Path) -> None:
    async with two_servers(database_url, tmp_path) as servers:
        buyers = [await servers.world.user() for _ in range(BUYERS)]
        answers: list[httpx.Response] = []
        for number in range(ROUNDS):
            answers += await leave(servers, await servers.world.user(), buyers, after=number)

        assert {answer.status_code for answer in answers} <= {201, 204, 409}, Counter(answer.text for answer in answers)
        assert await on_sale_though_gone(servers) == 0
        if database_url.startswith("postgresql"):
            assert await servers.world.database.read().one(deadlocks) == 0


@pytest.mark.promise("R13")
async def test_nothing_of_a_seller_who_is_locked_meanwhile_is_on_sale(database_url: str, tmp_path: Path) -> None:
    async with two_servers(database_url, tmp_path) as servers:
        admin, stranger = await servers.world.user("admin"), await servers.world.user()
        for run in range(RUNS):
            seller = await servers.world.user()
            drafts = [await servers.world.item(seller, status="draft") for _ in range(WRITERS)]

            async def lock(seller: User = seller) -> httpx.Response:
                body = {"role": "user", "is_active": False}
                return await servers.one.put(f"/users/{seller.id}/access", json=body, headers=as_(admin))

            async def put_on_sale(item_id: int, seller: User = seller) -> httpx.Response:
                headers = as_(seller, **{"Content-Type": "application/merge-patch+json"})
                return await servers.other.patch(f"/items/{item_id}", content=b'{"status":"active"}', headers=headers)

            under_way = [put_on_sale(item_id) for item_id in drafts]
            locked, *patched = await asyncio.gather(lock(), *under_way) if run % 2 else reversed(await asyncio.gather(*under_way, lock()))

            assert locked.status_code == 200
            assert {answer.status_code for answer in patched} <= {200, 401}
            assert await on_sale_though_gone(servers) == 0
            bought = [
                await servers.other.post(
                    "/orders",
                    json={"product_id": item_id, "quantity": 1},
                    headers=as_(stranger, **{"Idempotency-Key": servers.world.key()}),
                )
                for item_id in drafts
            ]
            assert {answer.status_code for answer in bought} == {409}
