"""Orders over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Shared, Transaction
from steelyard.contract.http.etags import etag
from steelyard.features.orders import cancelling, placing, quoting, reading
from steelyard.features.orders.reading import OrderFilters
from steelyard.features.orders.views import order_page_view, order_view, quote_view
from steelyard.paging.paginator import PageRequest, Paginator
from steelyard.settings import Settings
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def quote_order(body: m.OrderCreate, caller: OptionalCaller, db: ReadOnly, marketplace: Shared[Settings]) -> m.Quote:
    quotation = await quoting.quote_order(db, caller=caller, draft=body, settings=marketplace)
    return quote_view(quotation, marketplace.currency)


async def create_order(
    body: m.OrderCreate, idempotency_key: p.IdempotencyKey, caller: CurrentCaller, tx: Transaction, marketplace: Shared[Settings]
) -> r.CreateOrder201:
    created = await placing.create_order(tx, caller=caller, draft=body, key=idempotency_key, settings=marketplace)
    return r.CreateOrder201(body=order_view(created), location=f"/orders/{created.order.id}", etag=etag(created.order.version))


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
    paginator: Shared[Paginator],
) -> r.ListOrders200:
    filters = OrderFilters(role, status, created_after, created_before, sort)
    page = await reading.list_orders(db, paginator, caller=caller, filters=filters, request=PageRequest(skip, limit, cursor))
    return r.ListOrders200(body=order_page_view(page), link=page.link)


async def get_order(order_id: p.OrderId, caller: CurrentCaller, db: ReadOnly) -> r.GetOrder200:
    details = await reading.get_order(db, caller=caller, order_id=order_id)
    return r.GetOrder200(body=order_view(details), etag=etag(details.order.version))


async def cancel_order(
    order_id: p.OrderId,
    body: m.CancelOrder,
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,
    tx: Transaction,
) -> r.CancelOrder200:
    cancelled = await cancelling.cancel_order(tx, caller=caller, order_id=order_id, draft=body)
    return r.CancelOrder200(body=order_view(cancelled), etag=etag(cancelled.order.version))
