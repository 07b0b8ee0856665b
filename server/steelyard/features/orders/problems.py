"""Which refusal an order meets: by looking at what went wrong, or from the name of a constraint."""

from collections.abc import Iterator, Sequence

from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.errors import TransactionConflict
from steelyard.features.orders.basket import Basket
from steelyard.features.orders.pricing import Goods, Price
from steelyard.tables.orders import OfferRow
from steelyard_contract import models as m
from steelyard_contract.problems import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    ItemUnavailable,
    MixedSellers,
    OwnItem,
    PriceChanged,
    Problem,
)

BY_CONSTRAINT: dict[str, type[Problem] | type[TransactionConflict]] = {
    # The response is kept for a day, the order for ever: the same key a day later is not the same request any more.
    "orders_buyer_id_idempotency_key_key": IdempotencyKeyReused,
}


def unknown_address() -> Problem:
    """The address is not one of the caller's own."""
    return validation_failed([violation("unknown_address", ("body", "shipping_address_id"), "You have no address with this id")])


def unavailable_items(basket: Basket, offers: Sequence[OfferRow]) -> ItemUnavailable | None:
    """Names the products that nobody can buy, if there are any."""
    active = {offer.id for offer in offers if offer.status == "active"}
    missing = [product_id for product_id in basket.product_ids if product_id not in active]
    return ItemUnavailable(product_ids=missing) if missing else None


def find_shortages(basket: Basket, available: dict[int, int]) -> list[m.Shortage]:
    """All lines that ask for more than there is."""
    return [
        m.Shortage.model_construct(product_id=line.product_id, requested=line.quantity, available=available[line.product_id])
        for line in basket.lines
        if available[line.product_id] < line.quantity
    ]


def party_problems(goods: Sequence[Goods], buyer_id: int | None) -> Iterator[Problem]:
    """What is wrong between buyer and sellers. An unknown buyer owns nothing."""
    sellers = list(dict.fromkeys(good.seller_id for good in goods))
    if len(sellers) > 1:
        yield MixedSellers(seller_ids=sellers)
    if own := [good.product_id for good in goods if good.seller_id == buyer_id]:
        yield OwnItem(product_ids=own)


def currency_problems(basket: Basket, currency: str) -> Iterator[Problem]:
    """Money in another currency than that of the marketplace."""
    if basket.expected is not None and basket.expected.currency != currency:
        yield CurrencyMismatch(expected=currency)


def price_problems(basket: Basket, price: Price, currency: str) -> Iterator[Problem]:
    """A total that is not the expected one."""
    expected = basket.expected
    if expected is not None and expected.currency == currency and expected.amount != price.total:
        yield PriceChanged(total=m.Money.model_construct(amount=price.total, currency=currency))
