# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money
from .price import Price


class OrderLine(Model):
    """One item of an order."""

    __slots__ = (
        "id",
        "product_id",
        "sku",
        "title",
        "unit_price",
        "quantity",
        "discount",
        "tax",
        "total",
        "refunded_quantity",
        "refunded",
    )
    WIRE = (
        ("id", "id"),
        ("product_id", "product_id"),
        ("sku", "sku"),
        ("title", "title"),
        ("unit_price", "unit_price"),
        ("quantity", "quantity"),
        ("discount", "discount"),
        ("tax", "tax"),
        ("total", "total"),
        ("refunded_quantity", "refunded_quantity"),
        ("refunded", "refunded"),
    )

    id: int
    """Names the line; a refund calls it `line_id`."""
    product_id: int
    """The `id` of the item."""
    sku: str | None
    """The seller's article number."""
    title: str
    """What was bought."""
    unit_price: Price
    """Price of one unit."""
    quantity: int
    """Units bought."""
    discount: Money
    """This line's share of the discount."""
    tax: Money
    """Tax on this line."""
    total: Money
    """Price times quantity, less discount, plus tax."""
    refunded_quantity: int
    """Units that were refunded."""
    refunded: Money
    """What was paid back for this line."""

    def __init__(
        self,
        *,
        id: int,
        product_id: int,
        sku: str | None,
        title: str,
        unit_price: Price,
        quantity: int,
        discount: Money,
        tax: Money,
        total: Money,
        refunded_quantity: int,
        refunded: Money,
    ) -> None:
        self.id = id
        self.product_id = product_id
        self.sku = sku
        self.title = title
        self.unit_price = unit_price
        self.quantity = quantity
        self.discount = discount
        self.tax = tax
        self.total = total
        self.refunded_quantity = refunded_quantity
        self.refunded = refunded
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.product_id = data["product_id"]
        self.sku = data["sku"]
        self.title = data["title"]
        self.unit_price = Price.from_dict(data["unit_price"])
        self.quantity = data["quantity"]
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.refunded_quantity = data["refunded_quantity"]
        self.refunded = Money.from_dict(data["refunded"])
        self.extra = {} if len(data) == 11 else unknown_members(data, cls.NAMES)
        return self
