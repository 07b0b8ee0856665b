# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .category_count import CategoryCount
from .order_limits import OrderLimits
from .payment_provider import PaymentProvider


class PublicData(Model):
    """The rules of this marketplace, so that no front end has to hard-code them."""

    __slots__ = (
        "currency",
        "tax_rate_bps",
        "order_limits",
        "reservation_seconds",
        "payment_provider",
        "categories",
    )
    WIRE = (
        ("currency", "currency"),
        ("tax_rate_bps", "tax_rate_bps"),
        ("order_limits", "order_limits"),
        ("reservation_seconds", "reservation_seconds"),
        ("payment_provider", "payment_provider"),
        ("categories", "categories"),
    )

    currency: str
    """The one currency of every price and order."""
    tax_rate_bps: int
    """Tax on top of prices, in hundredths of a percent; 1900 are 19 %."""
    order_limits: OrderLimits
    """How much one order may hold."""
    reservation_seconds: int
    """How long an order that is not paid keeps its stock."""
    payment_provider: PaymentProvider
    """`manual`: paid outside of Steelyard, recorded by the seller. `sandbox`: pretended, for trying things out."""
    categories: list[CategoryCount]
    """Categories that have items on sale, the fullest first; at most a hundred."""

    def __init__(
        self,
        *,
        currency: str,
        tax_rate_bps: int,
        order_limits: OrderLimits,
        reservation_seconds: int,
        payment_provider: PaymentProvider,
        categories: list[CategoryCount],
    ) -> None:
        self.currency = currency
        self.tax_rate_bps = tax_rate_bps
        self.order_limits = order_limits
        self.reservation_seconds = reservation_seconds
        self.payment_provider = payment_provider
        self.categories = categories
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.currency = data["currency"]
        self.tax_rate_bps = data["tax_rate_bps"]
        self.order_limits = OrderLimits.from_dict(data["order_limits"])
        self.reservation_seconds = data["reservation_seconds"]
        self.payment_provider = PaymentProvider.of(data["payment_provider"])
        self.categories = [CategoryCount.from_dict(value) for value in data["categories"]]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
