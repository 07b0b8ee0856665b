# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money
from .obstacle import Obstacle
from .quote_line import QuoteLine


class Quote(Model):
    """What an order would cost if it were placed now. Nothing is reserved: between quote and order somebody else may buy the last unit. `orderable` is true exactly when `obstacles` is empty."""

    __slots__ = (
        "lines",
        "subtotal",
        "discount",
        "tax",
        "total",
        "discount_code",
        "orderable",
        "obstacles",
    )
    WIRE = (
        ("lines", "lines"),
        ("subtotal", "subtotal"),
        ("discount", "discount"),
        ("tax", "tax"),
        ("total", "total"),
        ("discount_code", "discount_code"),
        ("orderable", "orderable"),
        ("obstacles", "obstacles"),
    )

    lines: list[QuoteLine]
    """As they were asked for, priced."""
    subtotal: Money
    """Price times quantity, over all lines."""
    discount: Money
    """What the code takes off; 0 if it cannot be used."""
    tax: Money
    """Tax on what is left."""
    total: Money
    """`subtotal` less `discount` plus `tax`: what would have to be paid. Send it as `expected_total` of the order."""
    discount_code: str | None
    """The code that was applied, in upper case; `null` if none was sent or it cannot be used."""
    orderable: bool
    """Whether this order would be accepted now."""
    obstacles: list[Obstacle]
    """Everything that stands in the way."""

    def __init__(
        self,
        *,
        lines: list[QuoteLine],
        subtotal: Money,
        discount: Money,
        tax: Money,
        total: Money,
        discount_code: str | None,
        orderable: bool,
        obstacles: list[Obstacle],
    ) -> None:
        self.lines = lines
        self.subtotal = subtotal
        self.discount = discount
        self.tax = tax
        self.total = total
        self.discount_code = discount_code
        self.orderable = orderable
        self.obstacles = obstacles
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.lines = [QuoteLine.from_dict(value) for value in data["lines"]]
        self.subtotal = Money.from_dict(data["subtotal"])
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.discount_code = data["discount_code"]
        self.orderable = data["orderable"]
        self.obstacles = [Obstacle.from_dict(value) for value in data["obstacles"]]
        self.extra = {} if len(data) == 8 else unknown_members(data, cls.NAMES)
        return self
