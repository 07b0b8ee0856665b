# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of the tag `auth`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class Token(Model):
    """An access token, and a refresh token to get the next pair. Keep both as secret as the password."""

    SECRET = frozenset(
        {
            "access_token",
            "refresh_token",
        }
    )

    access_token: str
    """Send it as `Authorization: Bearer <access_token>`. It is opaque: its format may change."""
    token_type: Literal["bearer"]
    """The authentication scheme of the token."""
    expires_in: int
    """Seconds until the access token expires. Refresh it shortly before."""
    refresh_token: str
    """Works once, within 30 days. It replaces the previous one, so store it before you use the access token."""
    scope: str
    """The granted scopes, separated by spaces; empty when the role has none of the requested ones."""
    session_id: int
    """The id of the session, the same after each refresh. revokeCredential revokes it from another device."""
    __slots__ = tuple(__annotations__)

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
        self._fill(locals())

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
