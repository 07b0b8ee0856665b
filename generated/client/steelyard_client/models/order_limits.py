# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class OrderLimits(Model):
    """How much one order may hold."""

    __slots__ = (
        "lines",
        "quantity",
        "bulk_threshold",
    )
    WIRE = (
        ("lines", "lines"),
        ("quantity", "quantity"),
        ("bulk_threshold", "bulk_threshold"),
    )

    lines: int
    """The most lines of an order."""
    quantity: int
    """The most units of a line."""
    bulk_threshold: int
    """Orders of more units than this need a discount code."""

    def __init__(
        self,
        *,
        lines: int,
        quantity: int,
        bulk_threshold: int,
    ) -> None:
        self.lines = lines
        self.quantity = quantity
        self.bulk_threshold = bulk_threshold
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.lines = data["lines"]
        self.quantity = data["quantity"]
        self.bulk_threshold = data["bulk_threshold"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
