# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired

from .item_status_input import ItemStatusInput
from .price import Price, PriceDict


class ItemCreateDict(TypedDict):
    """ItemCreate as a dictionary."""

    title: str
    price: Price | PriceDict
    sku: NotRequired[str]
    description: NotRequired[str]
    category: NotRequired[str]
    tags: NotRequired[Sequence[str]]
    image_urls: NotRequired[Sequence[str]]
    status: NotRequired[ItemStatusInput | Literal["draft", "active"]]
    on_hand: NotRequired[int]


class ItemCreate(Model):
    """A new item. Only `title` and `price` are needed; what is left out has the default that is shown."""

    __slots__ = (
        "title",
        "price",
        "sku",
        "description",
        "category",
        "tags",
        "image_urls",
        "status",
        "on_hand",
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
        ("on_hand", "on_hand"),
    )

    title: str
    """One line, not blank."""
    price: Price
    """What one piece costs; Money within the bounds of a price."""
    sku: str | Unset
    """Your own article number, unique among your items that are not archived."""
    description: str | Unset
    """Free text of several lines."""
    category: str | Unset
    """One shelf of the shop, of your choosing. Lower case words joined by hyphens."""
    tags: list[str] | Unset
    """Words to be found by, besides title and description."""
    image_urls: list[str] | Unset
    """Pictures, the best one first."""
    status: ItemStatusInput | Unset
    """What an owner may set. An item is archived by deleting it."""
    on_hand: int | Unset
    """Units in stock at the start. They become a stock movement with the reason `received`."""

    def __init__(
        self,
        *,
        title: str,
        price: Price,
        sku: str | Unset = UNSET,
        description: str | Unset = UNSET,
        category: str | Unset = UNSET,
        tags: list[str] | Unset = UNSET,
        image_urls: list[str] | Unset = UNSET,
        status: ItemStatusInput | Unset = UNSET,
        on_hand: int | Unset = UNSET,
    ) -> None:
        self.title = title
        self.price = price
        self.sku = sku
        self.description = description
        self.category = category
        self.tags = tags
        self.image_urls = image_urls
        self.status = status
        self.on_hand = on_hand
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.title = data["title"]
        self.price = Price.from_dict(data["price"])
        self.sku = data.get("sku", UNSET)
        self.description = data.get("description", UNSET)
        self.category = data.get("category", UNSET)
        self.tags = data.get("tags", UNSET)
        self.image_urls = data.get("image_urls", UNSET)
        self.status = ItemStatusInput.of(data["status"]) if "status" in data else UNSET
        self.on_hand = data.get("on_hand", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
