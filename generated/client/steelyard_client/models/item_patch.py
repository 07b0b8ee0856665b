# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired

from .item_status_input import ItemStatusInput
from .price import Price, PriceDict


class ItemPatchDict(TypedDict):
    """ItemPatch as a dictionary."""

    title: NotRequired[str]
    price: NotRequired[Price | PriceDict]
    sku: NotRequired[str | None]
    description: NotRequired[str]
    category: NotRequired[str | None]
    tags: NotRequired[Sequence[str]]
    image_urls: NotRequired[Sequence[str]]
    status: NotRequired[ItemStatusInput | Literal["draft", "active"]]


class ItemPatch(Model):
    """A JSON merge patch (RFC 7396): what is left out stays, `null` clears `sku` or `category`, arrays are replaced as a whole. Stock is not changed here but by recordStockMovement."""

    __slots__ = (
        "title",
        "price",
        "sku",
        "description",
        "category",
        "tags",
        "image_urls",
        "status",
    )
    WIRE = (
        ("title", "title"),
        ("price", "price"),
        ("sku", "sku"),
        ("description", "description"),
        ("category", "category"),
        ("tags", "tags"),
        ("image_urls", "image_urls"),
        ("status", "status"),
    )

    title: str | Unset
    """One line, not blank."""
    price: Price | Unset
    """The new price. Orders that exist keep the old one."""
    sku: str | None | Unset
    """Your own article number, unique among your items that are not archived."""
    description: str | Unset
    """Free text of several lines; `''` clears it."""
    category: str | None | Unset
    """One shelf of the shop, of your choosing. Lower case words joined by hyphens."""
    tags: list[str] | Unset
    """Replaces all tags."""
    image_urls: list[str] | Unset
    """Replaces all pictures."""
    status: ItemStatusInput | Unset
    """What an owner may set. An item is archived by deleting it."""

    def __init__(
        self,
        *,
        title: str | Unset = UNSET,
        price: Price | Unset = UNSET,
        sku: str | None | Unset = UNSET,
        description: str | Unset = UNSET,
        category: str | None | Unset = UNSET,
        tags: list[str] | Unset = UNSET,
        image_urls: list[str] | Unset = UNSET,
        status: ItemStatusInput | Unset = UNSET,
    ) -> None:
        self.title = title
        self.price = price
        self.sku = sku
        self.description = description
        self.category = category
        self.tags = tags
        self.image_urls = image_urls
        self.status = status
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.title = data.get("title", UNSET)
        self.price = Price.from_dict(data["price"]) if "price" in data else UNSET
        self.sku = data.get("sku", UNSET)
        self.description = data.get("description", UNSET)
        self.category = data.get("category", UNSET)
        self.tags = data.get("tags", UNSET)
        self.image_urls = data.get("image_urls", UNSET)
        self.status = ItemStatusInput.of(data["status"]) if "status" in data else UNSET
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
