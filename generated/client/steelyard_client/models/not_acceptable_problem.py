# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class NotAcceptableProblem(Model):
    """Not acceptable."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "available",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("available", "available"),
    )

    type: Literal["/problems/not-acceptable"]
    title: Literal["Not acceptable"]
    status: Literal[406]
    detail: Literal["The Accept header leaves out every media type that there is"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    available: list[str]
    """The media types that there are."""

    def __init__(
        self,
        *,
        type: Literal["/problems/not-acceptable"] = "/problems/not-acceptable",
        title: Literal["Not acceptable"] = "Not acceptable",
        status: Literal[406] = 406,
        detail: Literal[
            "The Accept header leaves out every media type that there is"
        ] = "The Accept header leaves out every media type that there is",
        instance: str,
        available: list[str],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.available = available
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.available = data["available"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
