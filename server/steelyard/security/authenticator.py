"""From a token to the caller: what it claims, and what its credential may do today.

The second is its standing. It is asked of the database at most once a second for each credential, and asked anew at once after
anything that this process itself has changed for the credential's owner.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Protocol

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.security.access_tokens import AccessTokenClaims, AccessTokens
from steelyard.security.scopes import effective_scopes
from steelyard_contract.policy import Role
from steelyard_contract.problems import InvalidToken

# What another process has revoked may still pass for this long; the product's promise (R17) is one second.
STANDING_LASTS_S = 1.0
REMEMBERED_STANDINGS = 10_000
REMEMBERED_EPOCHS = 10_000


@dataclass(frozen=True, slots=True)
class ActiveCredential:
    """A credential that is in force: whose it is and what it was given."""

    user_id: int
    role: Role
    scopes: frozenset[str]
    credential_id: int
    kind: Literal["session", "api_key"]
    authenticated_at: datetime


class CredentialLoader(Protocol):
    """Where credentials are kept; `auth` has it."""

    async def __call__(self, read: ReadOnly, credential_id: int) -> ActiveCredential | None:
        """The credential's standing as the database has it now; nothing when it is unknown, over, revoked, or its owner is."""


# General epoch and the owner's own: a pair is never used twice for the same owner.
Epoch = tuple[int, int]


@dataclass(slots=True, eq=False)
class _Reading:
    """One question to the database, on its way or answered."""

    epoch: Epoch
    began: float
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    caller: Caller | None = None
    scopes: frozenset[str] = frozenset()
    is_known: bool = False
    error: Exception | None = None


class CredentialCache:
    """Standings by credential, each used for a second and only in the epoch in which it was read."""

    def __init__(self, registry: CredentialLoader, stopwatch: Callable[[], float]) -> None:
        self._registry = registry
        self._stopwatch = stopwatch
        self._readings: dict[int, _Reading] = {}
        self._general = 0
        self._epochs: dict[int, int] = {}

    def drop_user(self, user_id: int) -> None:
        """Forget what is known of this user's credentials: to be called after the commit that changed them (`tx.on_commit`)."""
        epoch = self._epochs.pop(user_id, 0) + 1
        if len(self._epochs) >= REMEMBERED_EPOCHS:
            # Rather everything is read anew than one bump forgotten.
            self._general += 1
            self._epochs.clear()
        self._epochs[user_id] = epoch

    async def get(self, claims: AccessTokenClaims, read: ReadOnly) -> Caller | None:
        """The caller, or nobody when the credential is not in force."""
        while True:
            epoch = (self._general, self._epochs.get(claims.user_id, 0))
            now = self._stopwatch()
            reading = self._readings.get(claims.credential_id)
            if reading is None or reading.epoch != epoch or not 0 <= now - reading.began < STANDING_LASTS_S:
                reading = await self._ask(claims, read, epoch, now)
            elif not reading.answered.is_set():
                await reading.answered.wait()
            if reading.error is not None:
                raise reading.error
            # Whoever asked was cancelled, or a change was committed while the answer was on its way: it may be older than the change.
            if reading.is_known and reading.epoch == (self._general, self._epochs.get(claims.user_id, 0)):
                return _within(reading, claims)

    async def _ask(self, claims: AccessTokenClaims, read: ReadOnly, epoch: Epoch, began: float) -> _Reading:
        reading = _Reading(epoch, began)
        # Put at the end, so that the first one is the oldest.
        self._readings.pop(claims.credential_id, None)
        self._readings[claims.credential_id] = reading
        if len(self._readings) > REMEMBERED_STANDINGS:
            del self._readings[next(iter(self._readings))]
        try:
            standing = await self._registry(read, claims.credential_id)
            if standing is not None and standing.user_id == claims.user_id:
                reading.caller = _principal(standing)
                reading.scopes = standing.scopes
            reading.is_known = True
        except Exception as error:
            reading.error = error
            raise
        finally:
            if not reading.is_known and self._readings.get(claims.credential_id) is reading:
                del self._readings[claims.credential_id]
            reading.answered.set()
        return reading


class BearerAuthenticator:
    """The contract's scheme `oauth2`: bearer tokens of our own."""

    schemes = frozenset({"oauth2"})

    def __init__(self, tokens: AccessTokens, standings: CredentialCache) -> None:
        self._tokens = tokens
        self._standings = standings

    def verify(self, token: bytes) -> AccessTokenClaims:
        """What a genuine token says; InvalidToken for any other."""
        return self._tokens.verify(token)

    def invalidate(self, claims: AccessTokenClaims) -> None:
        """Read the credentials of this user anew."""
        self._standings.drop_user(claims.user_id)

    async def load_caller(self, claims: AccessTokenClaims, read: ReadOnly) -> Caller:
        """The caller, while the credential is in force; InvalidToken afterwards."""
        caller = await self._standings.get(claims, read)
        if caller is None:
            raise InvalidToken
        return caller


def _principal(standing: ActiveCredential) -> Caller:
    return Caller(
        user_id=standing.user_id,
        role=standing.role,
        scopes=effective_scopes(standing.role, standing.scopes),
        credential_id=standing.credential_id,
        kind=standing.kind,
        authenticated_at=standing.authenticated_at,
    )


def _within(reading: _Reading, claims: AccessTokenClaims) -> Caller | None:
    """A token may have been asked for with fewer scopes than its session has."""
    caller = reading.caller
    if caller is None or reading.scopes <= claims.scopes:
        return caller
    return replace(caller, scopes=effective_scopes(caller.role, reading.scopes & claims.scopes))
