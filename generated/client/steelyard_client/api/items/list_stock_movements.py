# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, query, segment
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.pages import Link

from ...models.stock_movement_page import StockMovementPage

OPERATION: Operation[StockMovementPage] = Operation(
    package="steelyard_client",
    key="list_stock_movements",
    name="listStockMovements",
    method="GET",
    path="/items/{item_id}/stock-movements",
    parse=StockMovementPage.from_dict,
    returns=(StockMovementPage,),
    status=200,
    secured=True,
    optional=False,
    scopes=("items:write",),
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)
NEXT = Link("cursor", "next_cursor", (("skip", "0"),))


def call(item_id: int, *, skip: int | Unset = UNSET, limit: int | Unset = UNSET, cursor: str | Unset = UNSET) -> Call[StockMovementPage]:
    """List the stock movements of an item: GET /items/{item_id}/stock-movements."""
    return Call(
        OPERATION,
        f"/items/{segment(item_id)}/stock-movements",
        query=query(
            skip=skip,
            limit=limit,
            cursor=cursor,
        ),
    )
