"""Places an order in one transaction.

Every write locks rows in the same order, so that no two transactions wait for each other: buyer, order, promotion, items by id.
The one transaction may be that of several orders, see `grouping.py`.
"""

from collections.abc import Collection
from datetime import timedelta

from steelyard.contract.access.caller import Caller
from steelyard.db.errors import TransactionConflict
from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor
from steelyard.features.auth.verification import check_verified_email
from steelyard.features.items.stock import reserve_stock
from steelyard.features.orders import queries
from steelyard.features.orders.access import OrderDetails, lock_buyer
from steelyard.features.orders.basket import Basket, read_basket
from steelyard.features.orders.events import record_order_event
from steelyard.features.orders.grouping import join_others
from steelyard.features.orders.pricing import Goods, Price, calculate_price
from steelyard.features.orders.problems import (
    currency_problems,
    find_shortages,
    party_problems,
    pending_problems,
    price_problems,
    promotion_problems,
    raise_first,
    unavailable_items,
    unknown_address,
)
from steelyard.features.orders.transitions import history_entry
from steelyard.features.promotions import service as promotions
from steelyard.features.promotions.events import record_redemption
from steelyard.settings import Settings
from steelyard.tables.orders import BuyerRow, OrderLineRow, OrderRow
from steelyard.tables.promotions import PromotionRow
from steelyard_contract import models as m
from steelyard_contract.problems import InsufficientStock, ItemUnavailable, Problem

_ADDRESS_MEMBERS = ("name", "street", "city", "country", "zip_code")


async def create_order(tx: Transaction, *, caller: Caller, draft: m.OrderCreate, key: str, settings: Settings) -> OrderDetails:
    """Redeem the code, reserve every unit and store the order; or raise a problem, and nothing has happened."""
    await check_verified_email(tx, caller=caller, is_required=settings.require_verified_email)
    basket = read_basket(draft)
    raise_first(currency_problems(basket, settings.currency))
    join_others(tx, caller=caller, basket=basket)
    buyer = await lock_buyer(tx, caller=caller, basket=basket)
    address = _shipping_address(basket, buyer)
    promotion = None if basket.code is None else await promotions.redeem_code(tx, code=basket.code, buyer_id=caller.user_id)
    goods, pending = await _reserve(tx, caller.user_id, basket)
    raise_first(party_problems(goods, caller.user_id))
    raise_first(promotion_problems(promotion, goods))
    price = calculate_price(goods, promotion, settings.tax_rate_bps)
    raise_first(price_problems(basket, price, settings.currency))
    raise_first(pending_problems(pending))
    order = _new_order(tx, caller.user_id, buyer, address, price, promotion, settings)
    lines = _new_lines(buyer, price)
    await tx.defer(queries.insert_order, **order._asdict(), units=price.units, idempotency_key=key)
    await tx.defer(queries.insert_order_lines, order_id=order.id, lines=lines)
    await record_order_event(tx, "order.created", order, Actor.user(caller.user_id))
    if promotion is not None:
        await record_redemption(tx, promotion, buyer_id=caller.user_id)
    return OrderDetails(order, lines)


def _shipping_address(basket: Basket, buyer: BuyerRow) -> dict[str, str] | None:
    """The address that the order keeps: the one in the request, the chosen one, or the buyer's default."""
    if basket.address is not None:
        return basket.address.model_dump()
    if buyer.street is not None:
        return {name: getattr(buyer, name) for name in _ADDRESS_MEMBERS}
    if basket.address_id is not None:
        raise unknown_address()
    return None


async def _reserve(tx: Transaction, buyer_id: int, basket: Basket) -> tuple[list[Goods], int]:
    """Reserve every unit; return the goods and how many pending orders the buyer has without this one."""
    reserved = await reserve_stock(tx, basket.lines, buyer_id=buyer_id)
    if len(reserved) < len(basket.lines):
        raise await _why_not_reserved(tx, basket, reserved)
    goods = []
    pending = 0
    for product_id, quantity in basket.lines:
        item = reserved[product_id]
        goods.append(Goods(product_id, item.owner_id, item.sku, item.title, item.category, item.price, quantity))
        pending = item.pending
    return goods, pending


async def _why_not_reserved(tx: Transaction, basket: Basket, reserved_ids: Collection[int]) -> Problem:
    offers = await tx.all(queries.get_offers, product_ids=basket.product_ids)
    if missing := unavailable_items(basket, offers):
        return ItemUnavailable(product_ids=missing)
    # This transaction sees its own reservations, and they are available to this order.
    quantities = dict(basket.lines)
    available = {offer.id: offer.available + (quantities[offer.id] if offer.id in reserved_ids else 0) for offer in offers}
    if shortages := find_shortages(basket, available):
        return InsufficientStock(items=shortages)
    raise TransactionConflict("stock was released after the reservation had failed")


def _new_order(
    tx: Transaction,
    buyer_id: int,
    buyer: BuyerRow,
    address: dict[str, str] | None,
    price: Price,
    promotion: PromotionRow | None,
    settings: Settings,
) -> OrderRow:
    return OrderRow(
        id=buyer.order_id,
        buyer_id=buyer_id,
        seller_id=price.lines[0].goods.seller_id,
        status="pending",
        payment_status="unpaid",
        currency=settings.currency,
        subtotal=price.subtotal,
        discount=price.discount,
        tax=price.tax,
        total=price.total,
        refunded=0,
        promotion_id=None if promotion is None else promotion.id,
        discount_code=None if promotion is None else promotion.code,
        shipping_address=address,
        history=[history_entry("pending", tx.now, buyer_id)],
        expires_at=tx.now + timedelta(seconds=settings.reservation_seconds),
        created_at=tx.now,
        updated_at=tx.now,
        version=1,
    )


def _new_lines(buyer: BuyerRow, price: Price) -> list[OrderLineRow]:
    return [
        OrderLineRow(
            id=line_id,
            product_id=line.goods.product_id,
            sku=line.goods.sku,
            title=line.goods.title,
            unit_price=line.goods.unit_price,
            quantity=line.goods.quantity,
            discount=line.discount,
            tax=line.tax,
            total=line.total,
            refunded_quantity=0,
            refunded=0,
        )
        for line_id, line in zip(buyer.line_ids, price.lines, strict=True)
    ]
