# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, segment, tag_of
from steelyard_runtime.model import Versioned

OPERATION: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_address",
    name="deleteAddress",
    method="DELETE",
    path="/users/me/addresses/{address_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    optional=False,
    scopes=("account:write",),
    keyed=False,
    guarded=True,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AddressNotFound",
        "PreconditionFailed",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(address_id: int, *, if_match: str | Versioned | None = None) -> Call[None]:
    """Remove an address: DELETE /users/me/addresses/{address_id}."""
    return Call(
        OPERATION,
        f"/users/me/addresses/{segment(address_id)}",
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
