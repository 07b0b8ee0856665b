# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .component_health import ComponentHealth


class HealthComponents(Model):
    """What the server needs, part by part."""

    __slots__ = (
        "database",
        "jobs",
        "cache",
    )
    WIRE = (
        ("database", "database"),
        ("jobs", "jobs"),
        ("cache", "cache"),
    )

    database: ComponentHealth
    """Where everything is stored."""
    jobs: ComponentHealth
    """The work that is done after an answer, such as mails; degraded when it lags behind or some of it was given up."""
    cache: ComponentHealth | None
    """The store of rate limits that several servers share; null where there is none."""

    def __init__(
        self,
        *,
        database: ComponentHealth,
        jobs: ComponentHealth,
        cache: ComponentHealth | None,
    ) -> None:
        self.database = database
        self.jobs = jobs
        self.cache = cache
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.database = ComponentHealth.from_dict(data["database"])
        self.jobs = ComponentHealth.from_dict(data["jobs"])
        self.cache = None if data["cache"] is None else ComponentHealth.from_dict(data["cache"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
