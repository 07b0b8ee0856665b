"""A stored response outlives neither the permissions of its caller nor the users that it shows."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from steelyard.db.statements import statement
from steelyard.tables.idempotency import idempotency_keys
from tests.kit.contract.checker import CONTRACT
from tests.kit.servers.running import Running
from tests.kit.world.world import User

CANCEL: dict[str, Any] = {"reason": "Sold out"}
stored = statement(select(func.count()).select_from(idempotency_keys), int)

# The users, other than the caller, that a stored response may show. A new operation must decide (`Transaction.concerns_id`).
SHOWS = {
    "createAddress": "no other user",
    "createApiKey": "no other user",
    "createItem": "no other user",
    "finishIdentityLink": "no other user",
    "recordStockMovement": "no other user",
    "createOrder": "no other user",
    "cancelOrder": "the buyer, by name and street",
}


async def cancel(shop: Running, caller: User | str, order_id: int, key: str = "once") -> httpx.Response:
    return await shop.api.as_(caller).call("cancelOrder", CANCEL, order_id=order_id, idempotency_key=key)


async def demote(shop: Running, former: User) -> None:
    boss = await shop.world.user("admin")
    done = await shop.api.as_(boss).call("setUserAccess", {"role": "user", "is_active": True}, user_id=former.id)
    assert done.status_code == 200


def test_every_operation_with_stored_responses_declares_whom_they_show() -> None:
    with_key = {
        operation.id
        for operation in CONTRACT.operations.values()
        if any(parameter["name"] == "Idempotency-Key" for parameter in CONTRACT.parameters(operation))
    }

    assert with_key == SHOWS.keys()


async def test_a_deleted_buyer_is_in_no_stored_response_of_another_user(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user(name="Beth Buyer")
    await shop.world.address(buyer, is_default=True)
    bought = await shop.world.order(buyer, (await shop.world.item(seller), 1))
    first = await cancel(shop, seller, bought.order.id)
    assert first.json()["shipping_address"]["name"] == "Beth Buyer"

    assert (await shop.api.as_(buyer).call("deleteUser", user_id=buyer.id)).status_code == 204
    again = await cancel(shop, seller, bought.order.id)

    assert (again.status_code, again.json()["type"]) == (409, "/problems/order-state-conflict")
    assert "Beth" not in again.text
    assert await shop.world.database.read().one(stored) == 0


async def test_deleting_a_seller_keeps_the_stored_responses_of_buyers(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    item = await shop.world.item(seller)
    buy = {"product_id": item, "quantity": 1}
    first = await shop.api.as_(buyer).call("createOrder", buy, idempotency_key="once")
    await cancel(shop, buyer, first.json()["id"])

    assert (await shop.api.as_(seller).call("deleteUser", user_id=seller.id)).status_code == 204
    again = await shop.api.as_(buyer).call("createOrder", buy, idempotency_key="once")

    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (201, first.content, "true")


async def test_a_former_admin_gets_no_stored_response_about_other_users(shop: Running) -> None:
    seller, buyer, admin = await shop.world.user(), await shop.world.user(), await shop.world.user("admin")
    item = await shop.world.item(seller)
    bought = await shop.world.order(buyer, (item, 1))
    move = {"delta": 1, "reason": "received"}
    recording = shop.api.as_(admin)
    assert (await cancel(shop, admin, bought.order.id)).status_code == 200
    assert (await recording.call("recordStockMovement", move, item_id=item, idempotency_key="once")).status_code == 201
    assert (await cancel(shop, admin, bought.order.id)).headers["idempotency-replayed"] == "true"

    await demote(shop, admin)

    assert (await cancel(shop, admin, bought.order.id)).status_code == 404
    assert (await recording.call("recordStockMovement", move, item_id=item, idempotency_key="once")).status_code == 403


@pytest.mark.parametrize("scope", ["orders:write", "sales:write"])
async def test_a_token_with_fewer_scopes_gets_no_stored_response_that_needs_more(shop: Running, scope: str) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    bought = await shop.world.order(buyer, (await shop.world.item(seller), 1))
    assert (await cancel(shop, seller, bought.order.id)).status_code == 200

    again = await cancel(shop, shop.world.token(seller.id, seller.credential_id, [scope]), bought.order.id)

    assert again.status_code == (200 if scope == "sales:write" else 403)


async def test_a_session_that_has_ended_gets_no_stored_response(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    bought = await shop.world.order(buyer, (await shop.world.item(seller), 1))
    assert (await cancel(shop, seller, bought.order.id)).status_code == 200

    await shop.world.set_access(seller.id, is_active=False)

    assert (await cancel(shop, seller, bought.order.id)).status_code == 401
