# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .decline_reason import DeclineReason
from .money import Money
from .payment_attempt_status import PaymentAttemptStatus
from .payment_provider import PaymentProvider


class Payment(Model):
    """One attempt to pay an order."""

    __slots__ = (
        "id",
        "provider",
        "status",
        "amount",
        "reference",
        "decline_reason",
        "created_at",
        "settled_at",
    )
    WIRE = (
        ("id", "id"),
        ("provider", "provider"),
        ("status", "status"),
        ("amount", "amount"),
        ("reference", "reference"),
        ("decline_reason", "decline_reason"),
        ("created_at", "created_at"),
        ("settled_at", "settled_at"),
    )

    id: int
    """Names the attempt."""
    provider: PaymentProvider
    """`manual`: paid outside of Steelyard, recorded by the seller. `sandbox`: pretended, for trying things out."""
    status: PaymentAttemptStatus
    """`started`: the provider has not answered yet. `succeeded`, `declined`: its answer. `failed`: it never saw the attempt."""
    amount: Money
    """What was to be paid."""
    reference: str | None
    """What the provider, or the seller, calls it."""
    decline_reason: DeclineReason | None
    """`null` unless it was declined."""
    created_at: datetime.datetime
    """When it was started."""
    settled_at: datetime.datetime | None
    """When its outcome was known; `null` while it is started."""

    def __init__(
        self,
        *,
        id: int,
        provider: PaymentProvider,
        status: PaymentAttemptStatus,
        amount: Money,
        reference: str | None,
        decline_reason: DeclineReason | None,
        created_at: datetime.datetime,
        settled_at: datetime.datetime | None,
    ) -> None:
        self.id = id
        self.provider = provider
        self.status = status
        self.amount = amount
        self.reference = reference
        self.decline_reason = decline_reason
        self.created_at = created_at
        self.settled_at = settled_at
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.provider = PaymentProvider.of(data["provider"])
        self.status = PaymentAttemptStatus.of(data["status"])
        self.amount = Money.from_dict(data["amount"])
        self.reference = data["reference"]
        self.decline_reason = None if data["decline_reason"] is None else DeclineReason.of(data["decline_reason"])
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.settled_at = None if data["settled_at"] is None else datetime.datetime.fromisoformat(data["settled_at"])
        self.extra = {} if len(data) == 8 else unknown_members(data, cls.NAMES)
        return self
