"""Responses show every value that their schemas allow, as far as this version can produce it."""

from itertools import product

import pytest
from sqlalchemy import bindparam, update

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.tables.orders import orders
from steelyard.tables.users import users
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT
from tests.kit.servers.running import running
from tests.kit.world.clock import Clock
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

# What verifying an address and paying will do. No operation does it yet.
verify = statement(update(users).where(users.c.id == bindparam("user_id")).values(email_verified_at=bindparam("now")))
settle = statement(
    update(orders)
    .where(orders.c.id == bindparam("order_id"))
    .values(status=bindparam("new_status"), payment_status=bindparam("new_payment_status"))
)


def values(schema: str) -> list[str]:
    """The values of an enum of the document."""
    members: list[str] = CONTRACT.tree["components"]["schemas"][schema]["enum"]
    return members


async def test_an_order_shows_each_of_its_possible_states(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    buyer = api.as_(stage.buyer)

    for status, payment_status in product(values("OrderStatus"), values("PaymentStatus")):
        async with world.database.transaction() as tx:
            await tx.run(settle, order_id=stage.order_id, new_status=status, new_payment_status=payment_status)
        shown = (await buyer.call("getOrder", order_id=stage.order_id)).json()
        (listed,) = (await buyer.call("listOrders")).json()["items"]

        assert (shown["status"], shown["payment_status"]) == (listed["status"], listed["payment_status"]) == (status, payment_status)


async def test_stock_movements_show_each_recordable_reason(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    seller, reasons = api.as_(stage.seller), values("RecordableReason")

    for reason in reasons:
        body = {"delta": 1, "reason": reason}
        recorded = await seller.call("recordStockMovement", body, item_id=stage.item_id, idempotency_key=world.key())
        assert recorded.json()["reason"] == reason
    listed = (await seller.call("listStockMovements", item_id=stage.item_id)).json()["items"]

    assert [movement["reason"] for movement in listed[: len(reasons)]] == reasons[::-1]


async def test_cancelling_a_paid_order_records_a_stock_movement(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    async with world.database.transaction() as tx:
        await tx.run(settle, order_id=stage.order_id, new_status="paid", new_payment_status="paid")

    body = {"reason": "Ordered by mistake"}
    cancelled = await api.as_(stage.seller).call("cancelOrder", body, order_id=stage.order_id, idempotency_key=world.key())
    listed = (await api.as_(stage.seller).call("listStockMovements", item_id=stage.item_id)).json()["items"]

    assert cancelled.is_success, cancelled.text
    assert (listed[0]["reason"], listed[0]["order_id"]) == ("cancellation", stage.order_id)


async def test_a_quote_reports_that_the_item_is_the_callers_own(api: Api, world: World) -> None:
    stage = await Stage.of(world)

    response = await api.as_(stage.seller).call("quoteOrder", {"product_id": stage.item_id, "quantity": 1})

    assert [obstacle["type"] for obstacle in response.json()["obstacles"]] == ["own-item"]


async def test_a_deleted_item_is_still_listed_for_its_owner(api: Api, world: World) -> None:
    seller = await world.user()
    item_id = await world.item(seller)
    assert (await api.as_(seller).call("deleteItem", item_id=item_id)).status_code == 204

    response = await api.as_(seller).call("listItems", owner_id=seller.id, status="archived")

    assert [(item["id"], item["status"]) for item in response.json()["items"]] == [(item_id, "archived")]


async def test_a_verified_email_address_is_shown_as_verified(api: Api, world: World) -> None:
    user = await world.user()
    async with world.database.transaction() as tx:
        await tx.run(verify, user_id=user.id, now=tx.now)

    response = await api.as_(user).call("getCurrentUser")

    assert response.json()["email_verified"] is True


async def test_all_callers_see_that_an_account_is_locked(api: Api, world: World) -> None:
    locked = await world.deactivated()

    response = await api.call("getUser", user_id=locked.id)

    assert (response.json()["view"], response.json()["is_active"]) == ("public", False)


@pytest.mark.parametrize(("docs", "links"), [(True, ("/docs", "/redoc")), (False, (None, None))])
async def test_the_root_links_the_pages_that_are_enabled(
    docs: bool, links: tuple[str | None, ...], database: Database, clock: Clock
) -> None:
    async with running(database, clock, docs=docs) as shop:
        response = await shop.api.call("getRoot")

    assert (response.json()["links"]["docs"], response.json()["links"]["redoc"]) == links


@pytest.mark.parametrize("provider", values("PaymentProvider"))
async def test_the_payment_provider_is_public(provider: str, database: Database, clock: Clock) -> None:
    async with running(database, clock, payments=provider) as shop:
        response = await shop.api.call("getPublicData")

    assert response.json()["payment_provider"] == provider
