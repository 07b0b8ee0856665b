"""API keys as bearer tokens: which credential a key is, found by its hash."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from steelyard.db.transaction import ReadOnly
from steelyard.security.secret_texts import hash_secret
from steelyard_contract.policy import ALL_SCOPES
from steelyard_contract.problems import InvalidToken

API_KEY_PREFIX = "syk_"
MAX_KNOWN = 10_000

_SHAPE = re.compile(rb"syk_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKeyClaims:
    """The credential of a key. The key itself restricts no scopes: the credential has its own."""

    user_id: int
    credential_id: int
    scopes: frozenset[str] = ALL_SCOPES


@dataclass(frozen=True, slots=True)
class UnknownApiKey:
    """A text that may be a key. Until the database has found it, its requests count for their address, like those without a token."""

    secret_hash: str
    user_id: None = None
    credential_id: None = None


class ApiKeyFinder(Protocol):
    """Finds the credential of a key; `auth` implements it."""

    async def __call__(self, db: ReadOnly, secret_hash: str, /) -> ApiKeyClaims | None:
        """The credential with this hash, active or not; None if there is none."""


class ApiKeys:
    """Finds each key once. A key never becomes that of another credential; `CredentialCache` decides whether it is active."""

    def __init__(self, find: ApiKeyFinder) -> None:
        self._find = find
        self._known: OrderedDict[str, ApiKeyClaims] = OrderedDict()
        self._used: set[int] = set()

    def verify(self, token: bytes) -> ApiKeyClaims | UnknownApiKey:
        """The credential of the key, if it was found before. Raises InvalidToken for a text that is no key."""
        if _SHAPE.fullmatch(token) is None:
            raise InvalidToken
        secret_hash = hash_secret(token.decode("ascii"))
        return self._known.get(secret_hash) or UnknownApiKey(secret_hash)

    async def find(self, key: UnknownApiKey, read: ReadOnly) -> ApiKeyClaims:
        """The credential of the key. Raises InvalidToken if there is none; it remembers no such key, because clients can invent them."""
        credential = await self._find(read, key.secret_hash)
        if credential is None:
            raise InvalidToken
        self._known[key.secret_hash] = credential
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return credential

    def found_before(self, key: UnknownApiKey) -> ApiKeyClaims | None:
        """The credential that `find` has returned for the key."""
        return self._known.get(key.secret_hash)

    def mark_used(self, credential_id: int) -> None:
        """Remember that a request was sent with this credential."""
        self._used.add(credential_id)

    def take_used(self) -> list[int]:
        """The credentials of the requests since the last time."""
        used, self._used = self._used, set()
        return sorted(used)
