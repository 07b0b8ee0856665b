"""All writes at once, on two servers, while the rights of the user end. In any order, no forbidden row is left."""

import asyncio
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.faults.two_servers import TwoServers, as_, two_servers
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.world import User

LEFT = "JOIN users ON users.deleted_at IS NOT NULL AND users.id"
# Rows that must not exist, whatever happened.
NONE_OF = {
    "items on sale of locked or deleted owners": "items JOIN users ON users.id = owner_id WHERE status = 'active' AND NOT is_active",
    "live items of deleted owners": f"items {LEFT} = owner_id WHERE status <> 'archived'",
    "addresses of deleted users": f"addresses {LEFT} = user_id",
    "credentials of deleted users": f"credentials {LEFT} = user_id",
    "credentials of locked users": "credentials JOIN users ON users.id = user_id WHERE NOT is_active AND revoked_at IS NULL",
    "stored responses with deleted users": f"idempotency_keys {LEFT} IN (owner_id, concerns_id)",
    # A warning that was due when the account was deleted is still sent. Its row is deleted a day later.
    "old e-mail addresses of deleted users, warned before": """outbox JOIN users ON subject = 'user ' || users.id
        WHERE kind = 'mail.email_changed' AND coalesce(done_at, dead_at) < deleted_at""",
    "shipping addresses of deleted buyers": f"orders {LEFT} = buyer_id WHERE shipping_address <> 'null' OR cancel_reason IS NOT NULL",
    "open orders of deleted users": f"orders {LEFT} IN (buyer_id, seller_id) WHERE status IN ('pending', 'paid', 'shipped')",
    "stock without a movement": "items WHERE on_hand <> (SELECT coalesce(sum(delta), 0) FROM stock_movements WHERE item_id = items.id)",
    "reservations without an order": """items WHERE reserved <> (SELECT coalesce(sum(quantity), 0) FROM order_lines
        JOIN orders ON orders.id = order_id WHERE product_id = items.id AND orders.status = 'pending')""",
}
HOW = ["lock", "delete", "leave", "demote", "log_out", "change_password"]
PATIENT = {
    "operation_timeout_s": "60",
    "pool_acquire_timeout_s": "60",
    "database_lock_timeout_s": "30",
    "database_statement_timeout_s": "60",
    "database_command_timeout_s": "60",
    "sqlite_busy_timeout_s": "60",
    "login_failures": "1000",
}
Write = tuple[str, str, str, User, Any]


async def remaining(url: str) -> dict[str, int]:
    """The number of forbidden rows of each kind, if there are any."""
    counts = {}
    for name, rows in NONE_OF.items():
        statement = f"SELECT count(*) FROM {rows}"
        if url.startswith("sqlite"):
            connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            counts[name] = connection.execute(statement).fetchone()[0]
            connection.close()
        else:
            session = await asyncpg.connect(url)
            counts[name] = await session.fetchval(statement)
            await session.close()
    return {name: count for name, count in counts.items() if count}


class Scene:
    """A user whose rights end, users who trade with them, and an admin."""

    def __init__(self, servers: TwoServers) -> None:
        self.servers = servers
        self.world = servers.world
        self.clients = cycle((servers.first, servers.second))
        self.statuses: Counter[int] = Counter()

    async def prepare(self, *, as_admin: bool) -> None:
        world = self.world
        self.boss = await world.user("admin")
        self.user = await world.user("admin" if as_admin else "user", name="Vera Victim")
        self.other = await world.user(name="Olaf Other")
        self.buyer = await world.user(name="Bea Buyer")
        for user in (self.user, self.other):
            await world.address(user, is_default=True)
        self.goods = await world.items(self.user, 3)
        self.drafts = [await world.item(self.user, status="draft") for _ in range(3)]
        self.foreign = await world.items(self.other, 3)
        self.bought = [(await world.order(self.user, (item, 1))).order.id for item in self.foreign[:2]]
        self.sold = [(await world.order(self.other, (item, 1))).order.id for item in self.goods[:2]]

    def writes(self) -> Iterator[Write]:
        lines = [{"product_id": item, "quantity": 1} for item in self.goods]
        price = {"amount": 1, "currency": "USD"}
        yield "POST", "/items", "key", self.user, {"title": "Lamp", "price": price, "on_hand": 3}
        yield from (("PATCH", f"/items/{item}", "", self.user, {"status": "active"}) for item in self.drafts)
        yield "PATCH", f"/items/{self.drafts[0]}", "", self.boss, {"status": "active"}
        yield "DELETE", f"/items/{self.goods[2]}", "", self.user, None
        yield "POST", f"/items/{self.goods[2]}/stock-movements", "key", self.user, {"delta": 1, "reason": "received"}
        yield "POST", "/users/me/addresses", "key", self.user, {"street": "Hidden 1", "city": "Portland", "zip_code": "97201"}
        yield "PUT", f"/users/{self.user.id}", "", self.user, {"name": "Vera", "email": self.world.email("own")}
        yield "PUT", f"/users/{self.user.id}", "", self.boss, {"name": "Vera", "email": self.world.email("foreign")}
        yield "POST", "/orders", "key", self.user, {"product_id": self.foreign[2], "quantity": 1}
        yield "POST", "/orders", "key", self.buyer, {"lines": lines}
        for order_id, sender in ((self.bought[0], "user"), (self.bought[1], "other"), (self.sold[0], "user"), (self.sold[1], "other")):
            yield "POST", f"/orders/{order_id}/cancel", "key", getattr(self, sender), {"reason": "Private words"}

    async def send(self, write: Write) -> None:
        """Send a request to the two servers in turn."""
        client = next(self.clients)
        method, path, key, sender, body = write
        media = "application/merge-patch+json" if method == "PATCH" else "application/json"
        keyed = {"Idempotency-Key": secrets.token_hex(8)} if key else {}
        response = await client.request(method, path, json=body, headers=as_(sender, **keyed) | {"Content-Type": media})
        self.statuses[response.status_code] += 1

    async def log_in(self) -> None:
        response = await next(self.clients).post("/token", data={"username": self.user.email, "password": PASSWORD})
        self.statuses[response.status_code] += 1

    # -- how rights end ------------------------------------------------------------------------------------------------
    async def _set_access(self, role: str, *, is_active: bool) -> httpx.Response:
        body = {"role": role, "is_active": is_active}
        return await self.servers.first.put(f"/users/{self.user.id}/access", json=body, headers=as_(self.boss))

    async def lock(self) -> httpx.Response:
        return await self._set_access("user", is_active=False)

    async def demote(self) -> httpx.Response:
        return await self._set_access("user", is_active=True)

    async def log_out(self) -> httpx.Response:
        return await self.servers.first.delete("/credentials/current", headers=as_(self.user))

    async def change_password(self) -> httpx.Response:
        body = {"current_password": PASSWORD, "new_password": secrets.token_urlsafe(12)}
        return await self.servers.first.put("/users/me/password", json=body, headers=as_(self.user))

    async def delete(self) -> httpx.Response:
        return await self._without_orders(self.boss)

    async def leave(self) -> httpx.Response:
        return await self._without_orders(self.user)

    async def _without_orders(self, sender: User) -> httpx.Response:
        """Delete the user. An admin cancels the orders that prevent it."""
        for _ in range(20):
            response = await self.servers.first.delete(f"/users/{self.user.id}", headers=as_(sender))
            if response.status_code != httpx.codes.CONFLICT:
                return response
            orders = await self.servers.first.get(
                "/orders", params={"role": "all", "status": "pending", "limit": 100}, headers=as_(self.boss)
            )
            for order in orders.json()["items"]:
                if self.user.id in (order["buyer_id"], order["seller_id"]):
                    await self.send(("POST", f"/orders/{order['id']}/cancel", "", self.boss, {"reason": "Leaving"}))
        raise AssertionError("a new order prevents every attempt")


@pytest.mark.promise("R17")
async def test_writes_while_rights_end_leave_no_forbidden_row(database_url: str, tmp_path: Path) -> None:
    async with two_servers(database_url, tmp_path, **PATIENT) as servers:
        for number, how in enumerate(HOW):
            scene = Scene(servers)
            await scene.prepare(as_admin=how == "demote")
            end: Callable[[], Coroutine[Any, Any, httpx.Response]] = getattr(scene, how)
            writes = list(scene.writes())
            # The rights end early in one round, and last in the next.
            place = (len(writes) // 4, len(writes))[number % 2]
            running = [asyncio.create_task(scene.send(each)) for each in writes[:place]]
            ending = asyncio.create_task(end())
            running += [asyncio.create_task(scene.send(each)) for each in writes[place:]]
            running.append(asyncio.create_task(scene.log_in()))
            await asyncio.gather(*running, ending)

            assert ending.result().is_success, (how, ending.result().text)
            assert max(scene.statuses) < 500, (how, scene.statuses)
            assert await remaining(database_url) == {}, how
