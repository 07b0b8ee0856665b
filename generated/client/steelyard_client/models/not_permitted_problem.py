# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .relation import Relation


class NotPermittedProblem(Model):
    """Not permitted."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "allowed",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("allowed", "allowed"),
    )

    type: Literal["/problems/not-permitted"]
    title: Literal["Not permitted"]
    status: Literal[403]
    detail: Literal["You may see this, but not do that with it"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    allowed: list[Relation]
    """Who may."""

    def __init__(
        self,
        *,
        type: Literal["/problems/not-permitted"] = "/problems/not-permitted",
        title: Literal["Not permitted"] = "Not permitted",
        status: Literal[403] = 403,
        detail: Literal["You may see this, but not do that with it"] = "You may see this, but not do that with it",
        instance: str,
        allowed: list[Relation],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.allowed = allowed
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.allowed = [Relation.of(value) for value in data["allowed"]]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
