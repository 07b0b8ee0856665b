# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .order_summary import OrderSummary


class OrderSummaryPage(Model):
    """One page of orders."""

    __slots__ = (
        "items",
        "skip",
        "limit",
        "total",
        "next_cursor",
    )
    WIRE = (
        ("items", "items"),
        ("skip", "skip"),
        ("limit", "limit"),
        ("total", "total"),
        ("next_cursor", "next_cursor"),
    )

    items: list[OrderSummary]
    """In the order that `sort` asked for."""
    skip: int | None
    """How many were skipped; `null` when the page was asked for by `cursor`."""
    limit: int
    """How many were asked for. There may be fewer."""
    total: int | None
    """How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last one."""

    def __init__(
        self,
        *,
        items: list[OrderSummary],
        skip: int | None,
        limit: int,
        total: int | None,
        next_cursor: str | None,
    ) -> None:
        self.items = items
        self.skip = skip
        self.limit = limit
        self.total = total
        self.next_cursor = next_cursor
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [OrderSummary.from_dict(value) for value in data["items"]]
        self.skip = data["skip"]
        self.limit = data["limit"]
        self.total = data["total"]
        self.next_cursor = data["next_cursor"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self
