"""Logins under way: from the client's request to the return of the browser."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.identities import queries
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.security.identity_providers.provider import ProviderRequest
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.identities import FlowRow

LIFETIME = timedelta(minutes=10)
# Scanners for leaked secrets recognise it.
LINK_PREFIX = "syl_"


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """The checked request of a registered client."""

    client_id: str
    redirect_uri: str
    state: str | None
    scope: str
    code_challenge: str
    has_login_prompt: bool


def new_provider_request(login: ThirdPartyLogin, provider_id: str, *, has_login_prompt: bool) -> ProviderRequest:
    """A request to a provider with a new state."""
    state = login.keys.random()
    derived = login.keys.derive(login.keys.kid, state)
    assert derived is not None, "it is our own key"
    return ProviderRequest(state, derived.nonce, derived.code_verifier, login.callback(provider_id), has_login_prompt)


async def begin_flow(
    tx: Transaction,
    login: ThirdPartyLogin,
    request: ClientRequest,
    sent: ProviderRequest,
    *,
    provider_id: str,
    browser: str,
    user_id: int | None = None,
) -> None:
    """Store the login, for this browser only. With a user, it links an identity."""
    await _insert(tx, login, request, sent.state, provider_id=provider_id, browser_hash=hash_secret(browser), user_id=user_id)


async def begin_link(tx: Transaction, login: ThirdPartyLogin, request: ClientRequest, *, provider_id: str, user_id: int) -> str:
    """Store a link that waits for its browser; return the address that the browser has to open."""
    secret = LINK_PREFIX + login.keys.random()
    await _insert(tx, login, request, secret, provider_id=provider_id, browser_hash=None, user_id=user_id)
    return f"{login.issuer}/authorize?link={secret}"


async def find_link(db: ReadOnly, secret: str) -> FlowRow | None:
    """The link with this secret; None if there is none, or if it is too old."""
    return _waiting(await db.first(queries.get_flow, state_hash=hash_secret(secret)), db.now)


async def take_link(tx: Transaction, secret: str) -> FlowRow | None:
    """The same, which works once."""
    return _waiting(await tx.first(queries.take_flow, state_hash=hash_secret(secret)), tx.now)


def _waiting(flow: FlowRow | None, now: datetime) -> FlowRow | None:
    """The flow, if it is a link that waits for its browser."""
    is_waiting = flow is not None and flow.browser_hash is None and flow.user_id is not None and flow.expires_at > now
    return flow if is_waiting else None


async def lock_linking_user(tx: Transaction, user_id: int) -> bool:
    """Whether the user of a link is still there; if so, until the transaction ends."""
    return await tx.scalar(queries.lock_user, user_id=user_id) is not None


async def _insert(
    tx: Transaction,
    login: ThirdPartyLogin,
    request: ClientRequest,
    secret: str,
    *,
    provider_id: str,
    browser_hash: str | None,
    user_id: int | None,
) -> None:
    await tx.run(
        queries.insert_flow,
        state_hash=hash_secret(secret),
        browser_hash=browser_hash,
        kid=login.keys.kid,
        provider=provider_id,
        client_id=request.client_id,
        redirect_uri=request.redirect_uri,
        client_state=request.state,
        scope=request.scope,
        code_challenge=request.code_challenge,
        prompt="login" if request.has_login_prompt else None,
        user_id=user_id,
        expires_at=tx.now + LIFETIME,
    )


async def take_flow(database: Database, *, state: str | None, provider_id: str, browser: str | None) -> FlowRow | None:
    """End the login with this state, whatever comes next; return it if it belongs to this provider and this browser."""
    if not state:
        return None
    async with database.transaction() as tx:
        flow = await tx.first(queries.take_flow, state_hash=hash_secret(state))
        now = tx.now
    if flow is None or browser is None:
        return None
    fits = flow.provider == provider_id and flow.browser_hash == hash_secret(browser) and flow.expires_at > now
    return flow if fits else None


def provider_request_again(login: ThirdPartyLogin, flow: FlowRow, state: str) -> ProviderRequest | None:
    """The request that was sent; None if its key has been removed since."""
    derived = login.keys.derive(flow.kid, state)
    if derived is None:
        return None
    return ProviderRequest(state, derived.nonce, derived.code_verifier, login.callback(flow.provider), flow.prompt == "login")
