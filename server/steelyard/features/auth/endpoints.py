"""Credentials over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import Caller, ReadOnly, Transaction
from steelyard.features.auth import sessions
from steelyard.features.auth.login import LoggingIn
from steelyard.security.authenticator import Ending
from steelyard.security.client_network import Network
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import replies as r


async def issue_token(
    body: m.TokenRequest, login: LoggingIn, standings: Ending, network: Network, db: ReadOnly, tx: Transaction
) -> r.IssueToken200:
    session = await sessions.answer(db, tx, login, standings, request=body, network=network)
    return r.IssueToken200(body=view(session))


async def revoke_current_credential(caller: Caller, standings: Ending, tx: Transaction) -> None:
    await sessions.log_out(tx, standings, caller)


async def revoke_credential(credential_id: p.CredentialId, caller: Caller, standings: Ending, tx: Transaction) -> None:
    await sessions.revoke_own(tx, standings, caller, credential_id=credential_id)


def view(session: sessions.Session) -> m.Token:
    return m.Token.model_construct(
        access_token=session.access_token,
        token_type="bearer",  # noqa: S106 - a kind of token, no password
        expires_in=session.expires_in,
        refresh_token=session.refresh_token,
        scope=" ".join(session.scopes),
        session_id=session.session_id,
    )
