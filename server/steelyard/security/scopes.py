"""What a role may be granted, and what a scope includes; values in, values out."""

from collections.abc import Iterable
from typing import Literal

Role = Literal["user", "support", "admin"]

# In the order of the contract, which is the order in which they are shown.
_USER = (
    "account:read",
    "account:write",
    "items:write",
    "orders:read",
    "orders:write",
    "sales:write",
    "events:read",
    "webhooks:manage",
)
_SUPPORT = (*_USER, "users:read")
_ADMIN = (*_SUPPORT, "users:write", "promotions:manage")

SCOPES_OF: dict[str, tuple[str, ...]] = {"user": _USER, "support": _SUPPORT, "admin": _ADMIN}
ALL_SCOPES = frozenset(_ADMIN)

_INCLUDES = {
    "account:write": "account:read",
    "orders:write": "orders:read",
    "sales:write": "orders:read",
    "users:write": "users:read",
}


def grant_scopes(role: str, asked: str | None) -> tuple[str, ...]:
    """The scopes of a new session: those of the role, or what was asked for of them; unknown and unavailable ones are left out."""
    if asked is None or not asked.strip():
        return SCOPES_OF[role]
    wanted = asked.split()
    return tuple(scope for scope in SCOPES_OF[role] if scope in wanted)


def effective_scopes(role: str, held: Iterable[str]) -> frozenset[str]:
    """What a credential with these scopes may do today: no more than its owner's role, and writing includes reading."""
    allowed = frozenset(SCOPES_OF[role]).intersection(held)
    return allowed | {_INCLUDES[scope] for scope in allowed if scope in _INCLUDES}
