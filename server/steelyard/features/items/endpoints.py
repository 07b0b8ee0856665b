"""Items and their stock over HTTP: one coroutine per operationId."""

from collections.abc import Sequence
from functools import lru_cache

from pydantic_core import from_json

from steelyard.contract.access.caller import Caller
from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Shared, Transaction
from steelyard.contract.http.etags import etag
from steelyard.contract.response.encoder import encode
from steelyard.features.items import service
from steelyard.features.items.access import sees_stock
from steelyard.paging.paginator import Page, PageRequest, Paginator
from steelyard.settings import Settings
from steelyard.tables.items import ItemRow, StockMovementRow
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
    filters = service.ItemFilters(status, sort, search, category, owner_id, min_price, max_price, in_stock)
    page = await service.list_items(db, paginator, caller=caller, filters=filters, request=PageRequest(skip, limit, cursor))
    return r.ListItems200(body=_page(page, caller, marketplace.currency, search), link=page.link)


async def create_item(
    body: m.ItemCreate,
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,
    tx: Transaction,
    marketplace: Shared[Settings],
) -> r.CreateItem201:
    item = await service.create_item(tx, caller=caller, draft=body, currency=marketplace.currency)
    return r.CreateItem201(body=_view(item, caller, marketplace.currency), location=f"/items/{item.id}", etag=_tag(item, caller))


async def get_item(item_id: p.ItemId, caller: OptionalCaller, db: ReadOnly, marketplace: Shared[Settings]) -> r.GetItem200:
    item = await service.get_item(db, caller=caller, item_id=item_id)
    return r.GetItem200(body=_view(item, caller, marketplace.currency), etag=_tag(item, caller))


async def update_item(
    item_id: p.ItemId, if_match: p.IfMatch, body: m.ItemPatch, caller: CurrentCaller, tx: Transaction, marketplace: Shared[Settings]
) -> r.UpdateItem200:
    item = await service.update_item(tx, caller=caller, item_id=item_id, patch=body, if_match=if_match, currency=marketplace.currency)
    return r.UpdateItem200(body=_view(item, caller, marketplace.currency), etag=_tag(item, caller))


async def delete_item(item_id: p.ItemId, if_match: p.IfMatch, caller: CurrentCaller, tx: Transaction) -> None:
    await service.delete_item(tx, caller=caller, item_id=item_id, if_match=if_match)


async def record_stock_movement(
    item_id: p.ItemId,
    idempotency_key: p.IdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    body: m.StockMovementCreate,
    caller: CurrentCaller,
    tx: Transaction,
) -> r.RecordStockMovement201:
    movement = await service.record_stock_movement(tx, caller=caller, item_id=item_id, movement=body)
    return r.RecordStockMovement201(body=_movement(movement))


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
    page = await service.list_stock_movements(db, paginator, caller=caller, item_id=item_id, request=request)
    return r.ListStockMovements200(body=_movement_page(page), link=page.link)


# Members of enumerations by value: looking them up through the class would be two calls for every row.
_STATUS = {status.value: status for status in m.ItemStatus}
_REASON = {reason.value: reason for reason in m.StockMovementReason}


def _tag(row: ItemRow, caller: Caller | None) -> str:
    return etag(row.version, row.stock_version, view="o" if sees_stock(caller, row.owner_id) else "")


def _view(row: ItemRow, caller: Caller | None, currency: str) -> m.Item:
    return _seen(row, sees_stock(caller, row.owner_id), currency)


def _views(rows: Sequence[ItemRow], caller: Caller | None, currency: str) -> list[m.Item]:
    return [_seen_again(row, sees_stock(caller, row.owner_id), currency) for row in rows]


def _page(page: Page[ItemRow], caller: Caller | None, currency: str, search: str | None) -> m.ItemPage:
    return m.ItemPage.model_construct(
        items=_views(page.rows, caller, currency),
        skip=page.skip,
        limit=page.limit,
        total=page.total,
        next_cursor=page.next_cursor,
        search=search,
    )


def _movement_page(page: Page[StockMovementRow]) -> m.StockMovementPage:
    return m.StockMovementPage.model_construct(
        items=list(map(_movement, page.rows)), skip=page.skip, limit=page.limit, total=page.total, next_cursor=page.next_cursor
    )


def _seen(row: ItemRow, sees_stock: bool, currency: str) -> m.Item:
    return m.Item.model_construct(
        id=row.id,
        owner_id=row.owner_id,
        sku=row.sku,
        title=row.title,
        description=row.description,
        category=row.category,
        tags=[] if row.tags == "[]" else from_json(row.tags),
        image_urls=[] if row.image_urls == "[]" else from_json(row.image_urls),
        price=_price(row.price, currency),
        status=_STATUS[row.status],
        available=row.on_hand - row.reserved,
        on_hand=row.on_hand if sees_stock else None,
        reserved=row.reserved if sees_stock else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


# Nobody changes a model that is on its way out, and few prices are the only one of their kind.
@lru_cache(maxsize=5000)
def _price(amount: int, currency: str) -> m.Price:
    return m.Price.model_construct(amount=amount, currency=currency)


# The first pages are read again and again between two changes; single items are too many to be met again, and looking for one costs
# more than making it. A row is a value: the same one always looks the same. The newest five thousand take some ten megabytes.
@lru_cache(maxsize=5000)
def _seen_again(row: ItemRow, sees_stock: bool, currency: str) -> m.Item:
    return encode(_seen(row, sees_stock, currency))


def _movement(row: StockMovementRow) -> m.StockMovement:
    return m.StockMovement.model_construct(
        id=row.id,
        item_id=row.item_id,
        delta=row.delta,
        reason=_REASON[row.reason],
        order_id=row.order_id,
        note=row.note,
        on_hand_after=row.on_hand_after,
        actor_id=row.actor_id,
        created_at=row.created_at,
    )
