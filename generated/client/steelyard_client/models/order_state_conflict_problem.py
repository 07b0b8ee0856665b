# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .order_status import OrderStatus


class OrderStateConflictProblem(Model):
    """Order state conflict."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "order_status",
        "allowed",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("order_status", "order_status"),
        ("allowed", "allowed"),
    )

    type: Literal["/problems/order-state-conflict"]
    title: Literal["Order state conflict"]
    status: Literal[409]
    detail: Literal["The order is in a state that does not allow this"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    order_status: OrderStatus
    """The state it is in."""
    allowed: list[OrderStatus]
    """The states it can still reach from there; none when it is final."""

    def __init__(
        self,
        *,
        type: Literal["/problems/order-state-conflict"] = "/problems/order-state-conflict",
        title: Literal["Order state conflict"] = "Order state conflict",
        status: Literal[409] = 409,
        detail: Literal["The order is in a state that does not allow this"] = "The order is in a state that does not allow this",
        instance: str,
        order_status: OrderStatus,
        allowed: list[OrderStatus],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.order_status = order_status
        self.allowed = allowed
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.order_status = OrderStatus.of(data["order_status"])
        self.allowed = [OrderStatus.of(value) for value in data["allowed"]]
        self.extra = {} if len(data) == 7 else unknown_members(data, cls.NAMES)
        return self
