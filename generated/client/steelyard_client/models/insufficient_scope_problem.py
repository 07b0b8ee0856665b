# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .scope import Scope


class InsufficientScopeProblem(Model):
    """Insufficient scope."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "required_scope",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("required_scope", "required_scope"),
    )

    type: Literal["/problems/insufficient-scope"]
    title: Literal["Insufficient scope"]
    status: Literal[403]
    detail: Literal["The credential lacks the scope that this needs"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    required_scope: list[Scope]
    """Any one of these would do."""

    def __init__(
        self,
        *,
        type: Literal["/problems/insufficient-scope"] = "/problems/insufficient-scope",
        title: Literal["Insufficient scope"] = "Insufficient scope",
        status: Literal[403] = 403,
        detail: Literal["The credential lacks the scope that this needs"] = "The credential lacks the scope that this needs",
        instance: str,
        required_scope: list[Scope],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.required_scope = required_scope
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.required_scope = [Scope.of(value) for value in data["required_scope"]]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
