# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .violation import Violation


class ValidationFailedProblem(Model):
    """Validation failed."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "errors",
        "truncated",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("errors", "errors"),
        ("truncated", "truncated"),
    )

    type: Literal["/problems/validation-failed"]
    title: Literal["Validation failed"]
    status: Literal[422]
    detail: Literal["The request breaks the contract; errors says where"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    errors: list[Violation]
    """Everything that is wrong with body and parameters, the first hundred."""
    truncated: bool
    """Whether there were more than a hundred."""

    def __init__(
        self,
        *,
        type: Literal["/problems/validation-failed"] = "/problems/validation-failed",
        title: Literal["Validation failed"] = "Validation failed",
        status: Literal[422] = 422,
        detail: Literal["The request breaks the contract; errors says where"] = "The request breaks the contract; errors says where",
        instance: str,
        errors: list[Violation],
        truncated: bool,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.errors = errors
        self.truncated = truncated
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.errors = [Violation.from_dict(value) for value in data["errors"]]
        self.truncated = data["truncated"]
        self.extra = {} if len(data) == 7 else unknown_members(data, cls.NAMES)
        return self
