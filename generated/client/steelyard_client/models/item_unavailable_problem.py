# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class ItemUnavailableProblem(Model):
    """Item unavailable."""

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

    type: Literal["/problems/item-unavailable"]
    title: Literal["Item unavailable"]
    status: Literal[409]
    detail: Literal["An item is unknown, not for sale yet or no longer for sale"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    product_ids: list[int]
    """Every such item."""

    def __init__(
        self,
        *,
        type: Literal["/problems/item-unavailable"] = "/problems/item-unavailable",
        title: Literal["Item unavailable"] = "Item unavailable",
        status: Literal[409] = 409,
        detail: Literal[
            "An item is unknown, not for sale yet or no longer for sale"
        ] = "An item is unknown, not for sale yet or no longer for sale",
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
