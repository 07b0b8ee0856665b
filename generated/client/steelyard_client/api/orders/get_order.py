# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, segment

from ...models.order import Order

OPERATION: Operation[Order] = Operation(
    package="steelyard_client",
    key="get_order",
    name="getOrder",
    method="GET",
    path="/orders/{order_id}",
    parse=Order.from_dict,
    returns=(Order,),
    status=200,
    secured=True,
    optional=False,
    scopes=("orders:read",),
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "OrderNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(order_id: int, *, if_none_match: str | None = None) -> Call[Order]:
    """Get an order: GET /orders/{order_id}."""
    return Call(
        OPERATION,
        f"/orders/{segment(order_id)}",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )
