# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .health_components import HealthComponents


class NotReadyProblem(Model):
    """Not ready."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "components",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("components", "components"),
    )

    type: Literal["/problems/not-ready"]
    title: Literal["Not ready"]
    status: Literal[503]
    detail: Literal["Not ready to serve requests"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    components: HealthComponents
    """What the server needs, part by part."""

    def __init__(
        self,
        *,
        type: Literal["/problems/not-ready"] = "/problems/not-ready",
        title: Literal["Not ready"] = "Not ready",
        status: Literal[503] = 503,
        detail: Literal["Not ready to serve requests"] = "Not ready to serve requests",
        instance: str,
        components: HealthComponents,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.components = components
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.components = HealthComponents.from_dict(data["components"])
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
