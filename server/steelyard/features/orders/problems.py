"""Which problems an order meets, from its basket, its price or the name of a broken constraint."""

from collections.abc import Iterable, Iterator, Sequence

from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.errors import TransactionConflict
from steelyard.features.orders.basket import Basket
from steelyard.features.orders.pricing import Goods, Price
from steelyard.features.orders.queries import OfferRow
from steelyard.features.promotions.discount import unfit_reason
from steelyard.features.promotions.service import not_applicable
from steelyard.tables.promotions import PromotionRow
from steelyard_contract import models as m
from steelyard_contract.problems import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    LimitReached,
    MixedSellers,
    OwnItem,
    PriceChanged,
    Problem,
)

# Pending orders hold stock that is not paid for; the contract (createOrder) states the same number.
MAX_PENDING_ORDERS = 20

BY_CONSTRAINT: dict[str, type[Problem] | type[TransactionConflict]] = {
    # The stored response is kept for a day, the order for ever: a day later the same key is another request.
    "orders_buyer_id_idempotency_key_key": IdempotencyKeyReused,
}


def unknown_address() -> Problem:
    """The address is not one of the caller's own."""
    return validation_failed([violation("unknown_address", ("body", "shipping_address_id"), "You have no address with this id")])


def raise_first(problems: Iterable[Problem]) -> None:
    for problem in problems:
        raise problem


def unavailable_items(basket: Basket, offers: Sequence[OfferRow]) -> list[int]:
    """The products of the basket that are not on sale."""
    active = {offer.id for offer in offers if offer.status == "active"}
    return [product_id for product_id in basket.product_ids if product_id not in active]


def find_shortages(basket: Basket, available: dict[int, int]) -> list[m.Shortage]:
    """The lines that request more units than are available."""
    return [
        m.Shortage.model_construct(product_id=line.product_id, requested=line.quantity, available=available[line.product_id])
        for line in basket.lines
        if available[line.product_id] < line.quantity
    ]


def party_problems(goods: Sequence[Goods], buyer_id: int | None) -> Iterator[Problem]:
    """Several sellers, or items of the buyer. An anonymous buyer owns nothing."""
    sellers = list(dict.fromkeys([good.seller_id for good in goods]))
    if len(sellers) > 1:
        yield MixedSellers(seller_ids=sellers)
    if own := [good.product_id for good in goods if good.seller_id == buyer_id]:
        yield OwnItem(product_ids=own)


def currency_problems(basket: Basket, currency: str) -> Iterator[Problem]:
    """An expected total in another currency than the marketplace's."""
    if basket.expected is not None and basket.expected.currency != currency:
        yield CurrencyMismatch(expected=currency)


def pending_problems(pending: int) -> Iterator[Problem]:
    """A buyer who has as many pending orders as one buyer may have."""
    if pending >= MAX_PENDING_ORDERS:
        yield LimitReached(limit=MAX_PENDING_ORDERS)


def promotion_problems(promotion: PromotionRow | None, goods: Sequence[Goods]) -> Iterator[Problem]:
    """A promotion that does not apply to these goods."""
    if promotion is not None and (reason := unfit_reason(promotion, goods)):
        yield not_applicable(promotion.code, reason)


def price_problems(basket: Basket, price: Price, currency: str) -> Iterator[Problem]:
    """A total that differs from the expected one."""
    expected = basket.expected
    if expected is not None and expected.currency == currency and expected.amount != price.total:
        yield PriceChanged(total=m.Money.model_construct(amount=price.total, currency=currency))
