# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of the tag `items`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members

from .common import Price


class Item(Model):
    """An item that its owner sells. `available` is public; `on_hand` and `reserved` are `null` unless you own the item or are staff."""

    id: int
    """The id of the item. Orders call it `product_id`."""
    owner_id: int
    """The user who sells the item."""
    sku: str | None
    """The owner's article number."""
    title: str
    """One line."""
    description: str
    """Plain text, `''` if there is none. Escape it before you put it into HTML."""
    category: str | None
    """The category of the item."""
    tags: list[str]
    """Words for the search."""
    image_urls: list[str]
    """Images, the main one first."""
    price: Price
    """The price of one unit, without tax."""
    status: ItemStatus
    """`draft`: visible to its owner and staff only. `active`: on sale. `archived`: removed for good; past orders still show it."""
    available: int
    """Units that can be ordered now, `on_hand` less `reserved`."""
    on_hand: int | None
    """Units in stock. `null` unless you own the item or are staff."""
    reserved: int | None
    """Units that pending orders have reserved. `null` unless you own the item or are staff."""
    created_at: datetime.datetime
    """When the item was created."""
    updated_at: datetime.datetime
    """When the item was last edited; sales and stock movements do not count."""
    version: int
    """Increases with each edit, not with sales. Send it as `If-Match` to prevent lost updates."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        owner_id: int,
        sku: str | None,
        title: str,
        description: str,
        category: str | None,
        tags: list[str],
        image_urls: list[str],
        price: Price,
        status: ItemStatus,
        available: int,
        on_hand: int | None,
        reserved: int | None,
        created_at: datetime.datetime,
        updated_at: datetime.datetime,
        version: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.owner_id = data["owner_id"]
        self.sku = data["sku"]
        self.title = data["title"]
        self.description = data["description"]
        self.category = data["category"]
        self.tags = data["tags"]
        self.image_urls = data["image_urls"]
        self.price = Price.from_dict(data["price"])
        self.status = ItemStatus.of(data["status"])
        self.available = data["available"]
        self.on_hand = data["on_hand"]
        self.reserved = data["reserved"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.updated_at = datetime.datetime.fromisoformat(data["updated_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 16 else unknown_members(data, cls.NAMES)
        return self


class ItemStatus(OpenEnum):
    """`draft`: visible to its owner and staff only. `active`: on sale. `archived`: removed for good; past orders still show it."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class ItemPage(Model):
    """A page of items, with the parameters of the request."""

    items: list[Item]
    """In the order of `sort`."""
    skip: int | None
    """The number of skipped entries; `null` on a page by `cursor`."""
    limit: int
    """The requested size of the page. It may have fewer entries."""
    total: int | None
    """The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last page."""
    search: str | None
    """The search text of the request."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self, *, items: list[Item], skip: int | None, limit: int, total: int | None, next_cursor: str | None, search: str | None
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [Item.from_dict(value) for value in data["items"]]
        self.skip = data["skip"]
        self.limit = data["limit"]
        self.total = data["total"]
        self.next_cursor = data["next_cursor"]
        self.search = data["search"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self


class StockMovement(Model):
    """A change of an item's stock on hand. Movements are never changed; the sum of all `delta` is the stock on hand."""

    id: int
    """The id of the movement."""
    item_id: int
    """The item whose stock moved."""
    delta: int
    """Units added (positive) or removed (negative)."""
    reason: StockMovementReason
    """The owner records `received`, `correction`, `damage` and `customer_return`. Steelyard records `sale`, `cancellation` and `refund` when an order changes stock."""
    order_id: int | None
    """The order that changed the stock; `null` for a movement that was recorded by hand."""
    note: str | None
    """The note of the movement."""
    on_hand_after: int
    """Stock on hand right after this movement."""
    actor_id: int | None
    """The user who caused the movement; `null` for Steelyard itself."""
    created_at: datetime.datetime
    """When the movement was recorded."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        item_id: int,
        delta: int,
        reason: StockMovementReason,
        order_id: int | None,
        note: str | None,
        on_hand_after: int,
        actor_id: int | None,
        created_at: datetime.datetime,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.item_id = data["item_id"]
        self.delta = data["delta"]
        self.reason = StockMovementReason.of(data["reason"])
        self.order_id = data["order_id"]
        self.note = data["note"]
        self.on_hand_after = data["on_hand_after"]
        self.actor_id = data["actor_id"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.extra = {} if len(data) == 9 else unknown_members(data, cls.NAMES)
        return self


class StockMovementReason(OpenEnum):
    """The owner records `received`, `correction`, `damage` and `customer_return`. Steelyard records `sale`, `cancellation` and `refund` when an order changes stock."""

    RECEIVED = "received"
    CORRECTION = "correction"
    DAMAGE = "damage"
    CUSTOMER_RETURN = "customer_return"
    SALE = "sale"
    CANCELLATION = "cancellation"
    REFUND = "refund"


class StockMovementPage(Model):
    """A page of an item's stock movements, newest first."""

    items: list[StockMovement]
    """Newest first."""
    skip: int | None
    """The number of skipped entries; `null` on a page by `cursor`."""
    limit: int
    """The requested size of the page. It may have fewer entries."""
    total: int | None
    """The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last page."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, items: list[StockMovement], skip: int | None, limit: int, total: int | None, next_cursor: str | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [StockMovement.from_dict(value) for value in data["items"]]
        self.skip = data["skip"]
        self.limit = data["limit"]
        self.total = data["total"]
        self.next_cursor = data["next_cursor"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self
