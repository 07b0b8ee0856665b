"""Orders over HTTP: one coroutine per operationId."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated

from fastapi import Depends

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Transaction, resource
from steelyard.contract.http.etags import etag
from steelyard.features.orders import service
from steelyard.features.orders.pricing import PricedLine
from steelyard.features.orders.service import Listing, OrderDetails, Quotation
from steelyard.paging.cursors import Cursors
from steelyard.paging.totals import Totals
from steelyard.settings import Settings
from steelyard.tables.orders import HistoryEntry, OrderLineRow, OrderSummaryRow
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r

Marketplace = Annotated[Settings, Depends(resource(Settings))]
Counting = Annotated[Totals, Depends(resource(Totals))]
Paging = Annotated[Cursors, Depends(resource(Cursors))]


async def quote_order(body: m.OrderCreate, caller: OptionalCaller, db: ReadOnly, marketplace: Marketplace) -> m.Quote:
    quotation = await service.quote_order(db, buyer=caller, draft=body, settings=marketplace)
    return quote_view(quotation, marketplace.currency)


async def create_order(
    body: m.OrderCreate, idempotency_key: p.IdempotencyKey, caller: CurrentCaller, tx: Transaction, marketplace: Marketplace
) -> r.CreateOrder201:
    placed = await service.create_order(tx, caller=caller, draft=body, key=idempotency_key, settings=marketplace)
    return r.CreateOrder201(body=view(placed), location=f"/orders/{placed.order.id}", etag=etag(placed.order.version))


async def list_orders(
    skip: p.Skip,
    limit: p.Limit,
    cursor: p.Cursor,
    role: p.ListOrdersRole,
    status: p.ListOrdersStatus,
    created_after: p.CreatedAfter,
    created_before: p.CreatedBefore,
    sort: p.ListOrdersSort,
    caller: CurrentCaller,
    db: ReadOnly,
    cursors: Paging,
    totals: Counting,
) -> r.ListOrders200:
    asked = Listing(role, status, created_after, created_before, sort, skip, limit, cursor)
    page = await service.list_orders(db, caller, asked, cursors=cursors, totals=totals)
    body = m.OrderSummaryPage.model_construct(
        items=[summary_view(order) for order in page.orders],
        skip=None if cursor else skip,
        limit=limit,
        total=page.total,
        next_cursor=page.next_cursor,
    )
    return r.ListOrders200(body=body, link=page.link)


async def get_order(order_id: p.OrderId, caller: CurrentCaller, db: ReadOnly) -> r.GetOrder200:
    purchase = await service.get_order(db, caller, order_id)
    return r.GetOrder200(body=view(purchase), etag=etag(purchase.order.version))


async def cancel_order(
    order_id: p.OrderId,
    body: m.CancelOrder,
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,
    tx: Transaction,
) -> r.CancelOrder200:
    cancelled = await service.cancel_order(tx, caller, order_id=order_id, draft=body)
    return r.CancelOrder200(body=view(cancelled), etag=etag(cancelled.order.version))


# Members of enumerations by value: looking them up through the class would be two calls for each.
_STATUS = {status.value: status for status in m.OrderStatus}
_PAYMENT = {status.value: status for status in m.PaymentStatus}


def view(purchase: OrderDetails) -> m.Order:
    """The order on the wire. Payments, refunds and shipment come with the operations that make them."""
    order = purchase.order
    currency = order.currency
    return m.Order.model_construct(
        id=order.id,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        status=_STATUS[order.status],
        payment_status=_PAYMENT[order.payment_status],
        lines=[line_view(line, currency) for line in purchase.lines],
        subtotal=money(order.subtotal, currency),
        discount=money(order.discount, currency),
        tax=money(order.tax, currency),
        total=money(order.total, currency),
        refunded=money(order.refunded, currency),
        discount_code=order.discount_code,
        shipping_address=address_view(order.shipping_address),
        payments=[],
        refunds=[],
        shipment=None,
        history=[transition_view(step) for step in order.history],
        expires_at=order.expires_at,
        created_at=order.created_at,
        updated_at=order.updated_at,
        version=order.version,
    )


def line_view(line: OrderLineRow, currency: str) -> m.OrderLine:
    return m.OrderLine.model_construct(
        id=line.id,
        product_id=line.product_id,
        sku=line.sku,
        title=line.title,
        unit_price=m.Price.model_construct(amount=line.unit_price, currency=currency),
        quantity=line.quantity,
        discount=money(line.discount, currency),
        tax=money(line.tax, currency),
        total=money(line.total, currency),
        refunded_quantity=line.refunded_quantity,
        refunded=money(line.refunded, currency),
    )


def address_view(address: dict[str, str] | None) -> m.ShippingAddress | None:
    return None if address is None else m.ShippingAddress.model_construct(None, **address)


def transition_view(step: HistoryEntry) -> m.OrderTransition:
    status, at, actor_id = step
    return m.OrderTransition.model_construct(status=_STATUS[status], at=datetime.fromisoformat(at), actor_id=actor_id)


def summary_view(order: OrderSummaryRow) -> m.OrderSummary:
    return m.OrderSummary.model_construct(
        id=order.id,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        status=_STATUS[order.status],
        payment_status=_PAYMENT[order.payment_status],
        total=money(order.total, order.currency),
        units=order.units,
        created_at=order.created_at,
        updated_at=order.updated_at,
        version=order.version,
    )


def quote_view(quotation: Quotation, currency: str) -> m.Quote:
    price = quotation.price
    return m.Quote.model_construct(
        lines=[quote_line_view(line, quotation.available[line.goods.product_id], currency) for line in price.lines],
        subtotal=money(price.subtotal, currency),
        discount=money(price.discount, currency),
        tax=money(price.tax, currency),
        total=money(price.total, currency),
        discount_code=quotation.code,
        orderable=not quotation.obstacles,
        obstacles=[
            m.Obstacle.model_construct(
                type=m.ObstacleType(problem.TYPE.removeprefix("/problems/")), detail=problem.detail, product_id=product_id
            )
            for problem, product_id in quotation.obstacles
        ],
    )


def quote_line_view(line: PricedLine, available: int, currency: str) -> m.QuoteLine:
    return m.QuoteLine.model_construct(
        product_id=line.goods.product_id,
        sku=line.goods.sku,
        title=line.goods.title,
        unit_price=m.Price.model_construct(amount=line.goods.unit_price, currency=currency),
        quantity=line.goods.quantity,
        discount=money(line.discount, currency),
        tax=money(line.tax, currency),
        total=money(line.total, currency),
        available=available,
    )


# An order names nine amounts, most of them nothing or the same; nobody changes a model that is on its way out.
@lru_cache(maxsize=5000)
def money(amount: int, currency: str) -> m.Money:
    return m.Money.model_construct(amount=amount, currency=currency)
