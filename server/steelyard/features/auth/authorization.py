"""The authorization endpoint: a client's request becomes a request to an identity provider."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlencode

import structlog

from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.identities.flows import ClientRequest, begin_flow, find_link, new_provider_request, take_link
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.features.identities.redirects import ErrorCode, ReturnAddress
from steelyard.security.identity_providers.provider import ProviderUnavailable
from steelyard_contract.problems import InvalidClient, InvalidRedirectUri, LoginExpired

log = structlog.get_logger()

PauseDeadline = Callable[[], AbstractContextManager[None]]

# The base64url of a SHA-256.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """The parameters of authorize, unchecked. The names are those of RFC 6749 and RFC 7636."""

    response_type: str | None
    client_id: str | None
    redirect_uri: str | None
    state: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    scope: str | None
    provider: str | None
    prompt: str | None
    link: str | None

    def as_query(self) -> str:
        """The same parameters, for a link."""
        sent = {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}
        return urlencode(sent, quote_via=quote)


class Continuation(NamedTuple):
    """Where the browser continues, and the value of its cookie."""

    location: str
    cookie: str


class _Wrong(Exception):
    def __init__(self, error: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.error: ErrorCode = error
        self.description = description


async def authorize(
    db: ReadOnly,
    tx: Transaction,
    login: ThirdPartyLogin,
    pause: PauseDeadline,
    *,
    request: AuthorizationRequest,
    browser: str | None,
) -> Continuation:
    """Begin a login. Raises a problem only while it is unknown whether the redirect URI belongs to the client."""
    cookie = browser or login.keys.random()
    if request.link:
        return Continuation(await _continue_link(db, tx, login, pause, link=request.link, browser=cookie), cookie)
    client = login.clients.find(request.client_id)
    if client is None:
        raise InvalidClient
    if request.redirect_uri is None or not client.accepts(request.redirect_uri):
        raise InvalidRedirectUri
    back = ReturnAddress(request.redirect_uri, request.state, login.issuer)
    try:
        checked = _check(request, client.id, request.redirect_uri)
        provider_id = _choose_provider(request.provider, login)
        if provider_id is None:
            return Continuation(f"/login?{request.as_query()}", cookie)
    except _Wrong as wrong:
        return Continuation(back.with_error(wrong.error, wrong.description), cookie)
    return Continuation(await _lead_to_provider(tx, login, pause, checked, back, provider_id=provider_id, browser=cookie), cookie)


async def _continue_link(db: ReadOnly, tx: Transaction, login: ThirdPartyLogin, pause: PauseDeadline, *, link: str, browser: str) -> str:
    """Lead the browser of a link on. All parameters come from the user who began it."""
    flow = await find_link(db, link)
    if flow is None or flow.provider not in login.providers.by_id:
        raise LoginExpired
    request = ClientRequest(flow.client_id, flow.redirect_uri, flow.client_state, "", flow.code_challenge, has_login_prompt=False)
    back = ReturnAddress(flow.redirect_uri, flow.client_state, login.issuer)
    return await _lead_to_provider(tx, login, pause, request, back, provider_id=flow.provider, browser=browser, link=link)


async def _lead_to_provider(
    tx: Transaction,
    login: ThirdPartyLogin,
    pause: PauseDeadline,
    request: ClientRequest,
    back: ReturnAddress,
    *,
    provider_id: str,
    browser: str,
    link: str | None = None,
) -> str:
    """Where the browser logs in, or back to the client if the provider cannot be used.

    Nothing is locked during the call to the provider. So a link is taken after it, and stays good if the provider cannot be used.
    """
    sent = new_provider_request(login, provider_id, has_login_prompt=request.has_login_prompt)
    try:
        with pause():
            location = await login.providers.by_id[provider_id].authorization_url(sent)
    except ProviderUnavailable as unavailable:
        log.warning("provider_unavailable", provider=provider_id, reason=str(unavailable))
        login.count(provider_id, "unavailable")
        return back.with_error("temporarily_unavailable", "The identity provider cannot be reached at the moment")
    user_id = None if link is None else await _user_of_link(tx, link)
    await begin_flow(tx, login, request, sent, provider_id=provider_id, browser=browser, user_id=user_id)
    login.count(provider_id, "started")
    return location


async def _user_of_link(tx: Transaction, link: str) -> int | None:
    flow = await take_link(tx, link)
    if flow is None:
        # Another browser was faster.
        raise LoginExpired
    return flow.user_id


def _check(request: AuthorizationRequest, client_id: str, redirect_uri: str) -> ClientRequest:
    if request.response_type != "code":
        raise _Wrong("unsupported_response_type" if request.response_type else "invalid_request", "response_type has to be code")
    if request.code_challenge_method != "S256":
        raise _Wrong("invalid_request", "code_challenge_method has to be S256")
    if request.code_challenge is None or _CHALLENGE.fullmatch(request.code_challenge) is None:
        raise _Wrong("invalid_request", "code_challenge has to be the base64url of a SHA-256")
    if request.prompt not in (None, "", "login"):
        raise _Wrong("invalid_request", "prompt can only be login")
    return ClientRequest(
        client_id, redirect_uri, request.state, request.scope or "", request.code_challenge, has_login_prompt=request.prompt == "login"
    )


def _choose_provider(requested: str | None, login: ThirdPartyLogin) -> str | None:
    """The requested provider, or the only one; None if the user has to choose."""
    providers = login.providers.by_id
    if requested:
        if requested not in providers:
            raise _Wrong("invalid_request", "There is no such identity provider")
        return requested
    if not providers:
        raise _Wrong("invalid_request", "This server has no identity providers")
    return next(iter(providers)) if len(providers) == 1 else None
