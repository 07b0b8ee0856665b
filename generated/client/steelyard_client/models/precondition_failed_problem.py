# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class PreconditionFailedProblem(Model):
    """Precondition failed."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "current_version",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("current_version", "current_version"),
    )

    type: Literal["/problems/precondition-failed"]
    title: Literal["Precondition failed"]
    status: Literal[412]
    detail: Literal["The resource has changed since the version in If-Match"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    current_version: int
    """The version it has now."""

    def __init__(
        self,
        *,
        type: Literal["/problems/precondition-failed"] = "/problems/precondition-failed",
        title: Literal["Precondition failed"] = "Precondition failed",
        status: Literal[412] = 412,
        detail: Literal[
            "The resource has changed since the version in If-Match"
        ] = "The resource has changed since the version in If-Match",
        instance: str,
        current_version: int,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.current_version = current_version
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.current_version = data["current_version"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
