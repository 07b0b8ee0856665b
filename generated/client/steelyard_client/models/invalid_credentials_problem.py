# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class InvalidCredentialsProblem(Model):
    """Invalid credentials."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "error",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("error", "error"),
    )

    type: Literal["/problems/invalid-credentials"]
    title: Literal["Invalid credentials"]
    status: Literal[401]
    detail: Literal["Incorrect username or password"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    error: Literal["invalid_grant"]
    """The same in the words of OAuth 2."""

    def __init__(
        self,
        *,
        type: Literal["/problems/invalid-credentials"] = "/problems/invalid-credentials",
        title: Literal["Invalid credentials"] = "Invalid credentials",
        status: Literal[401] = 401,
        detail: Literal["Incorrect username or password"] = "Incorrect username or password",
        instance: str,
        error: Literal["invalid_grant"] = "invalid_grant",
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.error = error
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.error = data["error"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
