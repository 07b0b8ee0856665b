# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import Model, unknown_members


class BasketLineDict(TypedDict):
    """BasketLine as a dictionary."""

    product_id: int
    quantity: int


class BasketLine(Model):
    """One item of a basket."""

    __slots__ = (
        "product_id",
        "quantity",
    )
    WIRE = (
        ("product_id", "product_id"),
        ("quantity", "quantity"),
    )

    product_id: int
    """The `id` of the item."""
    quantity: int
    """Units of it."""

    def __init__(
        self,
        *,
        product_id: int,
        quantity: int,
    ) -> None:
        self.product_id = product_id
        self.quantity = quantity
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.product_id = data["product_id"]
        self.quantity = data["quantity"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
