# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from typing import Literal

from steelyard_runtime.call import Call, Operation, query
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.pages import Link

from ...models.order_role import OrderRole
from ...models.order_sort import OrderSort
from ...models.order_status import OrderStatus
from ...models.order_summary_page import OrderSummaryPage

OPERATION: Operation[OrderSummaryPage] = Operation(
    package="steelyard_client",
    key="list_orders",
    name="listOrders",
    method="GET",
    path="/orders",
    parse=OrderSummaryPage.from_dict,
    returns=(OrderSummaryPage,),
    status=200,
    secured=True,
    optional=False,
    scopes=("orders:read",),
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "StaffRequired",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)
NEXT = Link("cursor", "next_cursor", (("skip", "0"),))


def call(
    *,
    skip: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
    role: OrderRole | Literal["buyer", "seller", "all"] | Unset = UNSET,
    status: OrderStatus | Literal["pending", "paid", "shipped", "delivered", "cancelled", "expired"] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: OrderSort | Literal["-created_at", "created_at"] | Unset = UNSET,
) -> Call[OrderSummaryPage]:
    """List orders: GET /orders."""
    return Call(
        OPERATION,
        "/orders",
        query=query(
            skip=skip,
            limit=limit,
            cursor=cursor,
            role=role,
            status=status,
            created_after=created_after,
            created_before=created_before,
            sort=sort,
        ),
    )
