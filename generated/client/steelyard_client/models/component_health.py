# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .component_status import ComponentStatus


class ComponentHealth(Model):
    """One part and its state."""

    __slots__ = (
        "status",
        "latency_ms",
    )
    WIRE = (
        ("status", "status"),
        ("latency_ms", "latency_ms"),
    )

    status: ComponentStatus
    """The state of one part."""
    latency_ms: int | None
    """How long it took to answer, in milliseconds; null when it did not, or was not asked."""

    def __init__(
        self,
        *,
        status: ComponentStatus,
        latency_ms: int | None,
    ) -> None:
        self.status = status
        self.latency_ms = latency_ms
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = ComponentStatus.of(data["status"])
        self.latency_ms = data["latency_ms"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
