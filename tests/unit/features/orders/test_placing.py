"""createOrder: what is reserved, stored and recorded, and every problem."""

from typing import Any

import pytest

from steelyard.contract.access.caller import CallerChanged
from steelyard.db.errors import ConstraintViolated
from steelyard.features.orders.problems import BY_CONSTRAINT
from steelyard_contract.problems import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    InsufficientStock,
    ItemUnavailable,
    LimitReached,
    MixedSellers,
    OwnItem,
    PriceChanged,
    Problem,
    PromotionNotApplicable,
    ValidationFailed,
)
from tests.kit.world.market import Market, caller_of, deactivate


async def test_an_order_reserves_its_units_and_keeps_a_copy_of_the_offer(market: Market) -> None:
    seller, buyer = await market.user("Sue Seller"), await market.user()
    lamp = await market.item(seller, price=1999, on_hand=5, title="Brass lamp")

    order, lines = await market.place(buyer, (lamp, 2))

    assert (order.status, order.payment_status, order.buyer_id, order.seller_id) == ("pending", "unpaid", buyer, seller)
    assert (order.subtotal, order.discount, order.tax, order.total, order.refunded) == (3998, 0, 0, 3998, 0)
    assert [(line.product_id, line.title, line.unit_price, line.quantity, line.total) for line in lines] == [
        (lamp, "Brass lamp", 1999, 2, 3998)
    ]
    assert await market.stock(lamp) == (5, 2)


async def test_an_order_keeps_its_stock_for_as_long_as_the_settings_say(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()

    order, _ = await market.place(buyer, (await market.item(seller), 1))

    assert order.expires_at is not None
    assert (order.expires_at - market.clock.now).total_seconds() == market.settings.reservation_seconds


async def test_a_created_order_is_read_back_unchanged(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    await market.address(buyer, is_default=True)
    await market.promotion(percent_bps=1500)
    first, second = await market.item(seller, price=333), await market.item(seller, price=10)

    placed = await market.place(buyer, (second, 3), (first, 7), discount_code="PROMO-TEN")

    seen = await market.get_order(caller_of(buyer), placed.order.id)
    assert seen.lines == placed.lines
    assert seen.order._replace(history=[]) == placed.order._replace(history=[])
    assert [tuple(step) for step in seen.order.history] == placed.order.history


async def test_lines_keep_the_order_of_the_request(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    goods = [await market.item(seller) for _ in range(4)]

    _, lines = await market.place(buyer, *[(item, 1) for item in reversed(goods)])

    assert [line.product_id for line in lines] == goods[::-1]
    assert [line.id for line in lines] == sorted(line.id for line in lines)


async def test_tax_comes_on_top_of_each_line(market: Market) -> None:
    market.settings = market.settings.model_copy(update={"tax_rate_bps": 825})
    seller, buyer = await market.user(), await market.user()

    order, lines = await market.place(buyer, (await market.item(seller, price=100), 1), (await market.item(seller, price=6), 1))

    assert [line.tax for line in lines] == [8, 0]
    assert (order.tax, order.total) == (8, 114)


async def test_an_order_is_an_event_for_buyer_and_seller(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()

    order, _ = await market.place(buyer, (await market.item(seller, price=70), 2))

    (event,) = await market.logged_events("order.")
    assert (event.type, event.actor_kind, event.actor_id) == ("order.created", "user", buyer)
    assert (event.subject_kind, event.subject_id) == ("order", order.id)
    assert event.audience == sorted([seller, buyer])
    assert event.data == {
        "order_id": order.id,
        "buyer_id": buyer,
        "seller_id": seller,
        "status": "pending",
        "total": {"amount": 140, "currency": "USD"},
        "version": 1,
    }


async def test_a_code_is_redeemed_discounted_and_recorded(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    promotion = await market.promotion("PROMO-TEN", percent_bps=1000)

    order, _ = await market.place(buyer, (await market.item(seller, price=95), 1), discount_code="PROMO-ten")

    assert (order.discount_code, order.promotion_id, order.discount, order.total) == ("PROMO-TEN", promotion, 9, 86)
    assert await market.redemptions(promotion) == 1
    (event,) = await market.logged_events("promotion.")
    assert event.data == {"promotion_id": promotion, "code": "PROMO-TEN", "redemptions": 1}


# --- addresses ---


async def test_without_an_address_the_order_has_the_default_address(market: Market) -> None:
    seller, buyer = await market.user(), await market.user("Alice Johnson")
    await market.address(buyer, "1 Other Street")
    await market.address(buyer, "12 Harbour Road", is_default=True)

    order, _ = await market.place(buyer, (await market.item(seller), 1))

    assert order.shipping_address == {
        "name": "Alice Johnson",
        "street": "12 Harbour Road",
        "city": "Portland",
        "country": "US",
        "zip_code": "97201",
    }


async def test_without_any_address_an_order_has_none(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()

    order, _ = await market.place(buyer, (await market.item(seller), 1))

    assert order.shipping_address is None


async def test_the_order_has_the_chosen_address(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    await market.address(buyer, "12 Harbour Road", is_default=True)
    chosen = await market.address(buyer, "1 Other Street")

    order, _ = await market.place(buyer, (await market.item(seller), 1), shipping_address_id=chosen)

    assert order.shipping_address is not None
    assert order.shipping_address["street"] == "1 Other Street"


async def test_the_order_has_the_address_of_the_request_whose_country_is_optional(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    await market.address(buyer, is_default=True)
    address = {"name": "Bob", "street": "3 Elm", "city": "Salem", "zip_code": "97301"}

    order, _ = await market.place(buyer, (await market.item(seller), 1), shipping_address=address)

    assert order.shipping_address == {**address, "country": "US"}


# --- problems ---


async def _refused(market: Market, kind: type[Problem], buyer: int, *lines: tuple[int, int], **more: Any) -> dict[str, Any]:
    """The members of the problem. Nothing has changed."""
    before = await market.state()
    with pytest.raises(kind) as refused:
        await market.place(buyer, *lines, **more)
    assert await market.state() == before
    return refused.value.members


async def test_every_shortage_is_listed(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    enough, rare, scarce = [await market.item(seller, on_hand=on_hand) for on_hand in (5, 1, 0)]

    members = await _refused(market, InsufficientStock, buyer, (scarce, 3), (enough, 5), (rare, 2))

    shortages = [(each.product_id, each.requested, each.available) for each in members["items"]]
    assert shortages == [(scarce, 3, 0), (rare, 2, 1)]


@pytest.mark.parametrize("status", ["draft", "archived"])
async def test_an_item_that_is_not_on_sale_cannot_be_ordered(market: Market, status: str) -> None:
    seller, buyer = await market.user(), await market.user()
    good, bad = await market.item(seller), await market.item(seller)
    await market.change_item(bad, status=status)

    members = await _refused(market, ItemUnavailable, buyer, (good, 1), (bad, 1), (999_999, 1))

    assert members == {"product_ids": [bad, 999_999]}


async def test_one_order_buys_from_one_seller(market: Market) -> None:
    first, second, buyer = await market.user(), await market.user(), await market.user()

    members = await _refused(market, MixedSellers, buyer, (await market.item(second), 1), (await market.item(first), 1))

    assert members == {"seller_ids": [second, first]}


async def test_sellers_cannot_buy_their_items(market: Market) -> None:
    seller = await market.user()
    item = await market.item(seller)

    assert await _refused(market, OwnItem, seller, (item, 1)) == {"product_ids": [item]}


async def test_an_unexpected_total_is_rejected_with_the_new_total(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller, price=500)

    members = await _refused(market, PriceChanged, buyer, (item, 2), expected_total={"amount": 999, "currency": "USD"})

    total = members["total"]
    assert (total.amount, total.currency) == (1000, "USD")


async def test_a_correct_expected_total_passes(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()

    order, _ = await market.place(buyer, (await market.item(seller, price=500), 2), expected_total={"amount": 1000, "currency": "USD"})

    assert order.total == 1000


async def test_money_in_another_currency_is_rejected(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller, price=500)

    assert await _refused(market, CurrencyMismatch, buyer, (item, 1), expected_total={"amount": 500, "currency": "EUR"}) == {
        "expected": "USD"
    }


async def test_at_most_twenty_orders_of_a_buyer_are_pending(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    for _ in range(20):
        await market.place(buyer, (item, 1))

    assert await _refused(market, LimitReached, buyer, (item, 1)) == {"limit": 20}


@pytest.mark.parametrize(
    ("more", "kind", "pointer"),
    [
        ({}, "bulk_discount_required", "/discount_code"),
        ({"discount_code": None}, "bulk_discount_required", "/discount_code"),
    ],
)
async def test_more_than_a_hundred_units_need_a_code(market: Market, more: dict[str, object], kind: str, pointer: str) -> None:
    seller, buyer = await market.user(), await market.user()
    first, second = await market.item(seller), await market.item(seller)

    members = await _refused(market, ValidationFailed, buyer, (first, 60), (second, 41), **more)

    (error,) = members["errors"]
    assert (error.type, error.pointer) == (kind, pointer)
    assert error.msg == "Bulk orders over 100 need a discount code"


async def test_a_hundred_units_need_no_code(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()

    order, _ = await market.place(buyer, (await market.item(seller), 60), (await market.item(seller), 40))

    assert order.total == 100_000


async def test_every_violation_of_a_basket_is_listed(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    address = {"name": "Bob", "street": "3 Elm", "city": "Salem", "zip_code": "97301"}

    members = await _refused(market, ValidationFailed, buyer, (item, 99), (item, 2), shipping_address_id=1, shipping_address=address)

    violations = [(error.type, error.pointer) for error in members["errors"]]
    assert violations == [
        ("duplicate_product", "/lines/1/product_id"),
        ("bulk_discount_required", "/discount_code"),
        ("two_addresses", "/shipping_address_id"),
    ]


async def test_an_address_of_another_user_is_unknown(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item, foreign = await market.item(seller), await market.address(seller)

    members = await _refused(market, ValidationFailed, buyer, (item, 1), shipping_address_id=foreign)

    (error,) = members["errors"]
    assert (error.type, error.pointer) == ("unknown_address", "/shipping_address_id")


async def test_a_code_that_does_not_apply_is_not_redeemed(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    promotion = await market.promotion(category="books")
    item = await market.item(seller, category="lamps")

    members = await _refused(market, PromotionNotApplicable, buyer, (item, 1), discount_code="PROMO-TEN")

    assert members == {"code": "PROMO-TEN", "reason": "not_for_these_items"}
    assert await market.redemptions(promotion) == 0


async def test_a_basket_below_the_minimum_does_not_get_the_discount(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    await market.promotion(min_subtotal=1001)
    item = await market.item(seller, price=1000)

    members = await _refused(market, PromotionNotApplicable, buyer, (item, 1), discount_code="PROMO-TEN")

    assert members["reason"] == "below_minimum"


async def test_a_buyer_who_was_deactivated_meanwhile_buys_nothing(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    async with market.database.transaction() as tx:
        await tx.run(deactivate, user_id=buyer)

    before = await market.state()
    with pytest.raises(CallerChanged):
        await market.place(buyer, (item, 1))
    assert await market.state() == before


async def test_a_key_that_made_an_order_never_makes_another(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    await market.place(buyer, (item, 1), key="the key")

    with pytest.raises(ConstraintViolated) as again:
        await market.place(buyer, (item, 1), key="the key")

    assert BY_CONSTRAINT[again.value.constraint] is IdempotencyKeyReused
    assert await market.stock(item) == (100, 1)


async def test_two_buyers_may_use_the_same_key(market: Market) -> None:
    seller, alice, bob = await market.user(), await market.user(), await market.user()
    item = await market.item(seller)

    await market.place(alice, (item, 1), key="the key")
    await market.place(bob, (item, 1), key="the key")

    assert await market.stock(item) == (100, 2)
