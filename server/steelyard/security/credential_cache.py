"""Which credentials are active, and what they may do.

The database is read at most once a second for each credential, and again at once after this process has changed anything for its owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, Protocol

from steelyard.contract.access.caller import Caller
from steelyard.db.single_flight import SingleFlight
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.security.scopes import effective_scopes
from steelyard_contract.policy import Role

# A credential that another process has revoked may pass for this long; the product's promise (R17) is one second.
MAX_AGE_S = 1.0
MAX_CREDENTIALS = 10_000
MAX_EPOCHS = 10_000


@dataclass(frozen=True, slots=True)
class ActiveCredential:
    """A credential that is neither revoked nor expired: its owner, and its scopes."""

    user_id: int
    role: Role
    scopes: frozenset[str]
    credential_id: int
    kind: Literal["session", "api_key"]
    authenticated_at: datetime


class CredentialClaims(Protocol):
    """The credential that a bearer token belongs to, and the scopes that the token allows."""

    @property
    def user_id(self) -> int: ...
    @property
    def credential_id(self) -> int: ...
    @property
    def scopes(self) -> frozenset[str]: ...


class CredentialLoader(Protocol):
    """Reads a credential; `auth` implements it."""

    async def __call__(self, db: ReadOnly, credential_id: int, /) -> ActiveCredential | None:
        """The credential as the database has it now; None if it is unknown, expired or revoked, or its owner is not active."""


# The general epoch and the owner's. A pair is never used twice for the same owner.
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
            # Loading everything again is safe; losing the change of one user is not.
            self._general += 1
            self._epochs.clear()
        self._epochs[user_id] = epoch

    async def get(self, claims: CredentialClaims, read: ReadOnly) -> Caller | None:
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

    async def _load_and_keep(self, claims: CredentialClaims, read: ReadOnly, epoch: Epoch, began: float) -> _Loaded:
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


def _caller_with(credential: ActiveCredential) -> Caller:
    return Caller(
        user_id=credential.user_id,
        role=credential.role,
        scopes=effective_scopes(credential.role, credential.scopes),
        credential_id=credential.credential_id,
        kind=credential.kind,
        authenticated_at=credential.authenticated_at,
    )


def _within(loaded: _Loaded, claims: CredentialClaims) -> Caller | None:
    """The caller with the scopes of the token, which may have fewer than its session."""
    caller = loaded.caller
    if caller is None or loaded.scopes <= claims.scopes:
        return caller
    return replace(caller, scopes=effective_scopes(caller.role, loaded.scopes & claims.scopes))
