"""Sellers are deleted or locked while others order from them, and while they put items on sale."""

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
ITEMS = 5
RUNS = 12
WRITERS = 4

count_items_of_inactive_owners = statement(
    select(func.count())
    .select_from(items.join(users, users.c.id == items.c.owner_id))
    .where(items.c.status == "active", ~users.c.is_active),
    int,
)
deadlocks = statement(select(text("deadlocks")).select_from(text("pg_stat_database")).where(text("datname = current_database()")), int)


async def items_of_inactive_owners(servers: TwoServers) -> int:
    """The number of active items whose owner is locked or deleted. It must always be 0."""
    return await servers.world.database.read().one(count_items_of_inactive_owners)


def basket(items: list[int], number: int) -> dict[str, object]:
    """Three of the items, in reverse order for every other number."""
    chosen = [items[(number + step) % len(items)] for step in range(3)]
    return {"lines": [{"product_id": product, "quantity": 1} for product in (chosen if number % 2 else reversed(chosen))]}


async def leave(servers: TwoServers, seller: User, buyers: list[User], after: int) -> list[httpx.Response]:
    """One server deletes the seller while buyers order at both. `after` is the number of orders that are sent first."""
    items = await servers.world.items(seller, ITEMS)

    async def order(number: int, buyer: User) -> httpx.Response:
        client = (servers.first, servers.second)[number % 2]
        return await client.post("/orders", json=basket(items, number), headers=as_(buyer, **{"Idempotency-Key": servers.world.key()}))

    async def delete() -> httpx.Response:
        return await servers.first.delete(f"/users/{seller.id}", headers=as_(seller))

    orders = [order(number, buyer) for number, buyer in enumerate(buyers)]
    return await asyncio.gather(*orders[:after], delete(), *orders[after:])


@pytest.mark.promise("R2")
async def test_deleting_a_seller_and_ordering_from_them_never_deadlock(database_url: str, tmp_path: Path) -> None:
    async with two_servers(database_url, tmp_path) as servers:
        buyers = [await servers.world.user() for _ in range(BUYERS)]
        responses: list[httpx.Response] = []
        for number in range(ROUNDS):
            responses += await leave(servers, await servers.world.user(), buyers, after=number)

        assert {response.status_code for response in responses} <= {201, 204, 409}, Counter(response.text for response in responses)
        assert await items_of_inactive_owners(servers) == 0
        if database_url.startswith("postgresql"):
            assert await servers.world.database.read().one(deadlocks) == 0


@pytest.mark.promise("R13")
async def test_no_item_of_a_seller_who_is_being_locked_stays_on_sale(database_url: str, tmp_path: Path) -> None:
    async with two_servers(database_url, tmp_path) as servers:
        admin, stranger = await servers.world.user("admin"), await servers.world.user()
        for run in range(RUNS):
            seller = await servers.world.user()
            drafts = [await servers.world.item(seller, status="draft") for _ in range(WRITERS)]

            async def lock(seller: User = seller) -> httpx.Response:
                body = {"role": "user", "is_active": False}
                return await servers.first.put(f"/users/{seller.id}/access", json=body, headers=as_(admin))

            async def put_on_sale(item_id: int, seller: User = seller) -> httpx.Response:
                headers = as_(seller, **{"Content-Type": "application/merge-patch+json"})
                return await servers.second.patch(f"/items/{item_id}", content=b'{"status":"active"}', headers=headers)

            under_way = [put_on_sale(item_id) for item_id in drafts]
            locked, *patched = await asyncio.gather(lock(), *under_way) if run % 2 else reversed(await asyncio.gather(*under_way, lock()))

            assert locked.status_code == 200
            assert {response.status_code for response in patched} <= {200, 401}
            assert await items_of_inactive_owners(servers) == 0
            bought = [
                await servers.second.post(
                    "/orders",
                    json={"product_id": item_id, "quantity": 1},
                    headers=as_(stranger, **{"Idempotency-Key": servers.world.key()}),
                )
                for item_id in drafts
            ]
            assert {response.status_code for response in bought} == {409}
