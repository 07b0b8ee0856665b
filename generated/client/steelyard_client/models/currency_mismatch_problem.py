# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class CurrencyMismatchProblem(Model):
    """Currency mismatch."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "expected",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("expected", "expected"),
    )

    type: Literal["/problems/currency-mismatch"]
    title: Literal["Currency mismatch"]
    status: Literal[422]
    detail: Literal["This marketplace trades in another currency"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    expected: str
    """The currency it trades in."""

    def __init__(
        self,
        *,
        type: Literal["/problems/currency-mismatch"] = "/problems/currency-mismatch",
        title: Literal["Currency mismatch"] = "Currency mismatch",
        status: Literal[422] = 422,
        detail: Literal["This marketplace trades in another currency"] = "This marketplace trades in another currency",
        instance: str,
        expected: str,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.expected = expected
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.expected = data["expected"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
