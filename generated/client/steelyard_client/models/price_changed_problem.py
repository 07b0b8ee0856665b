# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money


class PriceChangedProblem(Model):
    """Price changed."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "total",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("total", "total"),
    )

    type: Literal["/problems/price-changed"]
    title: Literal["Price changed"]
    status: Literal[409]
    detail: Literal["The order would not cost what the request expected"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    total: Money
    """What it would cost now."""

    def __init__(
        self,
        *,
        type: Literal["/problems/price-changed"] = "/problems/price-changed",
        title: Literal["Price changed"] = "Price changed",
        status: Literal[409] = 409,
        detail: Literal["The order would not cost what the request expected"] = "The order would not cost what the request expected",
        instance: str,
        total: Money,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.total = total
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.total = Money.from_dict(data["total"])
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
