# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, json_body

OPERATION: Operation[None] = Operation(
    package="steelyard_client",
    key="change_password",
    name="changePassword",
    method="PUT",
    path="/users/me/password",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    optional=False,
    scopes=("account:write",),
    keyed=False,
    guarded=False,
    safe=False,
    media="application/json",
    secrets=frozenset(
        {
            "current_password",
            "new_password",
        }
    ),
    problems=(
        "PasswordIncorrect",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(*, current_password: str, new_password: str) -> Call[None]:
    """Change your password: PUT /users/me/password."""
    return Call(
        OPERATION,
        "/users/me/password",
        content=json_body({"current_password": current_password, "new_password": new_password}),
    )
