"""Credentials over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, Pause, ReadOnly, Shared, Transaction
from steelyard.db.database import Database
from steelyard.features.auth import (
    api_keys,
    authorization,
    credentials,
    discovery,
    password_reset,
    sessions,
    third_party_login,
    verification,
)
from steelyard.features.auth.authorization import AuthorizationRequest
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.third_party_login import ProviderResponse
from steelyard.features.auth.views import api_key_created_view, credential_page_view, token_view
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.paging.paginator import PageRequest, Paginator
from steelyard.security.client_network import ClientNetwork
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.login_cookie import LoginCookie, set_login_cookie
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def issue_token(
    body: m.TokenRequest,
    tools: Shared[LoginTools],
    cache: Shared[CredentialCache],
    login: Shared[ThirdPartyLogin],
    network: ClientNetwork,
    db: ReadOnly,
    tx: Transaction,
) -> r.IssueToken200:
    session = await sessions.issue_token(db, tx, tools, cache, login, request=body, network=network)
    return r.IssueToken200(body=token_view(session))


async def create_api_key(
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    body: m.ApiKeyCreate,
    caller: CurrentCaller,
    tx: Transaction,
) -> r.CreateApiKey201:
    created = await api_keys.create_api_key(tx, caller=caller, draft=body)
    return r.CreateApiKey201(body=api_key_created_view(created))


async def list_credentials(
    skip: p.Skip, limit: p.Limit, cursor: p.Cursor, caller: CurrentCaller, paginator: Shared[Paginator], db: ReadOnly
) -> r.ListCredentials200:
    page = await credentials.list_credentials(db, paginator, caller=caller, request=PageRequest(skip, limit, cursor))
    return r.ListCredentials200(body=credential_page_view(page, current_id=caller.credential_id), link=page.link)


async def get_authorization_server(login: Shared[ThirdPartyLogin]) -> r.GetAuthorizationServer200:
    return r.GetAuthorizationServer200(body=discovery.get_authorization_server(login))


async def list_login_providers(login: Shared[ThirdPartyLogin]) -> m.LoginProviders:
    return discovery.list_login_providers(login)


async def authorize(
    response_type: p.ResponseType,
    client_id: p.ClientId,
    redirect_uri: p.RedirectUri,
    state: p.AuthorizeState,
    code_challenge: p.CodeChallenge,
    code_challenge_method: p.CodeChallengeMethod,
    scope: p.Scope,
    provider: p.AuthorizeProvider,
    prompt: p.Prompt,
    link: p.Link,
    browser: LoginCookie,
    login: Shared[ThirdPartyLogin],
    pause: Pause,
    db: ReadOnly,
    tx: Transaction,
) -> r.Authorize303:
    request = AuthorizationRequest(
        response_type, client_id, redirect_uri, state, code_challenge, code_challenge_method, scope, provider, prompt, link
    )
    continuation = await authorization.authorize(db, tx, login, pause, request=request, browser=browser)
    return r.Authorize303(location=continuation.location, set_cookie=set_login_cookie(continuation.cookie))


async def receive_login(
    provider: p.LoginProviderId,
    state: p.ReceiveLoginState,
    code: p.Code,
    error: p.ErrorModel,
    iss: p.Iss,
    browser: LoginCookie,
    login: Shared[ThirdPartyLogin],
    database: Shared[Database],
    pause: Pause,
    tx: Transaction,
) -> r.ReceiveLogin303:
    response = ProviderResponse(provider, state, code, error, iss)
    location = await third_party_login.receive_login(database, tx, login, pause, response=response, browser=browser)
    return r.ReceiveLogin303(location=location)


async def revoke_current_credential(caller: CurrentCaller, cache: Shared[CredentialCache], tx: Transaction) -> None:
    await credentials.revoke_current_credential(tx, cache, caller=caller)


async def revoke_credential(credential_id: p.CredentialId, caller: CurrentCaller, cache: Shared[CredentialCache], tx: Transaction) -> None:
    await credentials.revoke_credential(tx, cache, caller=caller, credential_id=credential_id)


async def request_email_verification(caller: CurrentCaller, tx: Transaction) -> None:
    await verification.request_email_verification(tx, caller=caller)


async def confirm_email_verification(body: m.EmailVerification, tx: Transaction) -> None:
    await verification.confirm_email_verification(tx, token=body.token)


async def request_password_reset(body: m.PasswordResetRequest, db: ReadOnly, tx: Transaction) -> None:
    await password_reset.request_password_reset(db, tx, email=body.email)


async def confirm_password_reset(
    body: m.PasswordReset, tools: Shared[LoginTools], cache: Shared[CredentialCache], db: ReadOnly, tx: Transaction
) -> None:
    await password_reset.confirm_password_reset(db, tx, tools, cache, token=body.token, new_password=body.new_password)
