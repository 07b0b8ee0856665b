# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class OpenOrdersProblem(Model):
    """Open orders."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "orders",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("orders", "orders"),
    )

    type: Literal["/problems/open-orders"]
    title: Literal["Open orders"]
    status: Literal[409]
    detail: Literal["There are orders, bought or sold, that are not finished"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    orders: int
    """How many."""

    def __init__(
        self,
        *,
        type: Literal["/problems/open-orders"] = "/problems/open-orders",
        title: Literal["Open orders"] = "Open orders",
        status: Literal[409] = 409,
        detail: Literal[
            "There are orders, bought or sold, that are not finished"
        ] = "There are orders, bought or sold, that are not finished",
        instance: str,
        orders: int,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.orders = orders
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.orders = data["orders"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
