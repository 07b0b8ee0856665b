"""What happens to orders, each in one transaction.

Rows are locked in one order everywhere, so that nobody waits in a circle: buyer, order, promotion, items by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog

from steelyard.contract.access.caller import Caller, CallerChanged
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable, TransactionConflict
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events import log
from steelyard.events.log import SYSTEM, Actor, Event, Subject
from steelyard.features.auth import sessions as auth
from steelyard.features.orders import basket as baskets
from steelyard.features.orders import problems, queries
from steelyard.features.orders.basket import Basket
from steelyard.features.orders.pricing import Goods, Price, calculate_price
from steelyard.features.orders.transitions import Party, Status, history_entry, may_be_cancelled_by, next_statuses
from steelyard.features.promotions import discount
from steelyard.features.promotions import service as promotions
from steelyard.paging.cursors import Cursors, next_page_link
from steelyard.paging.totals import COUNT_LIMIT, Totals, seen_whole
from steelyard.settings import Settings
from steelyard.tables.orders import BuyerRow, OfferRow, OrderAndLineRow, OrderLineRow, OrderRow, OrderSummaryRow, OverdueRow
from steelyard.tables.promotions import PromotionRow
from steelyard_contract import models as m
from steelyard_contract.problems import (
    InsufficientScope,
    InsufficientStock,
    LimitReached,
    NotPermitted,
    OrderNotFound,
    OrderStateConflict,
    Problem,
    StaffRequired,
)

# What one buyer can keep from others without paying; the contract (createOrder) says the same.
MAX_PENDING = 20
_DESTINATION = ("name", "street", "city", "country", "zip_code")
# Overdue orders that one statement finds.
_AT_ONCE = 200


class OrderDetails(NamedTuple):
    """An order and what was bought, in the order of the request."""

    order: OrderRow
    lines: list[OrderLineRow]


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a basket would cost now, and all that stands in the way."""

    price: Price
    available: dict[int, int]
    code: str | None
    obstacles: list[tuple[Problem, int | None]]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked of a list of orders."""

    role: m.OrderRole
    status: m.OrderStatus | None
    created_after: datetime | None
    created_before: datetime | None
    sort: m.OrderSort
    skip: int
    limit: int
    cursor: str | None


class Page(NamedTuple):
    """One page of a listing; a total only when it was asked for by `skip`."""

    orders: list[OrderSummaryRow]
    total: int | None
    next_cursor: str | None
    link: str | None


# --- Quoting and placing ---


async def quote_order(db: ReadOnly, *, buyer: Caller | None, draft: m.OrderCreate, settings: Settings) -> Quotation:
    """What `place` would do now. Only a basket that cannot be priced at all is refused."""
    buyer_id = None if buyer is None else buyer.user_id
    basket = baskets.read_basket(draft)
    if basket.address_id is not None and not await _has_address(db, buyer_id, basket.address_id):
        raise problems.unknown_address()
    offers = await db.all(queries.get_offers, product_ids=basket.product_ids)
    if refused := problems.unavailable_items(basket, offers):
        raise refused
    goods = _offered(basket, offers)
    obstacles: list[tuple[Problem, int | None]] = [(problem, None) for problem in problems.currency_problems(basket, settings.currency)]
    if buyer_id is not None and await db.one(queries.count_pending_orders, buyer_id=buyer_id) >= MAX_PENDING:
        obstacles.append((LimitReached(limit=MAX_PENDING), None))
    promotion = None
    if basket.code is not None:
        promotion, reason = await promotions.check_code(db, code=basket.code, buyer_id=buyer_id)
        if promotion is not None and (reason := discount.unfit_reason(promotion, goods)):
            promotion = None
        if reason is not None:
            obstacles.append((promotions.not_applicable(basket.code, reason), None))
    available = {offer.id: offer.available for offer in offers}
    obstacles += [(InsufficientStock(items=[line]), line.product_id) for line in problems.find_shortages(basket, available)]
    obstacles += [(problem, None) for problem in problems.party_problems(goods, buyer_id)]
    cost = calculate_price(goods, promotion, settings.tax_rate_bps)
    obstacles += [(problem, None) for problem in problems.price_problems(basket, cost, settings.currency)]
    return Quotation(cost, available, None if promotion is None else basket.code, obstacles)


async def create_order(tx: Transaction, *, caller: Caller, draft: m.OrderCreate, key: str, settings: Settings) -> OrderDetails:
    """Redeem the code, reserve every unit and write the order down; or refuse, and nothing has happened."""
    buyer_id = caller.user_id
    basket = baskets.read_basket(draft)
    for problem in problems.currency_problems(basket, settings.currency):
        raise problem
    buyer = await _buyer(tx, caller, basket)
    destination = _destination(basket, buyer)
    promotion = None if basket.code is None else await promotions.redeem_code(tx, code=basket.code, buyer_id=buyer_id)
    goods, pending = await _take(tx, buyer_id, basket)
    for problem in problems.party_problems(goods, buyer_id):
        raise problem
    if promotion is not None and (reason := discount.unfit_reason(promotion, goods)):
        raise promotions.not_applicable(promotion.code, reason)
    cost = calculate_price(goods, promotion, settings.tax_rate_bps)
    for problem in problems.price_problems(basket, cost, settings.currency):
        raise problem
    if pending >= MAX_PENDING:
        raise LimitReached(limit=MAX_PENDING)
    order, lines = await _write(tx, buyer_id, buyer, destination, cost, promotion, key, settings)
    await _tell(tx, "order.created", order, Actor.user(buyer_id))
    if promotion is not None:
        told = {"promotion_id": promotion.id, "code": promotion.code, "redemptions": promotion.redemptions}
        await log.record_event(tx, Event("promotion.redeemed", Actor.user(buyer_id), Subject("promotion", promotion.id), told, {buyer_id}))
    return OrderDetails(order, lines)


async def _buyer(tx: Transaction, caller: Caller, basket: Basket) -> BuyerRow:
    """Locks the caller as the buyer."""
    named = {"caller_id": caller.user_id, "caller_role": caller.role, "credential_id": caller.credential_id, "now": tx.now}
    lines = len(basket.lines)
    buyer: BuyerRow | None
    if basket.address_id is None:
        buyer = await tx.first(queries.lock_buyer_with_default_address, **named, lines=lines)
    else:
        buyer = await tx.first(queries.lock_buyer_with_address, **named, address_id=basket.address_id, lines=lines)
    if buyer is None:
        raise CallerChanged
    return buyer


def _destination(basket: Basket, buyer: BuyerRow) -> dict[str, str] | None:
    """Where it goes, as it will be remembered."""
    if basket.address is not None:
        return basket.address.model_dump()
    if buyer.street is not None:
        return {name: getattr(buyer, name) for name in _DESTINATION}
    if basket.address_id is not None:
        raise problems.unknown_address()
    return None


async def _take(tx: Transaction, buyer_id: int, basket: Basket) -> tuple[list[Goods], int]:
    """What was asked for, now reserved; and how many pending orders the buyer has already."""
    taken: dict[int, Goods] = {}
    pending = 0
    for wanted in basket.in_lock_order:
        row = await tx.first(queries.reserve_stock, product_id=wanted.product_id, quantity=wanted.quantity, buyer_id=buyer_id)
        if row is None:
            raise await _why_not(tx, basket, taken)
        taken[wanted.product_id] = Goods(wanted.product_id, row.owner_id, row.sku, row.title, row.category, row.price, wanted.quantity)
        pending = row.pending
    return [taken[product_id] for product_id in basket.product_ids], pending


async def _why_not(tx: Transaction, basket: Basket, taken: dict[int, Goods]) -> Problem:
    offers = await tx.all(queries.get_offers, product_ids=basket.product_ids)
    if refused := problems.unavailable_items(basket, offers):
        return refused
    # What this very order has taken so far was there for it.
    available = {offer.id: offer.available + (taken[offer.id].quantity if offer.id in taken else 0) for offer in offers}
    if short := problems.find_shortages(basket, available):
        return InsufficientStock(items=short)
    raise TransactionConflict("the stock came back between two looks at it")


async def _write(
    tx: Transaction,
    buyer_id: int,
    buyer: BuyerRow,
    destination: dict[str, str] | None,
    cost: Price,
    promotion: PromotionRow | None,
    key: str,
    settings: Settings,
) -> OrderDetails:
    now = tx.now
    order = OrderRow(
        id=buyer.order_id,
        buyer_id=buyer_id,
        seller_id=cost.lines[0].goods.seller_id,
        status="pending",
        payment_status="unpaid",
        currency=settings.currency,
        subtotal=cost.subtotal,
        discount=cost.discount,
        tax=cost.tax,
        total=cost.total,
        refunded=0,
        promotion_id=None if promotion is None else promotion.id,
        discount_code=None if promotion is None else promotion.code,
        shipping_address=destination,
        history=[history_entry("pending", now, buyer_id)],
        expires_at=now + timedelta(seconds=settings.reservation_seconds),
        created_at=now,
        updated_at=now,
        version=1,
    )
    lines = [
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
        for line_id, line in zip(buyer.line_ids, cost.lines, strict=True)
    ]
    await tx.defer(queries.insert_order, **order._asdict(), units=cost.units, idempotency_key=key)
    await tx.defer(queries.insert_order_lines, order_id=order.id, lines=lines)
    return OrderDetails(order, lines)


def _offered(basket: Basket, offers: Sequence[OfferRow]) -> list[Goods]:
    by_id = {offer.id: offer for offer in offers}
    found = [(by_id[wanted.product_id], wanted.quantity) for wanted in basket.lines]
    return [Goods(offer.id, offer.owner_id, offer.sku, offer.title, offer.category, offer.price, quantity) for offer, quantity in found]


async def _has_address(db: ReadOnly, buyer_id: int | None, address_id: int) -> bool:
    if buyer_id is None:
        return False
    return await db.one(queries.count_own_address, user_id=buyer_id, address_id=address_id) > 0


# --- Looking ---


async def get_order(db: ReadOnly, caller: Caller, order_id: int) -> OrderDetails:
    """The order, for its buyer, its seller and staff; to anybody else there is none."""
    if caller.is_staff:
        rows = await db.all(queries.get_order, order_id=order_id)
    else:
        rows = await db.all(queries.get_order_of_party, order_id=order_id, user_id=caller.user_id)
    if not rows:
        raise OrderNotFound
    return _purchase(rows)


async def list_orders(db: ReadOnly, caller: Caller, asked: Listing, *, cursors: Cursors, totals: Totals) -> Page:
    """The summaries that pass all filters, in the order asked for."""
    if asked.role == m.OrderRole.all and not caller.is_staff:
        raise StaffRequired
    scope: dict[str, object] = {
        "role": asked.role.value,
        "status": None if asked.status is None else asked.status.value,
        "created_after": asked.created_after,
        "created_before": asked.created_before,
        "sort": asked.sort.value,
    }
    place = cursors.resume(asked.cursor, asked.skip, "listOrders", scope)
    filters, given = _filters(caller, asked)
    descending = asked.sort is m.OrderSort("-created_at")
    if place is None:
        rows = await db.all(
            queries.list_orders(filters, descending=descending, after=False), **given, skip=asked.skip, limit=asked.limit + 1
        )
        total = seen_whole(len(rows), asked.skip, asked.limit)
        if total is None:
            # The rows are newer than a count that was remembered: it is never less than what they show.
            counted = await totals.count(db, "orders", queries.count_orders(filters), **given)
            total = max(counted, min(asked.skip + len(rows), COUNT_LIMIT)) if rows else counted
    else:
        after_key, after_id = place
        rows = await db.all(
            queries.list_orders(filters, descending=descending, after=True),
            **given,
            after_key=after_key,
            after_id=after_id,
            limit=asked.limit + 1,
        )
        total = None
    if len(rows) <= asked.limit:
        return Page(rows, total, None, None)
    last = rows[asked.limit - 1]
    cursor = cursors.seal("listOrders", scope, [last.created_at, last.id])
    return Page(rows[: asked.limit], total, cursor, next_page_link("/orders", scope, asked.limit, cursor))


def _filters(caller: Caller, asked: Listing) -> tuple[queries.Filters, dict[str, object]]:
    filters: set[queries.Filter] = set()
    given: dict[str, object] = {}
    if asked.role != m.OrderRole.all:
        filters.add("buyer" if asked.role == m.OrderRole.buyer else "seller")
        given["user_id"] = caller.user_id
    if asked.status is not None:
        filters.add("status")
        given["status"] = asked.status.value
    if asked.created_after is not None:
        filters.add("created_after")
        given["created_after"] = asked.created_after
    if asked.created_before is not None:
        filters.add("created_before")
        given["created_before"] = asked.created_before
    return frozenset(filters), given


def _purchase(rows: Sequence[OrderAndLineRow]) -> OrderDetails:
    columns = len(OrderRow._fields)
    return OrderDetails(OrderRow._make(rows[0][:columns]), [OrderLineRow._make(row[columns:]) for row in rows])


# --- Calling off ---


async def cancel_order(tx: Transaction, caller: Caller, *, order_id: int, draft: m.CancelOrder) -> OrderDetails:
    """Give everything back: units, code, and money where some was paid."""
    order = await _locked_for(tx, caller, order_id)
    _check_part(caller, order)
    if "cancelled" not in next_statuses(order.status):
        allowed = [m.OrderStatus(status) for status in next_statuses(order.status)]
        raise OrderStateConflict(order_status=m.OrderStatus(order.status), allowed=allowed)
    if order.status == "paid":
        await _give_back_sold(tx, order, caller.user_id)
    else:
        await _give_back_reserved(tx, order)
    cancelled = await _advance(tx, order, "cancelled", caller.user_id, reason=draft.reason)
    await _tell(tx, "order.cancelled", cancelled, Actor.user(caller.user_id))
    return OrderDetails(cancelled, await tx.all(queries.get_order_lines, order_id=order_id))


async def expire_orders(database: Database) -> int:
    """Give back what was reserved and not paid in time; returns how many orders. Any number of processes may do so at once.

    Each order is tried once and in its own transaction. One that fails is logged and passed by, and tried again by the next sweep.
    """
    expired = 0
    position = OverdueRow(datetime.min.replace(tzinfo=UTC), 0)
    while True:
        db = database.read()
        overdue = await db.all(queries.overdue_after, now=db.now, after_key=position.expires_at, after_id=position.id, limit=_AT_ONCE)
        for position in overdue:
            try:
                async with database.transaction() as tx:
                    expired += await _expire(tx, position.id)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # style: broad-except, the loop of a worker: one broken order must not hold up the others
                structlog.get_logger().error("order_not_expired", order_id=position.id, exc_info=error)
        if len(overdue) < _AT_ONCE:
            return expired


async def _expire(tx: Transaction, order_id: int) -> bool:
    order = await tx.first(queries.lock_overdue_order, order_id=order_id, now=tx.now)
    if order is None:
        return False
    await _give_back_reserved(tx, order)
    expired = await _advance(tx, order, "expired", None, reason=None)
    await _tell(tx, "order.expired", expired, SYSTEM)
    return True


async def _locked_for(tx: Transaction, caller: Caller, order_id: int) -> OrderRow:
    order = await tx.first(
        queries.lock_order if caller.is_staff else queries.lock_order_of_party,
        order_id=order_id,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if order is None:
        await auth.confirm(tx, caller)
        raise OrderNotFound
    if order.buyer_id != caller.user_id:
        tx.concerns_id = order.buyer_id
    return order


def _check_part(caller: Caller, order: OrderRow) -> None:
    """One of the caller's parts in this order allows it, and his credential covers that part."""
    allowed = may_be_cancelled_by(order.status)
    holds: dict[Party, bool] = {
        "buyer": order.buyer_id == caller.user_id,
        "seller": order.seller_id == caller.user_id,
        "admin": caller.is_admin,
    }
    parts = [part for part in allowed if holds[part]]
    if not parts:
        raise NotPermitted(allowed=[m.Relation(part) for part in allowed])
    scopes = ["orders:write" if part == "buyer" else "sales:write" for part in parts]
    if caller.scopes.isdisjoint(scopes):
        raise InsufficientScope(required_scope=[m.Scope(scope) for scope in dict.fromkeys(scopes)])


async def _give_back_reserved(tx: Transaction, order: OrderRow) -> None:
    await _release_code(tx, order)
    await tx.all(queries.lock_items_of_order, order_id=order.id)
    await tx.run(queries.release_stock, order_id=order.id)


async def _give_back_sold(tx: Transaction, order: OrderRow, actor_id: int) -> None:
    await _release_code(tx, order)
    await tx.all(queries.lock_items_of_order, order_id=order.id)
    await tx.run(queries.restock_order, order_id=order.id)
    await tx.run(queries.insert_return_movements, order_id=order.id, actor_id=actor_id, now=tx.now)
    await tx.run(queries.mark_lines_refunded, order_id=order.id)


async def _release_code(tx: Transaction, order: OrderRow) -> None:
    if order.promotion_id is not None:
        await promotions.release_use(tx, promotion_id=order.promotion_id)


async def _advance(tx: Transaction, order: OrderRow, status: Status, actor_id: int | None, *, reason: str | None) -> OrderRow:
    refunded = order.status == "paid" and status == "cancelled"
    moved = order._replace(
        status=status,
        payment_status="refunded" if refunded else order.payment_status,
        refunded=order.total if refunded else order.refunded,
        history=[*order.history, history_entry(status, tx.now, actor_id)],
        expires_at=None,
        updated_at=tx.now,
        version=order.version + 1,
    )
    await tx.run(
        queries.update_order_status,
        order_id=order.id,
        now=tx.now,
        new_status=moved.status,
        new_payment_status=moved.payment_status,
        new_refunded=moved.refunded,
        new_history=moved.history,
        new_cancel_reason=reason,
    )
    return moved


async def _tell(tx: Transaction, what: log.EventType, order: OrderRow, actor: Actor) -> None:
    told = {
        "order_id": order.id,
        "buyer_id": order.buyer_id,
        "seller_id": order.seller_id,
        "status": order.status,
        "total": {"amount": order.total, "currency": order.currency},
        "version": order.version,
    }
    await log.record_event(tx, Event(what, actor, Subject("order", order.id), told, {order.buyer_id, order.seller_id, *_who(actor)}))


def _who(actor: Actor) -> set[int]:
    return set() if actor.id is None else {actor.id}


# --- Leaving ---


async def count_open_orders(tx: ReadOnly, user_id: int) -> int:
    """How many orders, bought or sold, keep this person here."""
    return await tx.one(queries.count_open_orders, user_id=user_id)


async def erase_user(tx: Transaction, user_id: int) -> None:
    """Erase where this person's orders were sent and why they were called off; the orders and their totals stay."""
    await tx.run(queries.clear_shipping_addresses, user_id=user_id, now=tx.now)
    await tx.run(queries.clear_cancel_reasons, user_id=user_id)
