"""Items and their stock over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Shared, Transaction
from steelyard.features.items import access, service, stock
from steelyard.features.items.service import ItemFilters
from steelyard.features.items.views import item_etag, item_page_view, item_view, stock_movement_page_view, stock_movement_view
from steelyard.paging.paginator import PageRequest, Paginator
from steelyard.settings import Settings
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def list_items(
    skip: p.Skip,
    limit: p.Limit,
    cursor: p.Cursor,
    search: p.Search,
    category: p.Category,
    owner_id: p.OwnerId,
    min_price: p.MinPrice,
    max_price: p.MaxPrice,
    in_stock: p.InStock,
    status: p.ListItemsStatus,
    sort: p.ListItemsSort,
    caller: OptionalCaller,
    db: ReadOnly,
    paginator: Shared[Paginator],
    marketplace: Shared[Settings],
) -> r.ListItems200:
    filters = ItemFilters(status, sort, search, category, owner_id, min_price, max_price, in_stock)
    page = await service.list_items(db, paginator, caller=caller, filters=filters, request=PageRequest(skip, limit, cursor))
    return r.ListItems200(body=item_page_view(page, caller, marketplace, search), link=page.link)


async def create_item(
    body: m.ItemCreate,
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,
    tx: Transaction,
    marketplace: Shared[Settings],
) -> r.CreateItem201:
    item = await service.create_item(tx, caller=caller, draft=body, settings=marketplace)
    return r.CreateItem201(body=item_view(item, caller, marketplace.currency), location=f"/items/{item.id}", etag=item_etag(item, caller))


async def get_item(item_id: p.ItemId, caller: OptionalCaller, db: ReadOnly, marketplace: Shared[Settings]) -> r.GetItem200:
    item = await access.get_item(db, caller=caller, item_id=item_id)
    return r.GetItem200(body=item_view(item, caller, marketplace.currency), etag=item_etag(item, caller))


async def update_item(
    item_id: p.ItemId, if_match: p.IfMatch, body: m.ItemPatch, caller: CurrentCaller, tx: Transaction, marketplace: Shared[Settings]
) -> r.UpdateItem200:
    item = await service.update_item(tx, caller=caller, item_id=item_id, patch=body, if_match=if_match, currency=marketplace.currency)
    return r.UpdateItem200(body=item_view(item, caller, marketplace.currency), etag=item_etag(item, caller))


async def delete_item(item_id: p.ItemId, if_match: p.IfMatch, caller: CurrentCaller, tx: Transaction) -> None:
    await service.delete_item(tx, caller=caller, item_id=item_id, if_match=if_match)


async def record_stock_movement(
    item_id: p.ItemId,
    idempotency_key: p.IdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    body: m.StockMovementCreate,
    caller: CurrentCaller,
    tx: Transaction,
) -> r.RecordStockMovement201:
    movement = await stock.record_stock_movement(tx, caller=caller, item_id=item_id, movement=body)
    return r.RecordStockMovement201(body=stock_movement_view(movement))


async def list_stock_movements(
    item_id: p.ItemId,
    skip: p.Skip,
    limit: p.Limit,
    cursor: p.Cursor,
    caller: CurrentCaller,
    db: ReadOnly,
    paginator: Shared[Paginator],
) -> r.ListStockMovements200:
    request = PageRequest(skip, limit, cursor)
    page = await stock.list_stock_movements(db, paginator, caller=caller, item_id=item_id, request=request)
    return r.ListStockMovements200(body=stock_movement_page_view(page), link=page.link)
