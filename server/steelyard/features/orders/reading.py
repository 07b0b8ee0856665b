"""Reads orders: a single one, or a page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.features.orders import queries
from steelyard.features.orders.access import OrderDetails
from steelyard.paging.cursors import Cursors, next_page_link
from steelyard.paging.totals import Totals, seen_whole
from steelyard.tables.orders import OrderAndLineRow, OrderLineRow, OrderRow, OrderSummaryRow
from steelyard_contract import models as m
from steelyard_contract.bounds import COUNT_LIMIT
from steelyard_contract.problems import OrderNotFound, StaffRequired


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked of a list of orders."""

    role: m.OrderRole
    status: m.OrderStatus | None
    created_after: datetime | None
    created_before: datetime | None
    sort: m.OrderSort
    skip: int
    limit: int
    cursor: str | None


class Page(NamedTuple):
    """One page of a listing; a total only when it was asked for by `skip`."""

    orders: list[OrderSummaryRow]
    total: int | None
    next_cursor: str | None
    link: str | None


async def get_order(db: ReadOnly, *, caller: Caller, order_id: int) -> OrderDetails:
    """Return the order. Only its buyer, its seller and staff find it."""
    if caller.is_staff:
        rows = await db.all(queries.get_order, order_id=order_id)
    else:
        rows = await db.all(queries.get_order_of_party, order_id=order_id, user_id=caller.user_id)
    if not rows:
        raise OrderNotFound
    return _details(rows)


async def list_orders(db: ReadOnly, *, caller: Caller, asked: Listing, cursors: Cursors, totals: Totals) -> Page:
    """The summaries that pass all filters, in the order asked for."""
    if asked.role == m.OrderRole.all and not caller.is_staff:
        raise StaffRequired
    scope: dict[str, object] = {
        "role": asked.role.value,
        "status": None if asked.status is None else asked.status.value,
        "created_after": asked.created_after,
        "created_before": asked.created_before,
        "sort": asked.sort.value,
    }
    place = cursors.resume(asked.cursor, asked.skip, "listOrders", scope)
    filters, given = _filters(caller, asked)
    descending = asked.sort is m.OrderSort("-created_at")
    if place is None:
        rows = await db.all(
            queries.list_orders(filters, descending=descending, after=False), **given, skip=asked.skip, limit=asked.limit + 1
        )
        total = seen_whole(len(rows), asked.skip, asked.limit)
        if total is None:
            # The rows are newer than a count that was remembered: it is never less than what they show.
            counted = await totals.count(db, "orders", queries.count_orders(filters), **given)
            total = max(counted, min(asked.skip + len(rows), COUNT_LIMIT)) if rows else counted
    else:
        after_key, after_id = place
        rows = await db.all(
            queries.list_orders(filters, descending=descending, after=True),
            **given,
            after_key=after_key,
            after_id=after_id,
            limit=asked.limit + 1,
        )
        total = None
    if len(rows) <= asked.limit:
        return Page(rows, total, None, None)
    last = rows[asked.limit - 1]
    cursor = cursors.seal("listOrders", scope, [last.created_at, last.id])
    return Page(rows[: asked.limit], total, cursor, next_page_link("/orders", scope, asked.limit, cursor))


def _filters(caller: Caller, asked: Listing) -> tuple[queries.Filters, dict[str, object]]:
    filters: set[queries.Filter] = set()
    given: dict[str, object] = {}
    if asked.role != m.OrderRole.all:
        filters.add("buyer" if asked.role == m.OrderRole.buyer else "seller")
        given["user_id"] = caller.user_id
    if asked.status is not None:
        filters.add("status")
        given["status"] = asked.status.value
    if asked.created_after is not None:
        filters.add("created_after")
        given["created_after"] = asked.created_after
    if asked.created_before is not None:
        filters.add("created_before")
        given["created_before"] = asked.created_before
    return frozenset(filters), given


def _details(rows: Sequence[OrderAndLineRow]) -> OrderDetails:
    columns = len(OrderRow._fields)
    return OrderDetails(OrderRow._make(rows[0][:columns]), [OrderLineRow._make(row[columns:]) for row in rows])
