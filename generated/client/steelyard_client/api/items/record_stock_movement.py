# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from typing import Literal

from steelyard_runtime.call import Call, Operation, json_body, segment
from steelyard_runtime.model import UNSET, Unset

from ...models.recordable_reason import RecordableReason
from ...models.stock_movement import StockMovement

OPERATION: Operation[StockMovement] = Operation(
    package="steelyard_client",
    key="record_stock_movement",
    name="recordStockMovement",
    method="POST",
    path="/items/{item_id}/stock-movements",
    parse=StockMovement.from_dict,
    returns=(StockMovement,),
    status=201,
    secured=True,
    optional=False,
    scopes=("items:write",),
    keyed=True,
    guarded=False,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "NotAcceptable",
        "InsufficientStock",
        "StockChanged",
        "LimitReached",
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


def call(
    item_id: int,
    *,
    delta: int,
    reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"],
    note: str | Unset = UNSET,
    expected_on_hand: int | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[StockMovement]:
    """Record a stock movement: POST /items/{item_id}/stock-movements."""
    return Call(
        OPERATION,
        f"/items/{segment(item_id)}/stock-movements",
        content=json_body({"delta": delta, "reason": reason, "note": note, "expected_on_hand": expected_on_hand}),
        idempotency_key=idempotency_key,
    )
