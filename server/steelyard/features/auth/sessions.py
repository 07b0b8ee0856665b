"""Logging in, staying logged in, logging out; and whether a credential still holds."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from pydantic import MISSING

from steelyard.contract.access.caller import Caller, CallerChanged
from steelyard.db.errors import TransactionConflict
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events import log
from steelyard.events.log import ANONYMOUS, Actor, Event, Subject
from steelyard.features.auth import queries
from steelyard.features.auth.login import LoginPolicy, LoginTools
from steelyard.features.auth.login_throttle import LoginAttempt, login_attempt, raise_if_blocked, record_failure
from steelyard.security.authenticator import ActiveCredential, CredentialCache
from steelyard.security.scopes import effective_scopes, grant_scopes
from steelyard.tables.credentials import ActiveCredentialRow, LoginRow
from steelyard_contract import models as m
from steelyard_contract.policy import Role
from steelyard_contract.problems import (
    AccountDisabled,
    CredentialNotFound,
    InvalidCredentials,
    InvalidRefreshToken,
    InvalidToken,
    PasswordIncorrect,
    RefreshTokenReused,
)

# 256 random bits are 43 characters of base64url; the prefix tells scanners for leaked secrets what they have found.
_REFRESH_PREFIX = "syr_"
_REFRESH_BYTES = 32

_Refusal = TypeVar("_Refusal", bound=Exception)

# One sweep of a table; the next one comes soon enough.
SWEPT_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """A session with new tokens; neither token is kept anywhere."""

    session_id: int
    access_token: str
    expires_in: int
    refresh_token: str
    scopes: tuple[str, ...]


async def issue_token(
    db: ReadOnly, tx: Transaction, login: LoginTools, standings: CredentialCache, *, request: m.TokenRequest, network: str
) -> Session:
    """The session that a token request asks for, by password or by refresh token."""
    if request.grant_type is m.GrantType.refresh_token:
        assert request.refresh_token is not MISSING, "the contract's if/then"
        return await refresh_session(tx, login, standings, refresh_token=request.refresh_token, scope=request.scope)
    assert request.username is not MISSING, "the contract's else"
    assert request.password is not MISSING, "the contract's else"
    return await log_in(db, tx, login, username=request.username, password=request.password, scope=request.scope, network=network)


async def log_in(db: ReadOnly, tx: Transaction, login: LoginTools, *, username: str, password: str, scope: str, network: str) -> Session:
    """A new session for the right password.

    Nothing is held while the password is hashed: what was read before is read again under the account's lock afterwards. Every
    step happens for an unknown user as well, so that answers and times are alike.
    """
    folded = username.casefold()
    who = login_attempt(email_folded=folded, network=network)
    await raise_if_blocked(db, login.rules, who)
    account = await db.first(queries.get_login_by_email, email_folded=folded)

    verdict = await login.passwords.verify(password, account.hashed_password if account else None)

    locked = await _lock(tx, login.rules, who, account)
    if not verdict.is_right or account is None:
        raise await _failed(tx, login.rules, who, account, InvalidCredentials())
    if locked is None:
        raise InvalidCredentials
    if not locked.is_active:
        raise AccountDisabled
    if verdict.better_hash is not None:
        await tx.run(queries.replace_password_hash, user_id=locked.id, old_hash=locked.hashed_password, new_hash=verdict.better_hash)
    scopes = grant_scopes(locked.role, scope)
    session_id = await tx.one(
        queries.insert_credential,
        user_id=locked.id,
        kind="session",
        name="Login with password",
        scopes=" ".join(scopes),
        expires_at=tx.now + login.rules.session_lifetime,
        network_key=who.network_key,
        now=tx.now,
    )
    await log.record_event(tx, _told_of_credential("credential.created", locked.id, session_id, Actor.user(locked.id)))
    return await _with_tokens(tx, login, locked.id, session_id, scopes, ends_at=tx.now + login.rules.session_lifetime)


async def act_for(tx: Transaction, *, user_id: int, role: Role, until: datetime) -> Caller:
    """The user as a caller, by a session without a token: for programs of the marketplace that act for a user, such as the demo."""
    scopes = grant_scopes(role, None)
    credential_id = await tx.one(
        queries.insert_credential,
        user_id=user_id,
        kind="session",
        name="Without a login",
        scopes=" ".join(scopes),
        expires_at=until,
        network_key=None,
        now=tx.now,
    )
    return Caller(user_id, role, effective_scopes(role, scopes), credential_id, "session", tx.now)


async def refresh_session(tx: Transaction, login: LoginTools, standings: CredentialCache, *, refresh_token: str, scope: str) -> Session:
    """New tokens for a refresh token that was not used before; one that was ends its session."""
    token_hash = _hash(refresh_token)
    credential_id = await tx.scalar(queries.use_refresh_token, token_hash=token_hash, now=tx.now)
    if credential_id is None:
        known = await tx.first(queries.get_refresh_token, token_hash=token_hash)
        if known is None or known.used_at is None:
            raise InvalidRefreshToken
        # Raced or stolen, nobody can tell which: whoever holds the other token must not go on. The revocation outlives the refusal.
        await revoke(tx, standings, user_id=known.user_id, credential_id=known.credential_id, actor=ANONYMOUS)
        raise tx.keeping(RefreshTokenReused())
    session = await tx.first(queries.get_session, credential_id=credential_id, now=tx.now)
    if session is None:
        raise InvalidRefreshToken
    await tx.run(queries.touch_credential, credential_id=session.id, now=tx.now)
    held = session.scopes.split()
    scopes = tuple(each for each in grant_scopes(session.role, scope) if each in held)
    return await _with_tokens(tx, login, session.user_id, session.id, scopes, ends_at=session.expires_at)


async def check_password(db: ReadOnly, login: LoginTools, *, user_id: int, password: str, network: str) -> "PasswordProof":
    """Checks a password again, before a transaction is begun; `Proof.settle` says in it what came out."""
    account = await db.first(queries.get_login_by_id, user_id=user_id)
    if account is None:
        raise InvalidToken
    who = login_attempt(email_folded=account.email.casefold(), network=network)
    await raise_if_blocked(db, login.rules, who)
    verdict = await login.passwords.verify(password, account.hashed_password)
    return PasswordProof(account, who, login.rules, is_right=verdict.is_right)


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """What came of checking a password, and for which account."""

    account: LoginRow
    who: LoginAttempt
    rules: LoginPolicy
    is_right: bool

    async def settle(self, tx: Transaction) -> LoginRow:
        """The account, locked, if the password was right and still is; else PasswordIncorrect, counted like a failed login."""
        locked = await _lock(tx, self.rules, self.who, self.account)
        if not self.is_right:
            raise await _failed(tx, self.rules, self.who, self.account, PasswordIncorrect())
        if locked is None:
            raise PasswordIncorrect
        return locked


async def load_credential(read: ReadOnly, credential_id: int) -> ActiveCredential | None:
    """A credential in force, as the database has it now: the registry of `security.access`."""
    row = await read.first(queries.get_active_credential, credential_id=credential_id, now=read.now)
    return None if row is None else _standing(row)


async def confirm(tx: Transaction, caller: Caller, *, alone: bool = False) -> None:
    """CallerChanged, unless the caller is in this very transaction as the gate let them pass; the caller is locked from here on.

    For writes whose first statement does not confirm the caller by itself, and for those whose first statement has found nothing.
    `alone` is for writes that change the caller's own row.
    """
    found = await tx.scalar(
        queries.confirm_alone if alone else queries.confirm,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if found is None:
        raise CallerChanged


async def revoke_current_credential(tx: Transaction, standings: CredentialCache, caller: Caller) -> None:
    """Ends the credential that the request was made with."""
    if not await revoke(tx, standings, user_id=caller.user_id, credential_id=caller.credential_id, actor=Actor.user(caller.user_id)):
        raise InvalidToken


async def revoke_credential(tx: Transaction, standings: CredentialCache, caller: Caller, *, credential_id: int) -> None:
    """Ends one of the caller's credentials; those of others are unknown here."""
    await confirm(tx, caller, alone=True)
    if not await revoke(tx, standings, user_id=caller.user_id, credential_id=credential_id, actor=Actor.user(caller.user_id)):
        raise CredentialNotFound


async def revoke(tx: Transaction, standings: CredentialCache, *, user_id: int, credential_id: int, actor: Actor) -> bool:
    """Ends a live credential of that user; whether there was one."""
    tx.on_commit(lambda: standings.drop_user(user_id))
    kind = await tx.scalar(queries.revoke_credential, credential_id=credential_id, user_id=user_id, now=tx.now)
    if kind is None:
        return False
    await log.record_event(tx, _told_of_credential("credential.revoked", user_id, credential_id, actor, kind))
    return True


async def revoke_all(tx: Transaction, standings: CredentialCache, *, user_id: int, actor: Actor, spared_id: int = 0) -> None:
    """Ends every credential of a user, or all but one."""
    tx.on_commit(lambda: standings.drop_user(user_id))
    for row in await tx.all(queries.revoke_other_credentials, user_id=user_id, spared_id=spared_id, now=tx.now):
        await log.record_event(tx, _told_of_credential("credential.revoked", user_id, row.id, actor, row.kind))


async def erase_user(tx: Transaction, standings: CredentialCache, *, user_id: int, actor: Actor) -> None:
    """Ends and erases the credentials of a user whose account is deleted; their events stay."""
    # Refresh tokens before their credentials, as when a session is renewed: in the other order each would wait for the other.
    await tx.run(queries.forget_refresh_tokens_of, user_id=user_id)
    await revoke_all(tx, standings, user_id=user_id, actor=actor)
    await tx.run(queries.delete_credentials_of, user_id=user_id)


async def delete_expired(tx: Transaction, rules: LoginPolicy) -> int:
    """Forgets what no longer counts: failed logins, expired credentials and refresh tokens; how many rows, some thousands at most."""
    swept = await tx.run(queries.delete_login_failures, before=tx.now - max(rules.window, rules.account_window), most=SWEPT_AT_ONCE)
    # A token that was used stays as long as its session could last: until then its return is a sign of theft.
    swept += await tx.run(queries.delete_expired_refresh_tokens, before=tx.now - rules.session_lifetime, most=SWEPT_AT_ONCE)
    swept += await tx.run(queries.delete_expired_credentials, before=tx.now - timedelta(days=1), most=SWEPT_AT_ONCE)
    return swept


async def _lock(tx: Transaction, rules: LoginPolicy, who: LoginAttempt, account: LoginRow | None) -> LoginRow | None:
    """The account, locked; None when there is none. TransactionConflict when its hash has changed since the password was checked.

    Then the password is checked again: another login may have replaced an old hash of the same password. However many guesses are hashed
    at once, one after the other comes here, so no more than the rules allow get a verdict.
    """
    locked = await tx.first(queries.lock_login, user_id=account.id if account else 0)
    await raise_if_blocked(tx, rules, who)
    if locked is None or account is None:
        return None
    if locked.hashed_password != account.hashed_password:
        raise TransactionConflict("the hash was replaced while the password was checked")
    return locked


async def _failed(tx: Transaction, rules: LoginPolicy, who: LoginAttempt, account: LoginRow | None, problem: _Refusal) -> _Refusal:
    if await record_failure(tx, rules, who):
        user_id = account.id if account else None
        audience = [user_id] if user_id else []
        await log.record_event(tx, Event("auth.login_blocked", ANONYMOUS, Subject("user", user_id), {"user_id": user_id}, audience))
    return tx.keeping(problem)


async def _with_tokens(
    tx: Transaction, login: LoginTools, user_id: int, session_id: int, scopes: tuple[str, ...], *, ends_at: datetime
) -> Session:
    secret = _REFRESH_PREFIX + urlsafe_b64encode(login.random_bytes(_REFRESH_BYTES)).rstrip(b"=").decode()
    await tx.run(
        queries.insert_refresh_token,
        token_hash=_hash(secret),
        credential_id=session_id,
        expires_at=min(tx.now + login.rules.refresh_token_lifetime, ends_at),
        now=tx.now,
    )
    lifetime_s = login.tokens.lifetime_s
    token = login.tokens.issue(user_id=user_id, credential_id=session_id, scopes=scopes, lifetime_s=lifetime_s)
    return Session(session_id, token, lifetime_s, secret, scopes)


def _standing(row: ActiveCredentialRow) -> ActiveCredential:
    return ActiveCredential(row.user_id, row.role, frozenset(row.scopes.split()), row.id, row.kind, row.authenticated_at)


def _told_of_credential(
    what: Literal["credential.created", "credential.revoked"], user_id: int, credential_id: int, actor: Actor, kind: str = "session"
) -> Event:
    return Event(what, actor, Subject("credential", credential_id), {"credential_id": credential_id, "kind": kind}, [user_id])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
