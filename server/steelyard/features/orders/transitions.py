"""Which state an order may go to from which, and who may send it there."""

from datetime import datetime
from typing import Literal

from steelyard.tables.orders import Step

Status = Literal["pending", "paid", "shipped", "delivered", "cancelled", "expired"]
Part = Literal["buyer", "seller", "admin"]

STEPS: dict[str, tuple[Status, ...]] = {
    "pending": ("paid", "cancelled", "expired"),
    "paid": ("shipped", "cancelled"),
    "shipped": ("delivered",),
    "delivered": (),
    "cancelled": (),
    "expired": (),
}

# While an order is in one of these, its buyer and its seller cannot leave.
OPEN: tuple[Status, ...] = ("pending", "paid", "shipped")


def after(status: str) -> tuple[Status, ...]:
    """What may come next; nothing after a final state."""
    return STEPS[status]


def may_cancel(status: str) -> tuple[Part, ...]:
    """Whose part it is to cancel an order in this state.

    A payment that was recorded by hand is given back by hand, so a paid order is for those to cancel who have the money.
    """
    return ("seller", "admin") if status == "paid" else ("buyer", "seller", "admin")


def step(status: Status, at: datetime, actor_id: int | None) -> Step:
    """One entry of an order's history, as it is stored; null for Steelyard itself."""
    return status, at.isoformat(), actor_id
