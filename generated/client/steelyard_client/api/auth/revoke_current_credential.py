# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation

OPERATION: Operation[None] = Operation(
    package="steelyard_client",
    key="revoke_current_credential",
    name="revokeCurrentCredential",
    method="DELETE",
    path="/credentials/current",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    optional=False,
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call() -> Call[None]:
    """Log out: DELETE /credentials/current."""
    return Call(
        OPERATION,
        "/credentials/current",
    )
