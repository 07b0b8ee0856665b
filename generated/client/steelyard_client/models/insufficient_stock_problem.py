# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .shortage import Shortage


class InsufficientStockProblem(Model):
    """Insufficient stock."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "items",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("items", "items"),
    )

    type: Literal["/problems/insufficient-stock"]
    title: Literal["Insufficient stock"]
    status: Literal[409]
    detail: Literal["There is not enough in stock"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    items: list[Shortage]
    """Everything that is short, not only the first."""

    def __init__(
        self,
        *,
        type: Literal["/problems/insufficient-stock"] = "/problems/insufficient-stock",
        title: Literal["Insufficient stock"] = "Insufficient stock",
        status: Literal[409] = 409,
        detail: Literal["There is not enough in stock"] = "There is not enough in stock",
        instance: str,
        items: list[Shortage],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.items = items
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.items = [Shortage.from_dict(value) for value in data["items"]]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
