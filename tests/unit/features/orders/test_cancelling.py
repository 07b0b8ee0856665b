"""cancelOrder and the expiry of overdue orders: everything is given back, once."""

import pytest

from steelyard.features.orders import cancelling
from steelyard.features.orders.cancelling import expire_orders
from steelyard_contract.problems import InsufficientScope, NotPermitted, OrderNotFound, OrderStateConflict
from tests.kit.world.market import Market, caller_of, reason_of, sum_of_movements


async def test_a_cancelled_order_releases_its_units_and_its_code(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    first, second = await market.item(seller, on_hand=9), await market.item(seller, on_hand=9)
    promotion = await market.promotion()
    placed = await market.place(buyer, (second, 4), (first, 5), discount_code="PROMO-TEN")

    order, lines = await market.cancel(caller_of(buyer), placed.order.id)

    assert (await market.stock(first), await market.stock(second)) == ((9, 0), (9, 0))
    assert await market.redemptions(promotion) == 0
    assert (order.status, order.payment_status, order.expires_at, order.version) == ("cancelled", "unpaid", None, 2)
    assert [(step[0], step[2]) for step in order.history] == [("pending", buyer), ("cancelled", buyer)]
    assert lines == placed.lines
    seen = await market.get_order(caller_of(buyer), order.id)
    assert (seen.order._replace(history=[]), seen.lines) == (order._replace(history=[]), lines)


async def test_a_cancellation_is_an_event_for_both_parties_and_its_reason_is_stored(market: Market) -> None:
    seller, buyer, admin = await market.user(), await market.user(), await market.user(role="admin")
    placed = await market.place(buyer, (await market.item(seller), 1))

    await market.cancel(caller_of(admin, "admin"), placed.order.id, reason="Fraud")

    *_, event = await market.logged_events("order.")
    assert (event.type, event.actor_id, event.data["status"], event.data["version"]) == ("order.cancelled", admin, "cancelled", 2)
    assert event.audience == sorted([seller, buyer, admin])
    assert "Fraud" not in str(event)
    assert await market.database.read().scalar(reason_of, order_id=placed.order.id) == "Fraud"


@pytest.mark.parametrize("who", ["buyer", "seller", "admin"])
async def test_buyer_seller_and_admin_may_cancel_a_pending_order(market: Market, who: str) -> None:
    users = {"buyer": await market.user(), "seller": await market.user(), "admin": await market.user(role="admin")}
    placed = await market.place(users["buyer"], (await market.item(users["seller"]), 1))

    cancelled = await market.cancel(caller_of(users[who], "admin" if who == "admin" else "user"), placed.order.id)

    assert cancelled.order.history[-1][2] == users[who]


async def test_support_sees_an_order_and_may_not_cancel_it(market: Market) -> None:
    seller, buyer, support = await market.user(), await market.user(), await market.user(role="support")
    placed = await market.place(buyer, (await market.item(seller), 1))

    with pytest.raises(NotPermitted) as refused:
        await market.cancel(caller_of(support, "support"), placed.order.id)

    assert refused.value.members == {"allowed": ["buyer", "seller", "admin"]}


async def test_a_stranger_does_not_find_the_order(market: Market) -> None:
    seller, buyer, stranger = await market.user(), await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))

    for order_id in (placed.order.id, 999_999):
        with pytest.raises(OrderNotFound):
            await market.cancel(caller_of(stranger), order_id)


@pytest.mark.parametrize(("who", "held", "needed"), [("buyer", "sales:write", "orders:write"), ("seller", "orders:write", "sales:write")])
async def test_each_party_needs_its_own_scope(market: Market, who: str, held: str, needed: str) -> None:
    users = {"buyer": await market.user(), "seller": await market.user()}
    placed = await market.place(users["buyer"], (await market.item(users["seller"]), 1))

    with pytest.raises(InsufficientScope) as refused:
        await market.cancel(caller_of(users[who], scopes=[held]), placed.order.id)

    assert refused.value.members == {"required_scope": [needed]}


@pytest.mark.parametrize(("status", "allowed"), [("shipped", ["delivered"]), ("delivered", []), ("cancelled", []), ("expired", [])])
async def test_a_final_or_shipped_order_cannot_be_cancelled(market: Market, status: str, allowed: list[str]) -> None:
    seller, buyer = await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))
    await market.set_status(placed.order.id, status)
    before = await market.state()

    with pytest.raises(OrderStateConflict) as refused:
        await market.cancel(caller_of(seller), placed.order.id)

    assert refused.value.members == {"order_status": status, "allowed": allowed}
    assert await market.state() == before


# --- paid orders ---


async def test_the_buyer_cannot_cancel_a_paid_order(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))
    await market.pay(placed)

    with pytest.raises(NotPermitted) as refused:
        await market.cancel(caller_of(buyer), placed.order.id)

    assert refused.value.members == {"allowed": ["seller", "admin"]}


async def test_a_cancelled_paid_order_returns_the_units_to_the_shelf_and_the_money_to_the_buyer(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller, price=70, on_hand=9)
    promotion = await market.promotion(percent_bps=1000)
    placed = await market.place(buyer, (item, 4), discount_code="PROMO-TEN")
    await market.pay(placed)
    assert await market.stock(item) == (5, 0)

    order, lines = await market.cancel(caller_of(seller), placed.order.id)

    assert await market.stock(item) == (9, 0)
    assert await market.database.read().scalar(sum_of_movements, item_id=item) == 9
    assert (order.status, order.payment_status, order.refunded) == ("cancelled", "refunded", placed.order.total)
    assert [(line.refunded_quantity, line.refunded) for line in lines] == [(4, 252)]
    assert await market.redemptions(promotion) == 0
    assert [step[0] for step in order.history] == ["pending", "paid", "cancelled"]


# --- overdue orders ---


async def test_an_order_that_is_not_paid_in_time_expires(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller, on_hand=9)
    promotion = await market.promotion()
    placed = await market.place(buyer, (item, 4), discount_code="PROMO-TEN")
    market.clock.advance(seconds=market.settings.reservation_seconds)

    assert await expire_orders(market.database) == 1

    order, _ = await market.get_order(caller_of(buyer), placed.order.id)
    assert (order.status, order.expires_at, order.version) == ("expired", None, 2)
    assert [(step[0], step[2]) for step in order.history] == [("pending", buyer), ("expired", None)]
    assert await market.stock(item) == (9, 0)
    assert await market.redemptions(promotion) == 0
    *_, event = await market.logged_events("order.")
    assert (event.type, event.actor_kind, event.audience) == ("order.expired", "system", sorted([seller, buyer]))


async def test_an_order_does_not_expire_early(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))
    market.clock.advance(seconds=market.settings.reservation_seconds - 0.000001)

    assert await expire_orders(market.database) == 0

    assert (await market.get_order(caller_of(buyer), placed.order.id)).order.status == "pending"


async def test_a_run_expires_every_overdue_order_and_a_second_run_none(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    for _ in range(3):
        await market.place(buyer, (item, 1))
    market.clock.advance(days=8)
    await market.place(buyer, (item, 1))

    assert await expire_orders(market.database) == 3
    assert await expire_orders(market.database) == 0
    assert await market.stock(item) == (100, 1)


async def test_an_order_that_cannot_expire_does_not_block_the_others(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancelling, "_BATCH", 2)
    seller, buyer = await market.user(), await market.user()
    broken, item = await market.item(seller), await market.item(seller)
    for product in (broken, broken, broken, item, item):
        await market.place(buyer, (product, 1))
    await market.clear_reservations(broken)
    market.clock.advance(days=8)

    assert await expire_orders(market.database) == 2
    assert await expire_orders(market.database) == 0
    assert await market.stock(item) == (100, 0)
