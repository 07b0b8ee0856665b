# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, segment, tag_of
from steelyard_runtime.model import Versioned

OPERATION: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_user",
    name="deleteUser",
    method="DELETE",
    path="/users/{user_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    optional=False,
    scopes=("users:write", "account:write"),
    keyed=False,
    guarded=True,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AdminRequired",
        "SessionRequired",
        "FreshLoginRequired",
        "UserNotFound",
        "OpenOrders",
        "LastAdmin",
        "PreconditionFailed",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(user_id: int, *, if_match: str | Versioned | None = None) -> Call[None]:
    """Delete an account: DELETE /users/{user_id}."""
    return Call(
        OPERATION,
        f"/users/{segment(user_id)}",
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
