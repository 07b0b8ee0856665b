# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, segment

from ...models.item import Item

OPERATION: Operation[Item] = Operation(
    package="steelyard_client",
    key="get_item",
    name="getItem",
    method="GET",
    path="/items/{item_id}",
    parse=Item.from_dict,
    returns=(Item,),
    status=200,
    secured=True,
    optional=True,
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "ItemNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(item_id: int, *, if_none_match: str | None = None) -> Call[Item]:
    """Get an item: GET /items/{item_id}."""
    return Call(
        OPERATION,
        f"/items/{segment(item_id)}",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )
