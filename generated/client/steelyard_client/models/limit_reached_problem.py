# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class LimitReachedProblem(Model):
    """Limit reached."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "limit",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("limit", "limit"),
    )

    type: Literal["/problems/limit-reached"]
    title: Literal["Limit reached"]
    status: Literal[409]
    detail: Literal["There are as many as there can be"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    limit: int
    """How many there can be."""

    def __init__(
        self,
        *,
        type: Literal["/problems/limit-reached"] = "/problems/limit-reached",
        title: Literal["Limit reached"] = "Limit reached",
        status: Literal[409] = 409,
        detail: Literal["There are as many as there can be"] = "There are as many as there can be",
        instance: str,
        limit: int,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.limit = limit
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.limit = data["limit"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
