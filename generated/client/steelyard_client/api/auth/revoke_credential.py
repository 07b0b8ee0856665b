# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, segment

OPERATION: Operation[None] = Operation(
    package="steelyard_client",
    key="revoke_credential",
    name="revokeCredential",
    method="DELETE",
    path="/credentials/{credential_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    optional=False,
    scopes=("account:write",),
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "CredentialNotFound",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(credential_id: int) -> Call[None]:
    """Log out another session: DELETE /credentials/{credential_id}."""
    return Call(
        OPERATION,
        f"/credentials/{segment(credential_id)}",
    )
