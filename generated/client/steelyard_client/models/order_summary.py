# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money
from .order_status import OrderStatus
from .payment_status import PaymentStatus


class OrderSummary(Model):
    """An order as lists show it. getOrder has the rest."""

    __slots__ = (
        "id",
        "buyer_id",
        "seller_id",
        "status",
        "payment_status",
        "total",
        "units",
        "created_at",
        "updated_at",
        "version",
    )
    WIRE = (
        ("id", "id"),
        ("buyer_id", "buyer_id"),
        ("seller_id", "seller_id"),
        ("status", "status"),
        ("payment_status", "payment_status"),
        ("total", "total"),
        ("units", "units"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("version", "version"),
    )

    id: int
    """Names the order."""
    buyer_id: int
    """The user who bought."""
    seller_id: int
    """The user who sells every item of it."""
    status: OrderStatus
    """`pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`: called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    payment_status: PaymentStatus
    """How much of an order is paid for. It counts units; `refunded` means every one of them."""
    total: Money
    """What has to be paid."""
    units: int
    """Units over all lines."""
    created_at: datetime.datetime
    """When it was placed."""
    updated_at: datetime.datetime
    """When it last changed."""
    version: int
    """Grows with each change."""

    def __init__(
        self,
        *,
        id: int,
        buyer_id: int,
        seller_id: int,
        status: OrderStatus,
        payment_status: PaymentStatus,
        total: Money,
        units: int,
        created_at: datetime.datetime,
        updated_at: datetime.datetime,
        version: int,
    ) -> None:
        self.id = id
        self.buyer_id = buyer_id
        self.seller_id = seller_id
        self.status = status
        self.payment_status = payment_status
        self.total = total
        self.units = units
        self.created_at = created_at
        self.updated_at = updated_at
        self.version = version
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.buyer_id = data["buyer_id"]
        self.seller_id = data["seller_id"]
        self.status = OrderStatus.of(data["status"])
        self.payment_status = PaymentStatus.of(data["payment_status"])
        self.total = Money.from_dict(data["total"])
        self.units = data["units"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.updated_at = datetime.datetime.fromisoformat(data["updated_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 10 else unknown_members(data, cls.NAMES)
        return self
