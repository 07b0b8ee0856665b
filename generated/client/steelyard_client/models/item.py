# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .item_status import ItemStatus
from .price import Price


class Item(Model):
    """Something that its owner sells. Everybody reads `available`; `on_hand` and `reserved` are numbers for the owner and for staff and `null` for everyone else."""

    __slots__ = (
        "id",
        "owner_id",
        "sku",
        "title",
        "description",
        "category",
        "tags",
        "image_urls",
        "price",
        "status",
        "available",
        "on_hand",
        "reserved",
        "created_at",
        "updated_at",
        "version",
    )
    WIRE = (
        ("id", "id"),
        ("owner_id", "owner_id"),
        ("sku", "sku"),
        ("title", "title"),
        ("description", "description"),
        ("category", "category"),
        ("tags", "tags"),
        ("image_urls", "image_urls"),
        ("price", "price"),
        ("status", "status"),
        ("available", "available"),
        ("on_hand", "on_hand"),
        ("reserved", "reserved"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("version", "version"),
    )

    id: int
    """Names the item; an order calls it `product_id`."""
    owner_id: int
    """The user who sells it."""
    sku: str | None
    """The owner's article number."""
    title: str
    """One line."""
    description: str
    """Free text, `''` if there is none. Plain text; escape it before you put it into HTML."""
    category: str | None
    """The shelf that it stands on."""
    tags: list[str]
    """Words to be found by."""
    image_urls: list[str]
    """Pictures, the best one first."""
    price: Price
    """What one unit costs, without tax."""
    status: ItemStatus
    """`draft`: seen by its owner and staff only. `active`: on sale. `archived`: removed for good; past orders still name it."""
    available: int
    """Units that can be ordered now, `on_hand` less `reserved`."""
    on_hand: int | None
    """Units in stock. `null` unless you own the item or are staff."""
    reserved: int | None
    """Units in stock that pending orders hold. `null` unless you own the item or are staff."""
    created_at: datetime.datetime
    """When it was first offered."""
    updated_at: datetime.datetime
    """When the item was last edited; sales and stock movements do not count."""
    version: int
    """Grows with each edit, not with sales. Send it as `If-Match` to refuse lost updates."""

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
        self.id = id
        self.owner_id = owner_id
        self.sku = sku
        self.title = title
        self.description = description
        self.category = category
        self.tags = tags
        self.image_urls = image_urls
        self.price = price
        self.status = status
        self.available = available
        self.on_hand = on_hand
        self.reserved = reserved
        self.created_at = created_at
        self.updated_at = updated_at
        self.version = version
        self.extra: dict[str, Any] = {}

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
