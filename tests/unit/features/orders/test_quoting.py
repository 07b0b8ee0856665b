"""quoteOrder: the price of an order that is not placed, and its obstacles."""

import pytest

from steelyard.features.orders.quoting import Quotation
from steelyard.features.orders.views import quote_view
from steelyard_contract.problems import ItemUnavailable, Problem, ValidationFailed
from tests.kit.world.market import Market


def types(quotation: Quotation) -> list[tuple[str, int | None]]:
    return [(problem.TYPE.removeprefix("/problems/"), product_id) for problem, product_id in quotation.obstacles]


async def test_a_quote_is_the_price_of_the_order_that_follows(market: Market) -> None:
    market.settings = market.settings.model_copy(update={"tax_rate_bps": 825})
    seller, buyer = await market.user(), await market.user()
    await market.promotion(percent_bps=1234)
    lines = [(await market.item(seller, price=price), quantity) for price, quantity in [(333, 3), (10, 7), (0, 2)]]

    quotation = await market.quote(buyer, *lines, discount_code="promo-ten".replace("promo", "PROMO"))
    order, bought = await market.place(buyer, *lines, discount_code="PROMO-TEN")

    assert quotation.obstacles == []
    assert quotation.code == order.discount_code == "PROMO-TEN"
    price = quotation.price
    assert (price.subtotal, price.discount, price.tax, price.total) == (order.subtotal, order.discount, order.tax, order.total)
    assert [(line.discount, line.tax, line.total) for line in price.lines] == [(line.discount, line.tax, line.total) for line in bought]


async def test_a_quote_changes_nothing(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    await market.promotion()
    item = await market.item(seller)
    before = await market.state()

    await market.quote(buyer, (item, 1), discount_code="PROMO-TEN")

    assert await market.state() == before


async def test_a_quote_lists_every_obstacle(market: Market) -> None:
    first, buyer = await market.user(), await market.user()
    theirs, own, gone = await market.item(first, on_hand=1), await market.item(buyer), await market.item(first, on_hand=0)
    await market.promotion(is_active=False)
    for _ in range(20):
        await market.place(buyer, (await market.item(first), 1))

    quotation = await market.quote(
        buyer, (theirs, 2), (own, 1), (gone, 1), discount_code="PROMO-TEN", expected_total={"amount": 1, "currency": "EUR"}
    )

    assert types(quotation) == [
        ("currency-mismatch", None),
        ("limit-reached", None),
        ("promotion-not-applicable", None),
        ("insufficient-stock", theirs),
        ("insufficient-stock", gone),
        ("mixed-sellers", None),
        ("own-item", None),
    ]
    assert quotation.available == {theirs: 1, own: 100, gone: 0}


async def test_a_code_that_does_not_apply_gives_no_discount(market: Market) -> None:
    seller = await market.user()
    await market.promotion(category="books")

    quotation = await market.quote(None, (await market.item(seller, price=70), 1), discount_code="PROMO-TEN")

    assert types(quotation) == [("promotion-not-applicable", None)]
    assert (quotation.code, quotation.price.discount, quotation.price.total) == (None, 0, 70)


async def test_a_changed_price_is_an_obstacle(market: Market) -> None:
    seller = await market.user()
    item = await market.item(seller, price=70)

    assert types(await market.quote(None, (item, 2), expected_total={"amount": 139, "currency": "USD"})) == [("price-changed", None)]
    assert types(await market.quote(None, (item, 2), expected_total={"amount": 140, "currency": "USD"})) == []


async def test_an_anonymous_quote_has_no_obstacle_that_depends_on_the_buyer(market: Market) -> None:
    buyer = await market.user()
    item = await market.item(buyer)

    assert types(await market.quote(None, (item, 1))) == []
    assert types(await market.quote(buyer, (item, 1))) == [("own-item", None)]


async def test_an_unavailable_item_has_no_quote(market: Market) -> None:
    seller = await market.user()
    good, draft = await market.item(seller), await market.item(seller, status="draft")

    with pytest.raises(ItemUnavailable) as refused:
        await market.quote(None, (good, 1), (draft, 1), (999_999, 1))

    assert refused.value.members == {"product_ids": [draft, 999_999]}


@pytest.mark.parametrize("known", ["anonymous", "foreign", "own"])
async def test_the_address_must_belong_to_the_caller(market: Market, known: str) -> None:
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    address = await market.address(seller if known == "foreign" else buyer)
    caller = None if known == "anonymous" else buyer

    async def quoted() -> list[tuple[str, int | None]]:
        return types(await market.quote(caller, (item, 1), shipping_address_id=address))

    if known == "own":
        assert await quoted() == []
    else:
        with pytest.raises(ValidationFailed) as refused:
            await quoted()
        assert [error.type for error in refused.value.members["errors"]] == ["unknown_address"]  # type: ignore[attr-defined]


async def test_an_obstacle_has_the_detail_of_its_problem(market: Market) -> None:
    seller = await market.user()
    item = await market.item(seller, on_hand=0)
    quotation = await market.quote(None, (item, 1))

    quote = quote_view(quotation, "USD")

    problem: Problem = quotation.obstacles[0][0]
    assert not quote.orderable
    assert [(each.type, each.detail, each.product_id) for each in quote.obstacles] == [("insufficient-stock", problem.detail, item)]
