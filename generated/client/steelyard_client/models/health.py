# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .health_components import HealthComponents
from .health_status import HealthStatus


class Health(Model):
    """The state of a server that serves. One that does not is a 503 `not-ready`."""

    __slots__ = (
        "status",
        "version",
        "components",
    )
    WIRE = (
        ("status", "status"),
        ("version", "version"),
        ("components", "components"),
    )

    status: HealthStatus
    """`degraded`: it serves, but something needs looking at."""
    version: str
    """The version of the contract, `info.version` of this document."""
    components: HealthComponents
    """What the server needs, part by part."""

    def __init__(
        self,
        *,
        status: HealthStatus,
        version: str,
        components: HealthComponents,
    ) -> None:
        self.status = status
        self.version = version
        self.components = components
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = HealthStatus.of(data["status"])
        self.version = data["version"]
        self.components = HealthComponents.from_dict(data["components"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
