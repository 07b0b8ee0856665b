# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class Shipment(Model):
    """Who carries an order."""

    __slots__ = (
        "carrier",
        "tracking_number",
    )
    WIRE = (
        ("carrier", "carrier"),
        ("tracking_number", "tracking_number"),
    )

    carrier: str
    """The carrier's name."""
    tracking_number: str | None
    """How the carrier finds it."""

    def __init__(
        self,
        *,
        carrier: str,
        tracking_number: str | None,
    ) -> None:
        self.carrier = carrier
        self.tracking_number = tracking_number
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.carrier = data["carrier"]
        self.tracking_number = data["tracking_number"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
