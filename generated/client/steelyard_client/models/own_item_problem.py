# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class OwnItemProblem(Model):
    """Own item."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "product_ids",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("product_ids", "product_ids"),
    )

    type: Literal["/problems/own-item"]
    title: Literal["Own item"]
    status: Literal[422]
    detail: Literal["Nobody buys from himself"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    product_ids: list[int]
    """The items that are your own."""

    def __init__(
        self,
        *,
        type: Literal["/problems/own-item"] = "/problems/own-item",
        title: Literal["Own item"] = "Own item",
        status: Literal[422] = 422,
        detail: Literal["Nobody buys from himself"] = "Nobody buys from himself",
        instance: str,
        product_ids: list[int],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.product_ids = product_ids
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.product_ids = data["product_ids"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
