"""The return of a browser from an identity provider."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog

from steelyard.db.database import Database
from steelyard.db.errors import ConstraintViolated, TransactionConflict
from steelyard.db.transaction import Transaction
from steelyard.features.identities.codes import issue_code
from steelyard.features.identities.flows import lock_linking_user, provider_request_again, take_flow
from steelyard.features.identities.linking import Denied, find_or_open_account
from steelyard.features.identities.login import LoginResult, ThirdPartyLogin
from steelyard.features.identities.redirects import ReturnAddress
from steelyard.security.identity_providers.provider import IdentityRejected, ProvenIdentity, ProviderUnavailable
from steelyard.tables.identities import FlowRow
from steelyard_contract.problems import LoginExpired

log = structlog.get_logger()

# Two first logins of one user at once: the slower one finds the account of the other.
_MAX_RUNS = 3


@dataclass(frozen=True, slots=True)
class ProviderResponse:
    """The parameters that the provider has sent with the browser, unchecked."""

    provider_id: str
    state: str | None
    code: str | None
    error: str | None
    issuer: str | None


async def receive_login(
    database: Database,
    tx: Transaction,
    login: ThirdPartyLogin,
    pause: Callable[[], AbstractContextManager[None]],
    *,
    response: ProviderResponse,
    browser: str | None,
) -> str:
    """End a login; return where the browser continues.

    The login is taken in a separate transaction, so that nothing can happen twice. No transaction is open during the calls to the
    provider.
    """
    flow = await take_flow(database, state=response.state, provider_id=response.provider_id, browser=browser)
    provider = login.providers.by_id.get(response.provider_id)
    sent = None if flow is None or response.state is None else provider_request_again(login, flow, response.state)
    if flow is None or provider is None or sent is None:
        login.count(response.provider_id, "expired")
        raise LoginExpired
    back = ReturnAddress(flow.redirect_uri, flow.client_state, login.issuer)
    if response.error is not None or not response.code:
        result, location = _without_code(back, response.error)
        login.count(flow.provider, result)
        return location
    try:
        with pause():
            proven = await provider.identify(sent, code=response.code, issuer=response.issuer)
    except ProviderUnavailable as unavailable:
        log.warning("provider_unavailable", provider=response.provider_id, reason=str(unavailable))
        login.count(flow.provider, "unavailable")
        return back.with_error("temporarily_unavailable", "The identity provider cannot be reached at the moment")
    except IdentityRejected as rejected:
        log.warning("identity_rejected", provider=response.provider_id, reason=str(rejected))
        login.count(flow.provider, "rejected")
        return back.with_error("access_denied", "The response of the identity provider was rejected")
    return await _finish(tx, login, flow, proven, back)


def _without_code(back: ReturnAddress, error: str | None) -> tuple[LoginResult, str]:
    if error == "access_denied":
        return "abandoned", back.with_error("access_denied", "You have not logged in at the identity provider")
    if error == "temporarily_unavailable":
        return "unavailable", back.with_error("temporarily_unavailable", "The identity provider cannot be reached at the moment")
    return "failed", back.with_error("server_error", "The identity provider has reported an error")


async def _finish(tx: Transaction, login: ThirdPartyLogin, flow: FlowRow, proven: ProvenIdentity, back: ReturnAddress) -> str:
    if flow.user_id is not None:
        if not await lock_linking_user(tx, flow.user_id):
            login.count(flow.provider, "expired")
            raise LoginExpired
        # Its owner links it with finishIdentityLink, which decides.
        code = await issue_code(tx, login, flow, proven, user_id=flow.user_id, purpose="link")
        login.count(flow.provider, "succeeded")
        return back.with_code(code)
    for _run in range(_MAX_RUNS):
        try:
            account = await find_or_open_account(tx, proven, provider_id=flow.provider, open_account=login.open_account)
            if isinstance(account, Denied):
                login.count(flow.provider, "denied")
                return back.with_error("access_denied", account.reason)
            code = await issue_code(tx, login, flow, proven, user_id=account, purpose="login")
            login.count(flow.provider, "succeeded")
            return back.with_code(code)
        except (ConstraintViolated, TransactionConflict):
            await tx.restart()
    login.count(flow.provider, "failed")
    return back.with_error("temporarily_unavailable", "The server is busy; begin again")
