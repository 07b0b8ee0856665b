# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""The scopes of each role, and how logins and requests are limited."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["user", "support", "admin"]

SCOPES_OF: Mapping[Role, tuple[str, ...]] = {
    "user": (
        "account:read",
        "account:write",
        "items:write",
        "orders:read",
        "orders:write",
        "sales:write",
        "events:read",
        "webhooks:manage",
    ),
    "support": (
        "account:read",
        "account:write",
        "items:write",
        "orders:read",
        "orders:write",
        "sales:write",
        "events:read",
        "webhooks:manage",
        "users:read",
    ),
    "admin": (
        "account:read",
        "account:write",
        "items:write",
        "orders:read",
        "orders:write",
        "sales:write",
        "events:read",
        "webhooks:manage",
        "users:read",
        "users:write",
        "promotions:manage",
    ),
}

ALL_SCOPES: frozenset[str] = frozenset(
    (
        "account:read",
        "account:write",
        "items:write",
        "orders:read",
        "orders:write",
        "sales:write",
        "events:read",
        "webhooks:manage",
        "users:read",
        "users:write",
        "promotions:manage",
    )
)

# Scopes that come along with another one.
IMPLIED_SCOPES: Mapping[str, tuple[str, ...]] = {
    "account:write": ("account:read",),
    "orders:write": ("orders:read",),
    "sales:write": ("orders:read",),
    "users:write": ("users:read",),
}

# How long a login with a password counts as fresh.
MAX_LOGIN_AGE_S = 3600

# Rate classes that count requests by address even when they carry a credential.
LIMITED_BY_ADDRESS: frozenset[str] = frozenset(("register", "quote", "login", "login-start"))

# Rate classes that count requests by user.
LIMITED_BY_USER: frozenset[str] = frozenset(("mail",))
