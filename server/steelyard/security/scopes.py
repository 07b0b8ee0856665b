"""Which scopes a session gets, and what a credential may do with the scopes that it holds; values in, values out."""

from collections.abc import Iterable

from steelyard_contract.policy import IMPLIED_SCOPES, SCOPES_OF, Role


def grant_scopes(role: Role, requested: str | None) -> tuple[str, ...]:
    """The scopes of a new session: all of the role, or the requested ones among them."""
    if requested is None or not requested.strip():
        return SCOPES_OF[role]
    names = requested.split()
    return tuple(scope for scope in SCOPES_OF[role] if scope in names)


def effective_scopes(role: Role, held: Iterable[str]) -> frozenset[str]:
    """The current scopes of a credential: at most those of the role of its owner, and the implied ones."""
    allowed = frozenset(SCOPES_OF[role]).intersection(held)
    return allowed.union(*(IMPLIED_SCOPES[scope] for scope in allowed if scope in IMPLIED_SCOPES))
