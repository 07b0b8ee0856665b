# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, json_body, segment, tag_of
from steelyard_runtime.model import UNSET, Unset, Versioned

from ...models.user import User

OPERATION: Operation[User] = Operation(
    package="steelyard_client",
    key="update_user",
    name="updateUser",
    method="PUT",
    path="/users/{user_id}",
    parse=User.from_dict,
    returns=(User,),
    status=200,
    secured=True,
    optional=False,
    scopes=("account:write", "users:write"),
    keyed=False,
    guarded=True,
    safe=False,
    media="application/json",
    problems=(
        "EmailAlreadyRegistered",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AdminRequired",
        "UserNotFound",
        "NotAcceptable",
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
    user_id: int,
    *,
    name: str,
    email: str,
    age: int | None | Unset = UNSET,
    bio: str | None | Unset = UNSET,
    if_match: str | Versioned | None = None,
) -> Call[User]:
    """Change a profile: PUT /users/{user_id}."""
    return Call(
        OPERATION,
        f"/users/{segment(user_id)}",
        content=json_body({"name": name, "email": email, "age": age, "bio": bio}),
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
