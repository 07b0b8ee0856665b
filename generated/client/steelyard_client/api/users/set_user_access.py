# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from typing import Literal

from steelyard_runtime.call import Call, Operation, headers, json_body, segment, tag_of
from steelyard_runtime.model import Versioned

from ...models.role import Role
from ...models.user import User

OPERATION: Operation[User] = Operation(
    package="steelyard_client",
    key="set_user_access",
    name="setUserAccess",
    method="PUT",
    path="/users/{user_id}/access",
    parse=User.from_dict,
    returns=(User,),
    status=200,
    secured=True,
    optional=False,
    scopes=("users:write",),
    keyed=False,
    guarded=True,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AdminRequired",
        "UserNotFound",
        "NotAcceptable",
        "LastAdmin",
        "PreconditionFailed",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(
    user_id: int, *, role: Role | Literal["user", "support", "admin"], is_active: bool, if_match: str | Versioned | None = None
) -> Call[User]:
    """Set a role, lock or unlock an account: PUT /users/{user_id}/access."""
    return Call(
        OPERATION,
        f"/users/{segment(user_id)}/access",
        content=json_body({"role": role, "is_active": is_active}),
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
