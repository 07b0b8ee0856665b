"""Opens and refreshes sessions."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import MISSING

from steelyard.contract.access.authorization import MAX_LOGIN_AGE
from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import ANONYMOUS, Actor
from steelyard.features.auth import queries
from steelyard.features.auth.credentials import revoke_active
from steelyard.features.auth.events import record_credential_event
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.login_throttle import login_attempt, raise_if_blocked
from steelyard.features.auth.password_checks import count_failure, lock_login
from steelyard.features.identities.codes import CodeExchange, get_code, proven_login_time, set_session_of_code, use_code
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.scopes import effective_scopes, grant_scopes
from steelyard.security.secret_texts import hash_secret, make_secret
from steelyard_contract import models as m
from steelyard_contract.policy import Role
from steelyard_contract.problems import (
    AccountDisabled,
    InvalidCredentials,
    InvalidGrant,
    InvalidRefreshToken,
    RefreshTokenReused,
    UnauthorizedClient,
)

_REFRESH_PREFIX = "syr_"


@dataclass(frozen=True, slots=True)
class Session:
    """A session with new tokens. Neither token is stored."""

    session_id: int
    access_token: str
    expires_in: int
    refresh_token: str
    scopes: tuple[str, ...]


async def issue_token(
    db: ReadOnly,
    tx: Transaction,
    tools: LoginTools,
    cache: CredentialCache,
    login: ThirdPartyLogin,
    *,
    request: m.TokenRequest,
    network: str,
) -> Session:
    """Open a session with a password or the code of a login with a third party, or refresh one with a refresh token."""
    if request.grant_type is m.GrantType.refresh_token:
        assert request.refresh_token is not MISSING, "the contract's if/then"
        return await refresh_session(tx, tools, cache, refresh_token=request.refresh_token, scope=request.scope)
    if request.grant_type is m.GrantType.authorization_code:
        sent = (request.code, request.client_id, request.redirect_uri, request.code_verifier)
        return await exchange_code(tx, tools, cache, login, exchange=CodeExchange(*map(_sent, sent)))
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
    return await _open_session(
        tx,
        tools,
        user_id=locked.id,
        name="Login with password",
        scopes=scopes,
        network_key=attempt.network_key,
        authenticated_at=tx.now,
    )


async def exchange_code(
    tx: Transaction, tools: LoginTools, cache: CredentialCache, login: ThirdPartyLogin, *, exchange: CodeExchange
) -> Session:
    """Open a session for the code of a login with a third party. The second use of a code revokes the session of the first one."""
    if login.clients.find(exchange.client_id) is None:
        raise UnauthorizedClient
    known = await get_code(tx, exchange.code)
    if known is None:
        raise InvalidGrant
    # The user before the code, as in every other write that locks both.
    account = await tx.first(queries.lock_login, user_id=known.user_id)
    code = await use_code(tx, exchange, purpose="login")
    if code is None:
        again = await get_code(tx, exchange.code)
        if again is not None and again.credential_id is not None:
            await revoke_active(tx, cache, user_id=again.user_id, credential_id=again.credential_id, actor=ANONYMOUS)
        raise tx.keeping(InvalidGrant())
    if account is None:
        raise tx.keeping(InvalidGrant())
    if not account.is_active:
        raise tx.keeping(AccountDisabled())
    provider = login.providers.by_id.get(code.provider)
    gives_staff_scopes = provider is not None and provider.settings.staff
    session = await _open_session(
        tx,
        tools,
        user_id=account.id,
        name=f"Login with {code.provider if provider is None else provider.settings.name}",
        scopes=grant_scopes(account.role if gives_staff_scopes else "user", code.scope),
        network_key=None,
        authenticated_at=proven_login_time(code, tx.now, max_age=MAX_LOGIN_AGE),
    )
    await set_session_of_code(tx, exchange.code, session.session_id)
    return session


async def _open_session(
    tx: Transaction,
    tools: LoginTools,
    *,
    user_id: int,
    name: str,
    scopes: tuple[str, ...],
    network_key: str | None,
    authenticated_at: datetime,
) -> Session:
    expires_at = tx.now + tools.rules.session_lifetime
    session_id = await tx.one(
        queries.insert_credential,
        user_id=user_id,
        kind="session",
        name=name,
        scopes=" ".join(scopes),
        expires_at=expires_at,
        network_key=network_key,
        authenticated_at=authenticated_at,
        now=tx.now,
    )
    actor = Actor.user(user_id)
    await record_credential_event(tx, "credential.created", actor, user_id=user_id, credential_id=session_id, kind="session")
    return await _issue_tokens(tx, tools, user_id, session_id, scopes, expires_at=expires_at)


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
        authenticated_at=tx.now,
        now=tx.now,
    )
    return Caller(user_id, role, effective_scopes(role, scopes), credential_id, "session", tx.now)


async def refresh_session(tx: Transaction, tools: LoginTools, cache: CredentialCache, *, refresh_token: str, scope: str) -> Session:
    """Issue new tokens for an unused refresh token. The second use of a token revokes its session."""
    token_hash = hash_secret(refresh_token)
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
    secret = make_secret(_REFRESH_PREFIX, tools.random_bytes)
    await tx.run(
        queries.insert_refresh_token,
        token_hash=hash_secret(secret),
        credential_id=session_id,
        expires_at=min(tx.now + tools.rules.refresh_token_lifetime, expires_at),
        now=tx.now,
    )
    lifetime_s = tools.tokens.lifetime_s
    token = tools.tokens.issue(user_id=user_id, credential_id=session_id, scopes=scopes, lifetime_s=lifetime_s)
    return Session(session_id, token, lifetime_s, secret, scopes)


def _sent(value: str | MISSING) -> str:
    assert value is not MISSING, "the contract's if/then"
    return value
