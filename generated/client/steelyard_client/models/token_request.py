# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired

from .grant_type import GrantType


class TokenRequestDict(TypedDict):
    """TokenRequest as a dictionary."""

    grant_type: NotRequired[GrantType | Literal["password", "refresh_token"]]
    username: NotRequired[str]
    password: NotRequired[str]
    refresh_token: NotRequired[str]
    scope: NotRequired[str]
    client_id: NotRequired[str]
    client_secret: NotRequired[str]


class TokenRequest(Model):
    """A login as OAuth 2 wants it, a form: `username` and `password`, or, with `grant_type` `refresh_token`, a `refresh_token`. The fields of the other way are not read."""

    __slots__ = (
        "grant_type",
        "username",
        "password",
        "refresh_token",
        "scope",
        "client_id",
        "client_secret",
    )
    WIRE = (
        ("grant_type", "grant_type"),
        ("username", "username"),
        ("password", "password"),
        ("refresh_token", "refresh_token"),
        ("scope", "scope"),
        ("client_id", "client_id"),
        ("client_secret", "client_secret"),
    )
    SECRET = frozenset(
        {
            "password",
            "refresh_token",
            "client_secret",
        }
    )

    grant_type: GrantType | Unset
    """`password`: log in with e-mail and password. `refresh_token`: stay logged in without asking for them again."""
    username: str | Unset
    """The e-mail address; upper and lower case count the same."""
    password: str | Unset
    """The password, exactly as it was chosen."""
    refresh_token: str | Unset
    """From the last token answer. It is good for one use; used twice, it ends the session."""
    scope: str | Unset
    """Scopes, separated by spaces. Left out or empty asks for all that your role has; what it lacks is left out of the token without a word. A refresh can only ask for fewer than its session has."""
    client_id: str | Unset
    """Accepted because Swagger UI sends it; not read."""
    client_secret: str | Unset
    """Accepted because Swagger UI sends it; not read."""

    def __init__(
        self,
        *,
        grant_type: GrantType | Unset = UNSET,
        username: str | Unset = UNSET,
        password: str | Unset = UNSET,
        refresh_token: str | Unset = UNSET,
        scope: str | Unset = UNSET,
        client_id: str | Unset = UNSET,
        client_secret: str | Unset = UNSET,
    ) -> None:
        self.grant_type = grant_type
        self.username = username
        self.password = password
        self.refresh_token = refresh_token
        self.scope = scope
        self.client_id = client_id
        self.client_secret = client_secret
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.grant_type = GrantType.of(data["grant_type"]) if "grant_type" in data else UNSET
        self.username = data.get("username", UNSET)
        self.password = data.get("password", UNSET)
        self.refresh_token = data.get("refresh_token", UNSET)
        self.scope = data.get("scope", UNSET)
        self.client_id = data.get("client_id", UNSET)
        self.client_secret = data.get("client_secret", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
