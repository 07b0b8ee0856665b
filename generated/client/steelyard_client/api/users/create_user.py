# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Sequence

from steelyard_runtime.call import Call, Operation, json_body
from steelyard_runtime.model import UNSET, Unset

from ...models.address_create import AddressCreate, AddressCreateDict
from ...models.user import User

OPERATION: Operation[User] = Operation(
    package="steelyard_client",
    key="create_user",
    name="createUser",
    method="POST",
    path="/users",
    parse=User.from_dict,
    returns=(User,),
    status=201,
    secured=False,
    optional=False,
    keyed=False,
    guarded=False,
    safe=False,
    media="application/json",
    secrets=frozenset(
        {
            "password",
        }
    ),
    problems=(
        "EmailAlreadyRegistered",
        "NotAcceptable",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(
    *,
    name: str,
    email: str,
    password: str,
    age: int | None | Unset = UNSET,
    bio: str | None | Unset = UNSET,
    addresses: Sequence[AddressCreate | AddressCreateDict] | Unset = UNSET,
) -> Call[User]:
    """Register: POST /users."""
    return Call(
        OPERATION,
        "/users",
        content=json_body({"name": name, "email": email, "password": password, "age": age, "bio": bio, "addresses": addresses}),
    )
