# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, json_body, segment
from steelyard_runtime.model import UNSET, Unset

from ...models.order import Order

OPERATION: Operation[Order] = Operation(
    package="steelyard_client",
    key="cancel_order",
    name="cancelOrder",
    method="POST",
    path="/orders/{order_id}/cancel",
    parse=Order.from_dict,
    returns=(Order,),
    status=200,
    secured=True,
    optional=False,
    scopes=("orders:write", "sales:write"),
    keyed=True,
    guarded=False,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "OrderNotFound",
        "NotAcceptable",
        "OrderStateConflict",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(order_id: int, *, reason: str, reference: str | Unset = UNSET, idempotency_key: str | None = None) -> Call[Order]:
    """Cancel an order: POST /orders/{order_id}/cancel."""
    return Call(
        OPERATION,
        f"/orders/{segment(order_id)}/cancel",
        content=json_body({"reason": reason, "reference": reference}),
        idempotency_key=idempotency_key,
    )
