"""Orders over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Shared, Transaction
from steelyard.contract.http.etags import etag
from steelyard.features.orders import cancelling, placing, quoting, reading
from steelyard.features.orders.views import order_summary_view, order_view, quote_view
from steelyard.paging.cursors import Cursors
from steelyard.paging.totals import Totals
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
    cursors: Shared[Cursors],
    totals: Shared[Totals],
) -> r.ListOrders200:
    asked = reading.Listing(role, status, created_after, created_before, sort, skip, limit, cursor)
    page = await reading.list_orders(db, caller=caller, asked=asked, cursors=cursors, totals=totals)
    body = m.OrderSummaryPage.model_construct(
        items=[order_summary_view(order) for order in page.orders],
        skip=None if cursor else skip,
        limit=limit,
        total=page.total,
        next_cursor=page.next_cursor,
    )
    return r.ListOrders200(body=body, link=page.link)


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
