# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, segment, tag_of
from steelyard_runtime.model import Versioned

OPERATION: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_item",
    name="deleteItem",
    method="DELETE",
    path="/items/{item_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    optional=False,
    scopes=("items:write",),
    keyed=False,
    guarded=True,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "PreconditionFailed",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(item_id: int, *, if_match: str | Versioned | None = None) -> Call[None]:
    """Remove an item from sale: DELETE /items/{item_id}."""
    return Call(
        OPERATION,
        f"/items/{segment(item_id)}",
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
