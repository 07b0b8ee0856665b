# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired

from .recordable_reason import RecordableReason


class StockMovementCreateDict(TypedDict):
    """StockMovementCreate as a dictionary."""

    delta: int
    reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"]
    note: NotRequired[str]
    expected_on_hand: NotRequired[int]


class StockMovementCreate(Model):
    """A change of stock that did not come from an order."""

    __slots__ = (
        "delta",
        "reason",
        "note",
        "expected_on_hand",
    )
    WIRE = (
        ("delta", "delta"),
        ("reason", "reason"),
        ("note", "note"),
        ("expected_on_hand", "expected_on_hand"),
    )

    delta: int
    """Units that came (positive) or went (negative); not 0."""
    reason: RecordableReason
    """Why stock changed, as far as a person can say it. What orders do to stock records itself."""
    note: str | Unset
    """Anything that you want to remember about it."""
    expected_on_hand: int | Unset
    """The stock that you believe to be there. If it is another, nothing happens (`stock-changed`)."""

    def __init__(
        self,
        *,
        delta: int,
        reason: RecordableReason,
        note: str | Unset = UNSET,
        expected_on_hand: int | Unset = UNSET,
    ) -> None:
        self.delta = delta
        self.reason = reason
        self.note = note
        self.expected_on_hand = expected_on_hand
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.delta = data["delta"]
        self.reason = RecordableReason.of(data["reason"])
        self.note = data.get("note", UNSET)
        self.expected_on_hand = data.get("expected_on_hand", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
