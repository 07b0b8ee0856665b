# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .order_status import OrderStatus


class OrderTransition(Model):
    """One step in the life of an order."""

    __slots__ = (
        "status",
        "at",
        "actor_id",
    )
    WIRE = (
        ("status", "status"),
        ("at", "at"),
        ("actor_id", "actor_id"),
    )

    status: OrderStatus
    """`pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`: called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    at: datetime.datetime
    """Since when."""
    actor_id: int | None
    """The user who did it; `null` for Steelyard itself."""

    def __init__(
        self,
        *,
        status: OrderStatus,
        at: datetime.datetime,
        actor_id: int | None,
    ) -> None:
        self.status = status
        self.at = at
        self.actor_id = actor_id
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = OrderStatus.of(data["status"])
        self.at = datetime.datetime.fromisoformat(data["at"])
        self.actor_id = data["actor_id"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
