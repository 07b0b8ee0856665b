# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class FreshLoginRequiredProblem(Model):
    """Fresh login required."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "max_age",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("max_age", "max_age"),
    )

    type: Literal["/problems/fresh-login-required"]
    title: Literal["Fresh login required"]
    status: Literal[403]
    detail: Literal["The last login with a password is too long ago"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    max_age: int
    """Seconds that a login stays fresh."""

    def __init__(
        self,
        *,
        type: Literal["/problems/fresh-login-required"] = "/problems/fresh-login-required",
        title: Literal["Fresh login required"] = "Fresh login required",
        status: Literal[403] = 403,
        detail: Literal["The last login with a password is too long ago"] = "The last login with a password is too long ago",
        instance: str,
        max_age: int,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.max_age = max_age
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.max_age = data["max_age"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
