# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of several tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members


class Price(Model):
    """The price of one unit. Like Money, with a lower maximum."""

    amount: int
    """Minor units."""
    currency: str
    """ISO 4217. A marketplace has one currency; getPublicData names it."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, amount: int, currency: str) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.amount = data["amount"]
        self.currency = data["currency"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class PaymentProvider(OpenEnum):
    """`manual`: paid outside of Steelyard and recorded by the seller. `sandbox`: simulated payments, for tests."""

    MANUAL = "manual"
    SANDBOX = "sandbox"
