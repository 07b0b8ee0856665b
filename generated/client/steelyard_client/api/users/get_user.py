# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, segment
from steelyard_runtime.model import Unknown, variant

from ...models.user import User
from ...models.user_public import UserPublic

OPERATION: Operation[User | UserPublic | Unknown] = Operation(
    package="steelyard_client",
    key="get_user",
    name="getUser",
    method="GET",
    path="/users/{user_id}",
    parse=lambda data: variant(data, "view", {"full": User, "public": UserPublic}),
    returns=(
        User,
        UserPublic,
        Unknown,
    ),
    status=200,
    secured=True,
    optional=True,
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "UserNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(user_id: int, *, if_none_match: str | None = None) -> Call[User | UserPublic | Unknown]:
    """Read an account: GET /users/{user_id}."""
    return Call(
        OPERATION,
        f"/users/{segment(user_id)}",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )
