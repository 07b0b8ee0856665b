"""Turns the rows of orders into wire models."""

from datetime import datetime
from functools import lru_cache

from steelyard.features.orders.access import OrderDetails
from steelyard.features.orders.pricing import PricedLine
from steelyard.features.orders.quoting import Quotation
from steelyard.paging.paginator import Page
from steelyard.tables.orders import HistoryEntry, OrderLineRow, OrderSummaryRow
from steelyard_contract import models as m

# A dictionary spares the two calls of a lookup through the class.
_STATUS = {status.value: status for status in m.OrderStatus}
_PAYMENT = {status.value: status for status in m.PaymentStatus}


def order_view(details: OrderDetails) -> m.Order:
    """The order with its lines. No operation creates payments, refunds or a shipment yet."""
    order = details.order
    currency = order.currency
    return m.Order.model_construct(
        id=order.id,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        status=_STATUS[order.status],
        payment_status=_PAYMENT[order.payment_status],
        lines=[order_line_view(line, currency) for line in details.lines],
        subtotal=money(order.subtotal, currency),
        discount=money(order.discount, currency),
        tax=money(order.tax, currency),
        total=money(order.total, currency),
        refunded=money(order.refunded, currency),
        discount_code=order.discount_code,
        shipping_address=shipping_address_view(order.shipping_address),
        payments=[],
        refunds=[],
        shipment=None,
        history=[order_transition_view(entry) for entry in order.history],
        expires_at=order.expires_at,
        created_at=order.created_at,
        updated_at=order.updated_at,
        version=order.version,
    )


def order_line_view(line: OrderLineRow, currency: str) -> m.OrderLine:
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


def shipping_address_view(address: dict[str, str] | None) -> m.ShippingAddress | None:
    return None if address is None else m.ShippingAddress.model_construct(None, **address)


def order_transition_view(entry: HistoryEntry) -> m.OrderTransition:
    status, at, actor_id = entry
    return m.OrderTransition.model_construct(status=_STATUS[status], at=datetime.fromisoformat(at), actor_id=actor_id)


def order_summary_view(order: OrderSummaryRow) -> m.OrderSummary:
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


def order_page_view(page: Page[OrderSummaryRow]) -> m.OrderSummaryPage:
    return m.OrderSummaryPage.model_construct(
        items=[order_summary_view(order) for order in page.rows],
        skip=page.skip,
        limit=page.limit,
        total=page.total,
        next_cursor=page.next_cursor,
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


# An order shows nine amounts, and most of them are equal. Nothing changes a model that is about to be sent.
@lru_cache(maxsize=5000)
def money(amount: int, currency: str) -> m.Money:
    return m.Money.model_construct(amount=amount, currency=currency)
