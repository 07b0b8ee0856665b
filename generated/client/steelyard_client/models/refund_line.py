# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money


class RefundLine(Model):
    """Units of one line of an order, refunded."""

    __slots__ = (
        "line_id",
        "quantity",
        "amount",
    )
    WIRE = (
        ("line_id", "line_id"),
        ("quantity", "quantity"),
        ("amount", "amount"),
    )

    line_id: int
    """The `id` of the order line."""
    quantity: int
    """Units of it."""
    amount: Money
    """What is given back for them."""

    def __init__(
        self,
        *,
        line_id: int,
        quantity: int,
        amount: Money,
    ) -> None:
        self.line_id = line_id
        self.quantity = quantity
        self.amount = amount
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.line_id = data["line_id"]
        self.quantity = data["quantity"]
        self.amount = Money.from_dict(data["amount"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
