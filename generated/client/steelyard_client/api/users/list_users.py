# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from typing import Literal

from steelyard_runtime.call import Call, Operation, query
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.pages import Link

from ...models.role import Role
from ...models.user_page import UserPage
from ...models.user_sort import UserSort

OPERATION: Operation[UserPage] = Operation(
    package="steelyard_client",
    key="list_users",
    name="listUsers",
    method="GET",
    path="/users",
    parse=UserPage.from_dict,
    returns=(UserPage,),
    status=200,
    secured=True,
    optional=False,
    scopes=("users:read",),
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "StaffRequired",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)
NEXT = Link("cursor", "next_cursor", (("skip", "0"),))


def call(
    *,
    q: str | Unset = UNSET,
    role: Role | Literal["user", "support", "admin"] | Unset = UNSET,
    is_active: bool | Unset = UNSET,
    sort: UserSort | Literal["id", "-created_at"] | Unset = UNSET,
    skip: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> Call[UserPage]:
    """List and search accounts: GET /users."""
    return Call(
        OPERATION,
        "/users",
        query=query(
            q=q,
            role=role,
            is_active=is_active,
            sort=sort,
            skip=skip,
            limit=limit,
            cursor=cursor,
        ),
    )
