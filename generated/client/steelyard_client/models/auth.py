# Written by `python -m codegen generate` from openapi/ 1.1.0: never edit.
"""Objects and enumerations of the contract: what operations of the tag `auth` answer with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class Token(Model):
    """A new access token, and the means to get the next one. Keep both like the password itself."""

    __slots__ = ("access_token", "token_type", "expires_in", "refresh_token", "scope", "session_id")
    SECRET = frozenset(
        {
            "access_token",
            "refresh_token",
        }
    )

    access_token: str
    """Send it as `Authorization: Bearer <access_token>`. Do not look into it; its form may change."""
    token_type: Literal["bearer"]
    """How to send it."""
    expires_in: int
    """Seconds until the access token expires. Renew it shortly before."""
    refresh_token: str
    """Good for one further token within 30 days. Store it before you use the access token, it replaces the one before."""
    scope: str
    """The scopes that were granted, separated by spaces; empty when the role has none of those asked for."""
    session_id: int
    """The session; the same after each refresh. revokeCredential ends it from another device."""

    def __init__(
        self,
        *,
        access_token: str,
        token_type: Literal["bearer"] = "bearer",
        expires_in: int,
        refresh_token: str,
        scope: str,
        session_id: int,
    ) -> None:
        self.access_token = access_token
        self.token_type = token_type
        self.expires_in = expires_in
        self.refresh_token = refresh_token
        self.scope = scope
        self.session_id = session_id
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.access_token = data["access_token"]
        self.token_type = data["token_type"]
        self.expires_in = data["expires_in"]
        self.refresh_token = data["refresh_token"]
        self.scope = data["scope"]
        self.session_id = data["session_id"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
