# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money
from .price import Price


class QuoteLine(Model):
    """One item of a quote, priced."""

    __slots__ = (
        "product_id",
        "sku",
        "title",
        "unit_price",
        "quantity",
        "discount",
        "tax",
        "total",
        "available",
    )
    WIRE = (
        ("product_id", "product_id"),
        ("sku", "sku"),
        ("title", "title"),
        ("unit_price", "unit_price"),
        ("quantity", "quantity"),
        ("discount", "discount"),
        ("tax", "tax"),
        ("total", "total"),
        ("available", "available"),
    )

    product_id: int
    """The `id` of the item."""
    sku: str | None
    """The seller's article number."""
    title: str
    """What is bought."""
    unit_price: Price
    """Price of one unit."""
    quantity: int
    """Units asked for."""
    discount: Money
    """This line's share of the discount."""
    tax: Money
    """Tax on this line."""
    total: Money
    """Price times quantity, less discount, plus tax."""
    available: int
    """Units that can be ordered now."""

    def __init__(
        self,
        *,
        product_id: int,
        sku: str | None,
        title: str,
        unit_price: Price,
        quantity: int,
        discount: Money,
        tax: Money,
        total: Money,
        available: int,
    ) -> None:
        self.product_id = product_id
        self.sku = sku
        self.title = title
        self.unit_price = unit_price
        self.quantity = quantity
        self.discount = discount
        self.tax = tax
        self.total = total
        self.available = available
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.product_id = data["product_id"]
        self.sku = data["sku"]
        self.title = data["title"]
        self.unit_price = Price.from_dict(data["unit_price"])
        self.quantity = data["quantity"]
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.available = data["available"]
        self.extra = {} if len(data) == 9 else unknown_members(data, cls.NAMES)
        return self
