# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, json_body
from steelyard_runtime.model import UNSET, Unset

from ...models.address import Address

OPERATION: Operation[Address] = Operation(
    package="steelyard_client",
    key="create_address",
    name="createAddress",
    method="POST",
    path="/users/me/addresses",
    parse=Address.from_dict,
    returns=(Address,),
    status=201,
    secured=True,
    optional=False,
    scopes=("account:write",),
    keyed=True,
    guarded=False,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotAcceptable",
        "LimitReached",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(
    *,
    street: str,
    city: str,
    zip_code: str,
    label: str | None | Unset = UNSET,
    country: str | Unset = UNSET,
    is_default: bool | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[Address]:
    """Add an address: POST /users/me/addresses."""
    return Call(
        OPERATION,
        "/users/me/addresses",
        content=json_body(
            {"street": street, "city": city, "zip_code": zip_code, "label": label, "country": country, "is_default": is_default}
        ),
        idempotency_key=idempotency_key,
    )
