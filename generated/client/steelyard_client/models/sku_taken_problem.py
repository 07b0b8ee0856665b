# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class SkuTakenProblem(Model):
    """SKU taken."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "item_id",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("item_id", "item_id"),
    )

    type: Literal["/problems/sku-taken"]
    title: Literal["SKU taken"]
    status: Literal[409]
    detail: Literal["Another item of yours has this SKU"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    item_id: int
    """That item."""

    def __init__(
        self,
        *,
        type: Literal["/problems/sku-taken"] = "/problems/sku-taken",
        title: Literal["SKU taken"] = "SKU taken",
        status: Literal[409] = 409,
        detail: Literal["Another item of yours has this SKU"] = "Another item of yours has this SKU",
        instance: str,
        item_id: int,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.item_id = item_id
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.item_id = data["item_id"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
