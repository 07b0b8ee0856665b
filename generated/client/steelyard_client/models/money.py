# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import Model, unknown_members


class MoneyDict(TypedDict):
    """Money as a dictionary."""

    amount: int
    currency: str


class Money(Model):
    """A sum as the whole number of minor units, so `1999` `USD` are 19.99 dollars. Never a fraction."""

    __slots__ = (
        "amount",
        "currency",
    )
    WIRE = (
        ("amount", "amount"),
        ("currency", "currency"),
    )

    amount: int
    """Minor units."""
    currency: str
    """ISO 4217. A marketplace has one currency; getPublicData names it."""

    def __init__(
        self,
        *,
        amount: int,
        currency: str,
    ) -> None:
        self.amount = amount
        self.currency = currency
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.amount = data["amount"]
        self.currency = data["currency"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
