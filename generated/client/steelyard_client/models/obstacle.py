# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .obstacle_type import ObstacleType


class Obstacle(Model):
    """One reason why this order would be refused now."""

    __slots__ = (
        "type",
        "detail",
        "product_id",
    )
    WIRE = (
        ("type", "type"),
        ("detail", "detail"),
        ("product_id", "product_id"),
    )

    type: ObstacleType
    """The problem that createOrder would answer with, without `/problems/`."""
    detail: str
    """The reason as a sentence, the `detail` of that problem."""
    product_id: int | None
    """The item that it is about; `null` if it is about the whole order."""

    def __init__(
        self,
        *,
        type: ObstacleType,
        detail: str,
        product_id: int | None,
    ) -> None:
        self.type = type
        self.detail = detail
        self.product_id = product_id
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = ObstacleType.of(data["type"])
        self.detail = data["detail"]
        self.product_id = data["product_id"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
