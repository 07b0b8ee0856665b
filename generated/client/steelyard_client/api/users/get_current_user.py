# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers

from ...models.user import User

OPERATION: Operation[User] = Operation(
    package="steelyard_client",
    key="get_current_user",
    name="getCurrentUser",
    method="GET",
    path="/users/me",
    parse=User.from_dict,
    returns=(User,),
    status=200,
    secured=True,
    optional=False,
    scopes=("account:read",),
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotAcceptable",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(*, if_none_match: str | None = None) -> Call[User]:
    """Read your own account: GET /users/me."""
    return Call(
        OPERATION,
        "/users/me",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )
