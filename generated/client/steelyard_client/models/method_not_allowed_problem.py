# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .http_method import HttpMethod


class MethodNotAllowedProblem(Model):
    """Method not allowed."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "allow",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("allow", "allow"),
    )

    type: Literal["/problems/method-not-allowed"]
    title: Literal["Method not allowed"]
    status: Literal[405]
    detail: Literal["This address does not have that method"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    allow: list[HttpMethod]
    """The methods it has; the same as in the header `Allow`."""

    def __init__(
        self,
        *,
        type: Literal["/problems/method-not-allowed"] = "/problems/method-not-allowed",
        title: Literal["Method not allowed"] = "Method not allowed",
        status: Literal[405] = 405,
        detail: Literal["This address does not have that method"] = "This address does not have that method",
        instance: str,
        allow: list[HttpMethod],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.allow = allow
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.allow = [HttpMethod.of(value) for value in data["allow"]]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
