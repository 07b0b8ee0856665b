# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .promotion_refusal import PromotionRefusal


class PromotionNotApplicableProblem(Model):
    """Promotion not applicable."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "reason",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("code", "code"),
        ("reason", "reason"),
    )

    type: Literal["/problems/promotion-not-applicable"]
    title: Literal["Promotion not applicable"]
    status: Literal[422]
    detail: Literal["The discount code cannot be used for this order"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    code: str
    """The code, in capitals."""
    reason: PromotionRefusal
    """Why a discount code cannot be used."""

    def __init__(
        self,
        *,
        type: Literal["/problems/promotion-not-applicable"] = "/problems/promotion-not-applicable",
        title: Literal["Promotion not applicable"] = "Promotion not applicable",
        status: Literal[422] = 422,
        detail: Literal["The discount code cannot be used for this order"] = "The discount code cannot be used for this order",
        instance: str,
        code: str,
        reason: PromotionRefusal,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.code = code
        self.reason = reason
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.code = data["code"]
        self.reason = PromotionRefusal.of(data["reason"])
        self.extra = {} if len(data) == 7 else unknown_members(data, cls.NAMES)
        return self
