# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class OrderNotFoundProblem(Model):
    """Order not found."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
    )

    type: Literal["/problems/order-not-found"]
    title: Literal["Order not found"]
    status: Literal[404]
    detail: Literal["Order not found"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""

    def __init__(
        self,
        *,
        type: Literal["/problems/order-not-found"] = "/problems/order-not-found",
        title: Literal["Order not found"] = "Order not found",
        status: Literal[404] = 404,
        detail: Literal["Order not found"] = "Order not found",
        instance: str,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self
