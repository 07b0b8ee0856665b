"""Which status of an order may follow which, and which parties may cancel."""

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

# An account cannot be deleted while one of its orders has one of these statuses.
OPEN_STATUSES: tuple[Status, ...] = ("pending", "paid", "shipped")


def next_statuses(status: str) -> tuple[Status, ...]:
    """The statuses that may follow; none after a final one."""
    return TRANSITIONS[status]


def may_be_cancelled_by(status: str) -> tuple[Party, ...]:
    """The parties that may cancel an order with this status.

    A payment that was recorded by hand is returned by hand, so only the parties that have the money may cancel a paid order.
    """
    return ("seller", "admin") if status == "paid" else ("buyer", "seller", "admin")


def history_entry(status: Status, at: datetime, actor_id: int | None) -> HistoryEntry:
    """An entry of an order's history, as it is stored. Its actor is null if Steelyard acts."""
    return status, at.isoformat(), actor_id
