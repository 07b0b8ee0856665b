"""Which state an order may go to from which, and who may send it there."""

from datetime import datetime
from typing import Literal

from steelyard.tables.orders import HistoryEntry

Status = Literal["pending", "paid", "shipped", "delivered", "cancelled", "expired"]
Party = Literal["buyer", "seller", "admin"]

TRANSITIONS: dict[str, tuple[Status, ...]] = {
    "pending": ("paid", "cancelled", "expired"),
    "paid": ("shipped", "cancelled"),
    "shipped": ("delivered",),
    "delivered": (),
    "cancelled": (),
    "expired": (),
}

# While an order is in one of these, its buyer and its seller cannot leave.
OPEN_STATUSES: tuple[Status, ...] = ("pending", "paid", "shipped")


def next_statuses(status: str) -> tuple[Status, ...]:
    """What may come next; nothing after a final state."""
    return TRANSITIONS[status]


def may_be_cancelled_by(status: str) -> tuple[Party, ...]:
    """Whose part it is to cancel an order in this state.

    A payment that was recorded by hand is given back by hand, so a paid order is for those to cancel who have the money.
    """
    return ("seller", "admin") if status == "paid" else ("buyer", "seller", "admin")


def history_entry(status: Status, at: datetime, actor_id: int | None) -> HistoryEntry:
    """One entry of an order's history, as it is stored; null for Steelyard itself."""
    return status, at.isoformat(), actor_id
