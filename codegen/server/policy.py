"""policy.py: the scopes of each role, and how logins and requests are limited."""

from codegen.contract.policy import Policy

TOP = """
from collections.abc import Mapping
from typing import Literal, TypeAlias
"""


def render(policy: Policy) -> str:
    """The module."""
    every = tuple(dict.fromkeys(scope for scopes in policy.roles.values() for scope in scopes))
    return f"""{TOP}
Role: TypeAlias = Literal[{", ".join(map(repr, policy.roles))}]

SCOPES_OF: Mapping[Role, tuple[str, ...]] = {policy.roles!r}

ALL_SCOPES: frozenset[str] = frozenset({every!r})

# Scopes that come along with another one.
IMPLIED_SCOPES: Mapping[str, tuple[str, ...]] = {policy.implied_scopes!r}

# How long a login with a password counts as fresh.
MAX_LOGIN_AGE_S = {policy.max_login_age_s}

# Rate classes that count requests by address even when they carry a credential.
LIMITED_BY_ADDRESS: frozenset[str] = frozenset({policy.limited_by_address!r})

# Rate classes that count requests by user.
LIMITED_BY_USER: frozenset[str] = frozenset({policy.limited_by_user!r})
"""
