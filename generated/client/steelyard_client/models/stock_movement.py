# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .stock_movement_reason import StockMovementReason


class StockMovement(Model):
    """One line of the ledger of an item. Lines are added, never changed; the sum of all `delta` is the stock on hand."""

    __slots__ = (
        "id",
        "item_id",
        "delta",
        "reason",
        "order_id",
        "note",
        "on_hand_after",
        "actor_id",
        "created_at",
    )
    WIRE = (
        ("id", "id"),
        ("item_id", "item_id"),
        ("delta", "delta"),
        ("reason", "reason"),
        ("order_id", "order_id"),
        ("note", "note"),
        ("on_hand_after", "on_hand_after"),
        ("actor_id", "actor_id"),
        ("created_at", "created_at"),
    )

    id: int
    """Names the movement."""
    item_id: int
    """The item whose stock moved."""
    delta: int
    """Units that came (positive) or went (negative)."""
    reason: StockMovementReason
    """`received`, `correction`, `damage` and `customer_return` are recorded by the owner; `sale`, `cancellation` and `refund` are written by Steelyard when an order moves stock."""
    order_id: int | None
    """The order that moved it; `null` for a movement that somebody recorded."""
    note: str | None
    """What was noted with it."""
    on_hand_after: int
    """Stock on hand right after this movement."""
    actor_id: int | None
    """The user who caused it; `null` for Steelyard itself."""
    created_at: datetime.datetime
    """When it was recorded."""

    def __init__(
        self,
        *,
        id: int,
        item_id: int,
        delta: int,
        reason: StockMovementReason,
        order_id: int | None,
        note: str | None,
        on_hand_after: int,
        actor_id: int | None,
        created_at: datetime.datetime,
    ) -> None:
        self.id = id
        self.item_id = item_id
        self.delta = delta
        self.reason = reason
        self.order_id = order_id
        self.note = note
        self.on_hand_after = on_hand_after
        self.actor_id = actor_id
        self.created_at = created_at
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.item_id = data["item_id"]
        self.delta = data["delta"]
        self.reason = StockMovementReason.of(data["reason"])
        self.order_id = data["order_id"]
        self.note = data["note"]
        self.on_hand_after = data["on_hand_after"]
        self.actor_id = data["actor_id"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.extra = {} if len(data) == 9 else unknown_members(data, cls.NAMES)
        return self
