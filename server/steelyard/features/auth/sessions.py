"""Logs in and refreshes sessions."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from pydantic import MISSING

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import ANONYMOUS, Actor
from steelyard.features.auth import queries
from steelyard.features.auth.credentials import revoke_active
from steelyard.features.auth.events import record_credential_event
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.login_throttle import login_attempt, raise_if_blocked
from steelyard.features.auth.password_checks import count_failure, lock_login
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.scopes import effective_scopes, grant_scopes
from steelyard_contract import models as m
from steelyard_contract.policy import Role
from steelyard_contract.problems import AccountDisabled, InvalidCredentials, InvalidRefreshToken, RefreshTokenReused

# 256 random bits are 43 characters of base64url. Scanners for leaked secrets recognise the prefix.
_REFRESH_PREFIX = "syr_"
_REFRESH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """A session with new tokens. Neither token is stored."""

    session_id: int
    access_token: str
    expires_in: int
    refresh_token: str
    scopes: tuple[str, ...]


async def issue_token(
    db: ReadOnly, tx: Transaction, tools: LoginTools, cache: CredentialCache, *, request: m.TokenRequest, network: str
) -> Session:
    """Open a session with a password, or refresh one with a refresh token."""
    if request.grant_type is m.GrantType.refresh_token:
        assert request.refresh_token is not MISSING, "the contract's if/then"
        return await refresh_session(tx, tools, cache, refresh_token=request.refresh_token, scope=request.scope)
    assert request.username is not MISSING, "the contract's else"
    assert request.password is not MISSING, "the contract's else"
    return await log_in(db, tx, tools, username=request.username, password=request.password, scope=request.scope, network=network)


async def log_in(db: ReadOnly, tx: Transaction, tools: LoginTools, *, username: str, password: str, scope: str, network: str) -> Session:
    """Open a session for the right password.

    No connection is held while the password is hashed; the rows that were read before are read again under the lock of the login.
    Unknown users take the same steps, so that responses and times are alike.
    """
    folded = username.casefold()
    attempt = login_attempt(email_folded=folded, network=network)
    await raise_if_blocked(db, tools.rules, attempt)
    login = await db.first(queries.get_login_by_email, email_folded=folded)

    check = await tools.passwords.verify(password, login.hashed_password if login else None)

    locked = await lock_login(tx, tools.rules, attempt, login)
    if not check.is_right or login is None:
        raise await count_failure(tx, tools.rules, attempt, login, InvalidCredentials())
    if locked is None:
        raise InvalidCredentials
    if not locked.is_active:
        raise AccountDisabled
    if check.better_hash is not None:
        await tx.run(queries.replace_password_hash, user_id=locked.id, old_hash=locked.hashed_password, new_hash=check.better_hash)
    scopes = grant_scopes(locked.role, scope)
    expires_at = tx.now + tools.rules.session_lifetime
    session_id = await tx.one(
        queries.insert_credential,
        user_id=locked.id,
        kind="session",
        name="Login with password",
        scopes=" ".join(scopes),
        expires_at=expires_at,
        network_key=attempt.network_key,
        now=tx.now,
    )
    actor = Actor.user(locked.id)
    await record_credential_event(tx, "credential.created", actor, user_id=locked.id, credential_id=session_id, kind="session")
    return await _issue_tokens(tx, tools, locked.id, session_id, scopes, expires_at=expires_at)


async def act_for(tx: Transaction, *, user_id: int, role: Role, until: datetime) -> Caller:
    """Return the user as a caller with a session that has no token, for programs such as the demo."""
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


async def refresh_session(tx: Transaction, tools: LoginTools, cache: CredentialCache, *, refresh_token: str, scope: str) -> Session:
    """Issue new tokens for an unused refresh token. The second use of a token revokes its session."""
    token_hash = _hash(refresh_token)
    credential_id = await tx.scalar(queries.use_refresh_token, token_hash=token_hash, now=tx.now)
    if credential_id is None:
        known = await tx.first(queries.get_refresh_token, token_hash=token_hash)
        if known is None or known.used_at is None:
            raise InvalidRefreshToken
        # A race and a theft look alike, so the holder of the other token must not go on. The problem commits the revocation.
        await revoke_active(tx, cache, user_id=known.user_id, credential_id=known.credential_id, actor=ANONYMOUS)
        raise tx.keeping(RefreshTokenReused())
    session = await tx.first(queries.get_session, credential_id=credential_id, now=tx.now)
    if session is None:
        raise InvalidRefreshToken
    await tx.run(queries.touch_credential, credential_id=session.id, now=tx.now)
    held = session.scopes.split()
    scopes = tuple(each for each in grant_scopes(session.role, scope) if each in held)
    return await _issue_tokens(tx, tools, session.user_id, session.id, scopes, expires_at=session.expires_at)


async def _issue_tokens(
    tx: Transaction, tools: LoginTools, user_id: int, session_id: int, scopes: tuple[str, ...], *, expires_at: datetime
) -> Session:
    secret = _REFRESH_PREFIX + urlsafe_b64encode(tools.random_bytes(_REFRESH_BYTES)).rstrip(b"=").decode()
    await tx.run(
        queries.insert_refresh_token,
        token_hash=_hash(secret),
        credential_id=session_id,
        expires_at=min(tx.now + tools.rules.refresh_token_lifetime, expires_at),
        now=tx.now,
    )
    lifetime_s = tools.tokens.lifetime_s
    token = tools.tokens.issue(user_id=user_id, credential_id=session_id, scopes=scopes, lifetime_s=lifetime_s)
    return Session(session_id, token, lifetime_s, secret, scopes)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
