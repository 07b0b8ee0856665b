# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class StockChangedProblem(Model):
    """Stock changed."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "on_hand",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("on_hand", "on_hand"),
    )

    type: Literal["/problems/stock-changed"]
    title: Literal["Stock changed"]
    status: Literal[409]
    detail: Literal["The stock is not what the request expected"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    on_hand: int
    """The stock as it is now."""

    def __init__(
        self,
        *,
        type: Literal["/problems/stock-changed"] = "/problems/stock-changed",
        title: Literal["Stock changed"] = "Stock changed",
        status: Literal[409] = 409,
        detail: Literal["The stock is not what the request expected"] = "The stock is not what the request expected",
        instance: str,
        on_hand: int,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.on_hand = on_hand
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.on_hand = data["on_hand"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
