"""Bearer tokens without a signature, which only tests may accept: the payload of a token states who its holder is and what it permits."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.security.scopes import effective_scopes
from steelyard_contract.problems import InvalidToken

# No token is genuine for another credential.
REVOKED = 404


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token states."""

    user_id: int
    credential_id: int
    scopes: frozenset[str]


def issue(user_id: int, credential_id: int, scopes: Iterable[str]) -> str:
    """A token."""
    payload = json.dumps({"sub": user_id, "sid": credential_id, "scope": " ".join(scopes)}).encode()
    return f"workshop.{urlsafe_b64encode(payload).decode().rstrip('=')}.unsigned"


def key(scheme: str, user_id: int = 1) -> str:
    """An API key for one of the schemes."""
    return f"{scheme}-{user_id}"


class Keys:
    """Enforces a scheme that is an API key: its text states the scheme and its owner."""

    def __init__(self, scheme: str) -> None:
        self.schemes = frozenset({scheme})
        self._prefix = f"{scheme}-".encode()

    def verify(self, token: bytes) -> Claims:
        """The claims of a key; InvalidToken for any other text."""
        number = token.removeprefix(self._prefix)
        if not (token.startswith(self._prefix) and number.isdigit() and 0 < int(number) < REVOKED):
            raise InvalidToken
        return Claims(int(number), int(number), frozenset())

    def invalidate(self, claims: Claims) -> None:
        """Nothing is cached."""

    async def load_caller(self, claims: Claims, read: ReadOnly) -> Caller:  # noqa: ARG002  # the protocol
        """The owner of the key."""
        return Caller(claims.user_id, "user", claims.scopes, claims.credential_id, "api_key", datetime(2027, 3, 1, tzinfo=UTC))


class Tokens:
    """Enforces the scheme `oauth2`."""

    schemes = frozenset({"oauth2"})

    def verify(self, token: bytes) -> Claims:
        """The claims of a token; InvalidToken for any other text."""
        try:
            name, payload, _ = token.split(b".")
            held = json.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
            claims = Claims(int(held["sub"]), int(held["sid"]), frozenset(held["scope"].split()))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InvalidToken from None
        if name != b"workshop" or claims.credential_id == REVOKED:
            raise InvalidToken
        return claims

    def invalidate(self, claims: Claims) -> None:
        """Nothing is cached."""

    async def load_caller(self, claims: Claims, read: ReadOnly) -> Caller:  # noqa: ARG002  # the protocol
        """The caller that the token names."""
        scopes = effective_scopes("user", claims.scopes)
        return Caller(claims.user_id, "user", scopes, claims.credential_id, "session", datetime(2027, 3, 1, tzinfo=UTC))
