"""deleteUser, over HTTP."""

import asyncio
from datetime import timedelta

from sqlalchemy import Table, select, update

from steelyard.db.statements import statement
from steelyard.tables.credentials import credentials, refresh_tokens
from steelyard.tables.idempotency import idempotency_keys
from steelyard.tables.items import items
from steelyard.tables.jobs import outbox
from steelyard.tables.orders import orders
from steelyard.tables.users import addresses, users
from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.market import list_logged_events

_item_status = statement(select(items.c.status), str)
_finish_jobs = statement(update(outbox).values(done_at=outbox.c.run_at))
_owners_of_keys = statement(select(idempotency_keys.c.owner_id), int)


async def _texts(shop: Running, table: Table) -> str:
    rows = []
    for column in table.columns:
        rows += await shop.world.database.read().all(statement(select(column), object))
    return repr(rows)


async def test_a_deleted_account_keeps_no_personal_data(shop: Running) -> None:
    seller, buyer = await shop.world.user(name="Selma Seller"), await shop.world.user(name="Boris Buyer")
    item = await shop.world.item(seller)
    await shop.api.as_(buyer).post(
        "/users/me/addresses",
        json={"street": "Secret Street 1", "city": "Hidden", "zip_code": "97201", "is_default": True},
        headers={"Idempotency-Key": "one"},
    )
    order = (await shop.api.as_(buyer).post("/orders", json={"product_id": item, "quantity": 1}, headers={"Idempotency-Key": "two"})).json()
    await shop.api.as_(buyer).post(f"/orders/{order['id']}/cancel", json={"reason": "Boris is moving"})

    deleted = await shop.api.as_(buyer).delete(f"/users/{buyer.id}")

    assert deleted.status_code == 204
    assert (await shop.api.get(f"/users/{buyer.id}")).status_code == 404
    assert (await shop.api.as_(buyer).get("/users/me")).status_code == 401
    login = await shop.api.call("issueToken", {"username": buyer.email, "password": PASSWORD})
    assert (login.status_code, login.json()["type"]) == (401, "/problems/invalid-credentials")
    kept = (await shop.api.as_(seller).get(f"/orders/{order['id']}")).json()
    assert (kept["total"], kept["shipping_address"], kept["buyer_id"]) == (order["total"], None, buyer.id)
    stored = "".join([await _texts(shop, table) for table in (users, addresses, credentials, refresh_tokens, orders, idempotency_keys)])
    for personal in ("Boris", buyer.email, "Secret Street", "Hidden"):
        assert personal not in stored
    assert buyer.id not in await shop.world.database.read().all(_owners_of_keys)
    assert (await shop.api.post("/users", json={"name": "Boris again", "email": buyer.email, "password": PASSWORD})).status_code == 201


async def test_the_items_of_a_deleted_account_are_archived(shop: Running) -> None:
    admin, seller = await shop.world.user("admin"), await shop.world.user()
    item = await shop.world.item(seller)

    assert (await shop.api.as_(admin).delete(f"/users/{seller.id}")).status_code == 204

    assert (await shop.api.get(f"/items/{item}")).status_code == 404
    assert await shop.world.database.read().all(_item_status) == ["archived"]
    assert (await shop.world.database.read().all(list_logged_events))[-1].type == "user.deleted"


async def test_an_account_with_an_open_order_is_not_deleted(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    item = await shop.world.item(seller)
    await shop.world.order(buyer, (item, 1))
    await shop.world.order(buyer, (item, 2))

    refused = [await shop.api.as_(who).delete(f"/users/{who.id}") for who in (buyer, seller)]

    assert [(each.status_code, each.json()["type"], each.json()["orders"]) for each in refused] == [(409, "/problems/open-orders", 2)] * 2
    assert (await shop.api.get(f"/items/{item}")).status_code == 200


async def test_an_order_and_the_deletion_of_its_seller_or_buyer_exclude_each_other(shop: Running) -> None:
    for leaver in ("seller", "buyer"):
        seller, buyer = await shop.world.user(), await shop.world.user()
        item = await shop.world.item(seller)
        who = seller if leaver == "seller" else buyer

        ordered, deleted = await asyncio.gather(
            shop.api.as_(buyer).post("/orders", json={"product_id": item, "quantity": 1}, headers={"Idempotency-Key": "one"}),
            shop.api.as_(who).delete(f"/users/{who.id}"),
        )

        assert (ordered.status_code == 201) != (deleted.status_code == 204), (ordered.text, deleted.text)


async def test_deleting_the_own_account_needs_a_login_within_the_last_hour_even_for_an_admin(shop: Running) -> None:
    await shop.world.user("admin")
    for role in ("user", "admin"):
        stale = await shop.world.user(role, logged_in_ago=timedelta(hours=1, seconds=1))
        fresh = await shop.world.token_of(stale, ["account:write"], logged_in_ago=timedelta(minutes=59))

        refused = await shop.api.as_(stale).delete(f"/users/{stale.id}")
        done = await shop.api.as_(fresh).delete(f"/users/{stale.id}")

        assert (refused.status_code, refused.json()["type"], refused.json()["max_age"]) == (403, "/problems/fresh-login-required", 3600)
        assert done.status_code == 204


async def test_only_admins_delete_other_accounts_and_only_once(shop: Running) -> None:
    alice, bob, admin = await shop.world.user(), await shop.world.user(), await shop.world.user("admin")
    stale_admin = await shop.world.token_of(admin, ["users:write"], logged_in_ago=timedelta(days=2))

    by_bob = await shop.api.as_(bob).delete(f"/users/{alice.id}")
    stale_version = await shop.api.as_(admin).delete(f"/users/{alice.id}", headers={"If-Match": '"2"'})
    by_admin = await shop.api.as_(stale_admin).delete(f"/users/{alice.id}", headers={"If-Match": '"1"'})
    again = await shop.api.as_(admin).delete(f"/users/{alice.id}")

    assert (by_bob.status_code, by_bob.json()["detail"]) == (403, "Admin required")
    assert stale_version.status_code == 412
    assert by_admin.status_code == 204
    assert again.status_code == 404


async def test_the_old_address_is_warned_of_a_change_even_if_the_account_is_deleted_at_once(shop: Running) -> None:
    alice = await shop.world.user()
    api = shop.api.as_(alice)

    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": alice.email.upper()})
    assert await shop.world.market.jobs() == []
    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": "new@example.com"})

    jobs = await shop.world.market.jobs()
    assert [(job.kind, job.payload) for job in jobs] == [
        ("mail.email_changed", {"email": alice.email.upper()}),
        ("mail.email_added", {"email": "new@example.com"}),
    ]
    assert (await api.delete(f"/users/{alice.id}")).status_code == 204
    assert await shop.world.market.jobs() == jobs


async def test_warned_addresses_are_deleted_with_the_account(shop: Running) -> None:
    alice = await shop.world.user()
    api = shop.api.as_(alice)
    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": "new@example.com"})
    async with shop.world.database.transaction() as tx:
        await tx.run(_finish_jobs)

    assert (await api.delete(f"/users/{alice.id}")).status_code == 204

    assert await shop.world.market.jobs() == []
