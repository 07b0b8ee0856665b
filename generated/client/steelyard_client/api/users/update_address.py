# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers, json_body, segment, tag_of
from steelyard_runtime.model import UNSET, Unset, Versioned

from ...models.address import Address

OPERATION: Operation[Address] = Operation(
    package="steelyard_client",
    key="update_address",
    name="updateAddress",
    method="PUT",
    path="/users/me/addresses/{address_id}",
    parse=Address.from_dict,
    returns=(Address,),
    status=200,
    secured=True,
    optional=False,
    scopes=("account:write",),
    keyed=False,
    guarded=True,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AddressNotFound",
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
    address_id: int,
    *,
    street: str,
    city: str,
    zip_code: str,
    label: str | None | Unset = UNSET,
    country: str | Unset = UNSET,
    is_default: bool | Unset = UNSET,
    if_match: str | Versioned | None = None,
) -> Call[Address]:
    """Change an address: PUT /users/me/addresses/{address_id}."""
    return Call(
        OPERATION,
        f"/users/me/addresses/{segment(address_id)}",
        content=json_body(
            {"street": street, "city": city, "zip_code": zip_code, "label": label, "country": country, "is_default": is_default}
        ),
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
