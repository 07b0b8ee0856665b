# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired


class CancelOrderDict(TypedDict):
    """CancelOrder as a dictionary."""

    reason: str
    reference: NotRequired[str]


class CancelOrder(Model):
    """Why an order is called off."""

    __slots__ = (
        "reason",
        "reference",
    )
    WIRE = (
        ("reason", "reason"),
        ("reference", "reference"),
    )

    reason: str
    """One line, for buyer and seller to read."""
    reference: str | Unset
    """Where money was paid back outside of Steelyard, what the seller calls that payment."""

    def __init__(
        self,
        *,
        reason: str,
        reference: str | Unset = UNSET,
    ) -> None:
        self.reason = reason
        self.reference = reference
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.reason = data["reason"]
        self.reference = data.get("reference", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
