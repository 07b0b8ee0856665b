# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from typing import Literal

from steelyard_runtime.call import Call, Operation, form_body
from steelyard_runtime.model import UNSET, Unset

from ...models.grant_type import GrantType
from ...models.token import Token

OPERATION: Operation[Token] = Operation(
    package="steelyard_client",
    key="issue_token",
    name="issueToken",
    method="POST",
    path="/token",
    parse=Token.from_dict,
    returns=(Token,),
    status=200,
    secured=False,
    optional=False,
    keyed=False,
    guarded=False,
    safe=False,
    media="application/x-www-form-urlencoded",
    secrets=frozenset(
        {
            "client_secret",
            "password",
            "refresh_token",
        }
    ),
    problems=(
        "InvalidCredentials",
        "InvalidRefreshToken",
        "RefreshTokenReused",
        "AccountDisabled",
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
    grant_type: GrantType | Literal["password", "refresh_token"] | Unset = UNSET,
    username: str | Unset = UNSET,
    password: str | Unset = UNSET,
    refresh_token: str | Unset = UNSET,
    scope: str | Unset = UNSET,
    client_id: str | Unset = UNSET,
    client_secret: str | Unset = UNSET,
) -> Call[Token]:
    """Log in, or stay logged in: POST /token."""
    return Call(
        OPERATION,
        "/token",
        content=form_body(
            {
                "grant_type": grant_type,
                "username": username,
                "password": password,
                "refresh_token": refresh_token,
                "scope": scope,
                "client_id": client_id,
                "client_secret": client_secret,
            }
        ),
    )
