"""Prices a basket without placing an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.features.orders import queries
from steelyard.features.orders.basket import Basket, read_basket
from steelyard.features.orders.pricing import Goods, Price, calculate_price
from steelyard.features.orders.problems import (
    currency_problems,
    find_shortages,
    party_problems,
    pending_problems,
    price_problems,
    unavailable_items,
    unknown_address,
)
from steelyard.features.orders.queries import OfferRow
from steelyard.features.promotions import service as promotions
from steelyard.features.promotions.discount import unfit_reason
from steelyard.settings import Settings
from steelyard.tables.promotions import PromotionRow
from steelyard_contract import models as m
from steelyard_contract.problems import InsufficientStock, ItemUnavailable, Problem


class Obstacle(NamedTuple):
    """A problem that an order would meet, and the item that it is about, if any."""

    problem: Problem
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """The price of a basket now, and every obstacle to an order."""

    price: Price
    available: dict[int, int]
    code: str | None
    obstacles: list[Obstacle]


async def quote_order(db: ReadOnly, *, caller: Caller | None, draft: m.OrderCreate, settings: Settings) -> Quotation:
    """Return the price and every problem that `create_order` would meet now. Raises one only if there is no price."""
    buyer_id = None if caller is None else caller.user_id
    basket = read_basket(draft)
    await _check_address(db, buyer_id, basket)
    offers = await db.all(queries.get_offers, product_ids=basket.product_ids)
    if missing := unavailable_items(basket, offers):
        raise ItemUnavailable(product_ids=missing)
    goods = _offered_goods(basket, offers)
    available = {offer.id: offer.available for offer in offers}
    obstacles = [Obstacle(problem) for problem in currency_problems(basket, settings.currency)]
    if buyer_id is not None:
        pending = await db.one(queries.count_pending_orders, buyer_id=buyer_id)
        obstacles += [Obstacle(problem) for problem in pending_problems(pending)]
    promotion, problem = await _check_code(db, buyer_id, basket, goods)
    if problem is not None:
        obstacles.append(Obstacle(problem))
    obstacles += [Obstacle(InsufficientStock(items=[line]), line.product_id) for line in find_shortages(basket, available)]
    obstacles += [Obstacle(problem) for problem in party_problems(goods, buyer_id)]
    price = calculate_price(goods, promotion, settings.tax_rate_bps)
    obstacles += [Obstacle(problem) for problem in price_problems(basket, price, settings.currency)]
    return Quotation(price, available, None if promotion is None else promotion.code, obstacles)


async def _check_address(db: ReadOnly, buyer_id: int | None, basket: Basket) -> None:
    if basket.address_id is None:
        return
    if buyer_id is None or not await db.one(queries.count_own_address, user_id=buyer_id, address_id=basket.address_id):
        raise unknown_address()


async def _check_code(
    db: ReadOnly, buyer_id: int | None, basket: Basket, goods: Sequence[Goods]
) -> tuple[PromotionRow | None, Problem | None]:
    """Return the promotion of the code, or the problem that an order with it would get."""
    if basket.code is None:
        return None, None
    promotion, reason = await promotions.check_code(db, code=basket.code, buyer_id=buyer_id)
    if promotion is not None:
        reason = unfit_reason(promotion, goods)
    return (promotion, None) if reason is None else (None, promotions.not_applicable(basket.code, reason))


def _offered_goods(basket: Basket, offers: Sequence[OfferRow]) -> list[Goods]:
    by_id = {offer.id: offer for offer in offers}
    pairs = [(by_id[line.product_id], line.quantity) for line in basket.lines]
    return [Goods(offer.id, offer.owner_id, offer.sku, offer.title, offer.category, offer.price, quantity) for offer, quantity in pairs]
