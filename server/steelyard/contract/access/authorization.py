"""Which callers may use an operation: its `security` and `x-access`, compiled."""

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard_contract import models as m
from steelyard_contract.operations import Operation
from steelyard_contract.policy import MAX_LOGIN_AGE_S
from steelyard_contract.problems import (
    AdminRequired,
    FreshLoginRequired,
    InsufficientScope,
    NotAuthenticated,
    Problem,
    SessionRequired,
    StaffRequired,
)

MAX_LOGIN_AGE = timedelta(seconds=MAX_LOGIN_AGE_S)

_ROLES = ("support", "admin")


class TokenClaims(Protocol):
    """The claims of a genuine token, before its credential is loaded."""

    @property
    def user_id(self) -> int | None:
        """The owner of the credential; None if only the database can say it."""

    @property
    def credential_id(self) -> int | None:
        """The credential that the token belongs to; None if only the database can say it."""


Known = TypeVar("Known", bound=TokenClaims)


class Authenticator(Protocol[Known]):
    """Enforces the contract's security schemes; raises InvalidToken."""

    @property
    def schemes(self) -> frozenset[str]:
        """The names of the schemes it enforces."""

    def verify(self, token: bytes) -> Known:
        """The claims of a token that is not certainly bad. No I/O."""

    async def load_caller(self, claims: Known, read: ReadOnly) -> Caller:
        """The caller, while the credential is active."""

    def invalidate(self, claims: Known) -> None:
        """Have the next `load_caller` read the credential anew."""


class Authorizer(Generic[Known]):
    """Lets the callers of one operation pass, or raises a problem."""

    def __init__(self, operation: Operation, authenticator: Authenticator[Known]) -> None:
        self._authenticator = authenticator
        self._alternatives = [frozenset(scope for _, scopes in way for scope in scopes) for way in operation.security if way]
        self.is_open = not self._alternatives
        self._optional = () in operation.security
        self._rows = operation.access
        by_role_only = bool(self._rows) and all(who in _ROLES for who, _, _ in self._rows)
        self._needs_staff = by_role_only and any(who == "support" for who, _, _ in self._rows)
        self._needs_admin = by_role_only and not self._needs_staff

    def verify(self, headers: Mapping[bytes, bytes], repeated: Container[bytes], query: bytes = b"") -> Known | None:  # noqa: ARG002  # of keys
        """The claims of the token; None if there is no token and the operation needs none."""
        sent = headers.get(b"authorization")
        if sent is None:
            if self._optional:
                return None
            raise NotAuthenticated
        scheme, _, token = sent.partition(b" ")
        if scheme.lower() != b"bearer" or b"authorization" in repeated or not token:
            raise NotAuthenticated
        return self._authenticator.verify(token.strip(b" "))

    async def authorize(self, claims: Known, read: ReadOnly) -> Caller:
        """The caller, when credential, role and scopes suffice for this operation."""
        caller = await self._authenticator.load_caller(claims, read)
        if self._alternatives and not any(scopes <= caller.scopes for scopes in self._alternatives):
            raise self._missing(caller)
        if self._rows:
            self._check_rows(caller, read.now)
        return caller

    async def authorize_again(self, claims: Known, read: ReadOnly) -> Caller:
        """The same with the current rows, after a write has found that the caller has changed."""
        self._authenticator.invalidate(claims)
        return await self.authorize(claims, read)

    def _missing(self, caller: Caller, lacking: Iterable[AbstractSet[str]] | None = None) -> Problem:
        """The problem of a caller who does not pass; `lacking` has the scopes that each alternative lacks."""
        if self._needs_admin and not caller.is_admin:
            return AdminRequired()
        if self._needs_staff and not caller.is_staff:
            return StaffRequired()
        least = min(lacking or (scopes - caller.scopes for scopes in self._alternatives), key=len)
        return InsufficientScope(required_scope=[m.Scope(scope) for scope in sorted(least)])

    def _check_rows(self, caller: Caller, now: datetime) -> None:
        """Check what depends on credential and role alone. The service checks ownership."""
        refused: Problem | None = None
        for who, scope, credential in self._rows:
            if _has_part(who, caller) and (scope == "none" or scope in caller.scopes):
                refused = _unfit(credential, caller, now)
                if refused is None:
                    return
        raise refused or self._missing(caller)


def _has_part(who: str, caller: Caller) -> bool:
    """Whether the caller may be the party of the row. Parties that are not roles depend on the resource."""
    return caller.is_admin if who == "admin" else caller.is_staff if who == "support" else True


def _unfit(credential: str, caller: Caller, now: datetime) -> Problem | None:
    if credential != "any" and caller.kind != "session":
        return SessionRequired()
    return too_old(caller, now) if credential == "fresh" else None


def too_old(caller: Caller, now: datetime) -> Problem | None:
    """The problem if this is not a fresh login."""
    if caller.kind != "session":
        return SessionRequired()
    if now - caller.authenticated_at > MAX_LOGIN_AGE:
        return FreshLoginRequired(max_age=MAX_LOGIN_AGE_S)
    return None
