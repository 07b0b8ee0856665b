# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class BodyTooLargeProblem(Model):
    """Body too large."""

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

    type: Literal["/problems/body-too-large"]
    title: Literal["Body too large"]
    status: Literal[413]
    detail: Literal["The body is larger than this operation takes"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    limit: int
    """The most it takes, in bytes."""

    def __init__(
        self,
        *,
        type: Literal["/problems/body-too-large"] = "/problems/body-too-large",
        title: Literal["Body too large"] = "Body too large",
        status: Literal[413] = 413,
        detail: Literal["The body is larger than this operation takes"] = "The body is larger than this operation takes",
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
