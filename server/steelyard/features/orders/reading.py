"""Reads orders: a single one, or a page of them."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.features.orders import queries
from steelyard.features.orders.access import OrderDetails
from steelyard.paging.paginator import Listing, Page, PageRequest, Paginator
from steelyard.tables.orders import OrderSummaryRow, orders
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import OrderNotFound, StaffRequired


class OrderFilters(NamedTuple):
    """The filters and the sort of listOrders."""

    role: m.OrderRole
    status: m.OrderStatus | None
    created_after: datetime | None
    created_before: datetime | None
    sort: m.OrderSort

    def conditions(self, caller: Caller) -> tuple[frozenset[queries.Condition], dict[str, object]]:
        """The conditions by name, and the arguments of those that take one."""
        conditions: set[queries.Condition] = set()
        arguments: dict[str, object] = {}
        if self.role is not m.OrderRole.all:
            conditions.add("buyer" if self.role is m.OrderRole.buyer else "seller")
            arguments["user_id"] = caller.user_id
        if self.status is not None:
            conditions.add("status")
            arguments["status"] = self.status.value
        if self.created_after is not None:
            conditions.add("created_after")
            arguments["created_after"] = self.created_after
        if self.created_before is not None:
            conditions.add("created_before")
            arguments["created_before"] = self.created_before
        return frozenset(conditions), arguments


async def get_order(db: ReadOnly, *, caller: Caller, order_id: int) -> OrderDetails:
    """Return the order. Only its buyer, its seller and staff find it."""
    if caller.is_staff:
        rows = await db.all(queries.get_order, order_id=order_id)
    else:
        rows = await db.all(queries.get_order_of_party, order_id=order_id, user_id=caller.user_id)
    if not rows:
        raise OrderNotFound
    return OrderDetails(rows[0].order, [row.line for row in rows])


async def list_orders(
    db: ReadOnly, paginator: Paginator, *, caller: Caller, filters: OrderFilters, request: PageRequest
) -> Page[OrderSummaryRow]:
    """Return a page of the orders that pass every filter. Only staff see orders of which they are not a party."""
    if filters.role is m.OrderRole.all and not caller.is_staff:
        raise StaffRequired
    conditions, arguments = filters.conditions(caller)
    listing = Listing(
        operation=OPERATIONS["listOrders"],
        filters=filters._asdict(),
        arguments=arguments,
        table=orders,
        select=partial(queries.list_orders, conditions, newest_first=filters.sort is m.OrderSort.descending_created_at),
        count=queries.count_orders(conditions),
        key="created_at",
    )
    return await paginator.page(db, listing, request)
