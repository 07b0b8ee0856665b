"""From a token to the caller: what it claims, and what its credential may do today.

The second is its standing. It is asked of the database at most once a second for each credential, and asked anew at once after
anything that this process itself has changed for the credential's owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, Protocol

from steelyard.contract.access.caller import Caller
from steelyard.db.single_flight import SingleFlight
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.security.access_tokens import AccessTokenClaims, AccessTokens
from steelyard.security.scopes import effective_scopes
from steelyard_contract.policy import Role
from steelyard_contract.problems import InvalidToken

# What another process has revoked may still pass for this long; the product's promise (R17) is one second.
MAX_AGE_S = 1.0
MAX_CREDENTIALS = 10_000
MAX_EPOCHS = 10_000


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

    async def __call__(self, db: ReadOnly, credential_id: int, /) -> ActiveCredential | None:
        """The credential's standing as the database has it now; nothing when it is unknown, over, revoked, or its owner is."""


# General epoch and the owner's own: a pair is never used twice for the same owner.
Epoch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A credential as the database had it."""

    epoch: Epoch
    began: float
    caller: Caller | None
    scopes: frozenset[str]


class CredentialCache:
    """Active credentials, each used for a second and only in the epoch in which it was loaded."""

    def __init__(self, load: CredentialLoader, stopwatch: Callable[[], float]) -> None:
        self._load = load
        self._stopwatch = stopwatch
        self._loaded: dict[int, _Loaded] = {}
        self._flights: SingleFlight[tuple[int, Epoch], _Loaded] = SingleFlight()
        self._general = 0
        self._epochs: dict[int, int] = {}

    def drop_user(self, user_id: int) -> None:
        """Drop this user's credentials: to be called after the commit that changed them (`tx.on_commit`)."""
        epoch = self._epochs.pop(user_id, 0) + 1
        if len(self._epochs) >= MAX_EPOCHS:
            # Rather load everything anew than forget one change.
            self._general += 1
            self._epochs.clear()
        self._epochs[user_id] = epoch

    async def get(self, claims: AccessTokenClaims, read: ReadOnly) -> Caller | None:
        """The caller, or None when the credential is not active."""
        while True:
            epoch = (self._general, self._epochs.get(claims.user_id, 0))
            now = self._stopwatch()
            loaded = self._loaded.get(claims.credential_id)
            if loaded is not None and loaded.epoch == epoch and 0 <= now - loaded.began < MAX_AGE_S:
                return _within(loaded, claims)
            loading = partial(self._load_and_keep, claims, read, epoch, now)
            # A read within a transaction ends with it, so it is not shared.
            shares = not isinstance(read, Transaction)
            loaded = await (self._flights.join((claims.credential_id, epoch), loading) if shares else loading())
            # Meanwhile a change may have been committed, or the call under way had begun too long ago.
            if loaded.epoch == (self._general, self._epochs.get(claims.user_id, 0)) and now - loaded.began < MAX_AGE_S:
                return _within(loaded, claims)

    async def _load_and_keep(self, claims: AccessTokenClaims, read: ReadOnly, epoch: Epoch, began: float) -> _Loaded:
        credential = await self._load(read, claims.credential_id)
        if credential is not None and credential.user_id == claims.user_id:
            loaded = _Loaded(epoch, began, _caller_with(credential), credential.scopes)
        else:
            loaded = _Loaded(epoch, began, None, frozenset())
        # Put at the end, so that the first one is the oldest.
        self._loaded.pop(claims.credential_id, None)
        self._loaded[claims.credential_id] = loaded
        if len(self._loaded) > MAX_CREDENTIALS:
            del self._loaded[next(iter(self._loaded))]
        return loaded


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


def _caller_with(standing: ActiveCredential) -> Caller:
    return Caller(
        user_id=standing.user_id,
        role=standing.role,
        scopes=effective_scopes(standing.role, standing.scopes),
        credential_id=standing.credential_id,
        kind=standing.kind,
        authenticated_at=standing.authenticated_at,
    )


def _within(loaded: _Loaded, claims: AccessTokenClaims) -> Caller | None:
    """A token may have been asked for with fewer scopes than its session has."""
    caller = loaded.caller
    if caller is None or loaded.scopes <= claims.scopes:
        return caller
    return replace(caller, scopes=effective_scopes(caller.role, loaded.scopes & claims.scopes))
