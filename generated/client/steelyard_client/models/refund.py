# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money
from .refund_line import RefundLine
from .refund_status import RefundStatus


class Refund(Model):
    """Money given back for some units of an order."""

    __slots__ = (
        "id",
        "order_id",
        "status",
        "lines",
        "amount",
        "restock",
        "reason",
        "reference",
        "created_at",
        "settled_at",
    )
    WIRE = (
        ("id", "id"),
        ("order_id", "order_id"),
        ("status", "status"),
        ("lines", "lines"),
        ("amount", "amount"),
        ("restock", "restock"),
        ("reason", "reason"),
        ("reference", "reference"),
        ("created_at", "created_at"),
        ("settled_at", "settled_at"),
    )

    id: int
    """Names the refund."""
    order_id: int
    """The order that was paid."""
    status: RefundStatus
    """`started`: the provider has not answered yet. A `failed` refund gave nothing back."""
    lines: list[RefundLine]
    """What is refunded."""
    amount: Money
    """What is given back in all."""
    restock: bool
    """Whether the units go back into stock."""
    reason: str
    """Why."""
    reference: str | None
    """What the provider, or the seller, calls it."""
    created_at: datetime.datetime
    """When it was started."""
    settled_at: datetime.datetime | None
    """When its outcome was known; `null` while it is started."""

    def __init__(
        self,
        *,
        id: int,
        order_id: int,
        status: RefundStatus,
        lines: list[RefundLine],
        amount: Money,
        restock: bool,
        reason: str,
        reference: str | None,
        created_at: datetime.datetime,
        settled_at: datetime.datetime | None,
    ) -> None:
        self.id = id
        self.order_id = order_id
        self.status = status
        self.lines = lines
        self.amount = amount
        self.restock = restock
        self.reason = reason
        self.reference = reference
        self.created_at = created_at
        self.settled_at = settled_at
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.order_id = data["order_id"]
        self.status = RefundStatus.of(data["status"])
        self.lines = [RefundLine.from_dict(value) for value in data["lines"]]
        self.amount = Money.from_dict(data["amount"])
        self.restock = data["restock"]
        self.reason = data["reason"]
        self.reference = data["reference"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.settled_at = None if data["settled_at"] is None else datetime.datetime.fromisoformat(data["settled_at"])
        self.extra = {} if len(data) == 10 else unknown_members(data, cls.NAMES)
        return self
