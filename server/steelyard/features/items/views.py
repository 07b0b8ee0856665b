"""Turns the rows of items and stock movements into wire models."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat

from pydantic_core import from_json

from steelyard.contract.access.caller import Caller
from steelyard.contract.http.etags import etag
from steelyard.contract.response.encoder import TaggedBody, encode, encode_page
from steelyard.features.items.access import sees_stock
from steelyard.paging.paginator import Page
from steelyard.settings import Settings
from steelyard.tables.items import ItemRow, StockMovementRow
from steelyard_contract import models as m
from steelyard_contract import responses as r

# A dictionary spares the two calls of a lookup through the class.
_STATUS = {status.value: status for status in m.ItemStatus}
_REASON = {reason.value: reason for reason in m.StockMovementReason}

# Bodies of one page: for callers who see no stock, for staff, and for owners of some of its items.
_MAX_BODIES = 4


def item_etag(item: ItemRow, caller: Caller | None) -> str:
    """The tag of the item as this caller sees it: with the numbers of its stock, or without."""
    return etag(item.version, item.stock_version, view="o" if sees_stock(caller, item.owner_id) else "")


def item_view(item: ItemRow, caller: Caller | None, currency: str) -> m.Item:
    return _item_view(item, sees_stock(caller, item.owner_id), currency)


def item_page_view(page: Page[ItemRow], caller: Caller | None, settings: Settings, search: str | None) -> r.Encoded[m.ItemPage]:
    # Most callers are anonymous, and need no call for each item.
    shows_stock = () if caller is None else tuple([sees_stock(caller, item.owner_id) for item in page.rows])
    if page.bodies is None:
        return _item_page_view(page, shows_stock, settings, search)
    body: TaggedBody[m.ItemPage] | None = page.bodies.get(shows_stock)
    if body is None:
        body = TaggedBody(_item_page_view(page, shows_stock, settings, search))
        if len(page.bodies) < _MAX_BODIES:
            page.bodies[shows_stock] = body
    return body


def _item_page_view(page: Page[ItemRow], shows_stock: Sequence[bool], settings: Settings, search: str | None) -> r.Encoded[m.ItemPage]:
    encoded, currency = _kept_item if settings.item_cache else _encoded_item, settings.currency
    items = [encoded(item, with_stock, currency) for item, with_stock in zip(page.rows, shows_stock or repeat(False), strict=False)]
    around = m.ItemPage.model_construct(
        items=[], skip=page.skip, limit=page.limit, total=page.total, next_cursor=page.next_cursor, search=search
    )
    return encode_page(around, items)


def stock_movement_page_view(page: Page[StockMovementRow]) -> m.StockMovementPage:
    return m.StockMovementPage.model_construct(
        items=list(map(stock_movement_view, page.rows)),
        skip=page.skip,
        limit=page.limit,
        total=page.total,
        next_cursor=page.next_cursor,
    )


def stock_movement_view(movement: StockMovementRow) -> m.StockMovement:
    return m.StockMovement.model_construct(
        id=movement.id,
        item_id=movement.item_id,
        delta=movement.delta,
        reason=_REASON[movement.reason],
        order_id=movement.order_id,
        note=movement.note,
        on_hand_after=movement.on_hand_after,
        actor_id=movement.actor_id,
        created_at=movement.created_at,
    )


def _item_view(item: ItemRow, with_stock: bool, currency: str) -> m.Item:
    return m.Item.model_construct(
        id=item.id,
        owner_id=item.owner_id,
        sku=item.sku,
        title=item.title,
        description=item.description,
        category=item.category,
        tags=[] if item.tags == "[]" else from_json(item.tags),
        image_urls=[] if item.image_urls == "[]" else from_json(item.image_urls),
        price=_price_view(item.price, currency),
        status=_STATUS[item.status],
        available=item.on_hand - item.reserved,
        on_hand=item.on_hand if with_stock else None,
        reserved=item.reserved if with_stock else None,
        created_at=item.created_at,
        updated_at=item.updated_at,
        version=item.version,
    )


# Nothing changes a model that is about to be sent, and most prices occur more than once.
@lru_cache(maxsize=5000)
def _price_view(amount: int, currency: str) -> m.Price:
    return m.Price.model_construct(amount=amount, currency=currency)


def _encoded_item(item: ItemRow, with_stock: bool, currency: str) -> r.Encoded[m.Item]:
    return encode(_item_view(item, with_stock, currency))


# The first pages of a listing are read again and again between two changes. Single items are too many: a lookup costs more than a new
# model. A row is a value, so an equal row always looks the same. A thousand are ten of the longest pages, and take some two megabytes.
_kept_item = lru_cache(maxsize=1000)(_encoded_item)
