# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class MixedSellersProblem(Model):
    """Mixed sellers."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "seller_ids",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("seller_ids", "seller_ids"),
    )

    type: Literal["/problems/mixed-sellers"]
    title: Literal["Mixed sellers"]
    status: Literal[422]
    detail: Literal["An order buys from one seller; order once for each"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    seller_ids: list[int]
    """The sellers of the items, in the order of the lines."""

    def __init__(
        self,
        *,
        type: Literal["/problems/mixed-sellers"] = "/problems/mixed-sellers",
        title: Literal["Mixed sellers"] = "Mixed sellers",
        status: Literal[422] = 422,
        detail: Literal["An order buys from one seller; order once for each"] = "An order buys from one seller; order once for each",
        instance: str,
        seller_ids: list[int],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.seller_ids = seller_ids
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.seller_ids = data["seller_ids"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
