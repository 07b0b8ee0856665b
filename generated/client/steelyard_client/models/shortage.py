# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class Shortage(Model):
    """An item of which there is less than was asked for."""

    __slots__ = (
        "product_id",
        "requested",
        "available",
    )
    WIRE = (
        ("product_id", "product_id"),
        ("requested", "requested"),
        ("available", "available"),
    )

    product_id: int
    """The `id` of the item."""
    requested: int
    """Units asked for."""
    available: int
    """Units that were there. By the time you read this there may be more, or fewer."""

    def __init__(
        self,
        *,
        product_id: int,
        requested: int,
        available: int,
    ) -> None:
        self.product_id = product_id
        self.requested = requested
        self.available = available
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.product_id = data["product_id"]
        self.requested = data["requested"]
        self.available = data["available"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
