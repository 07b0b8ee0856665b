"""Credentials over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, ReadOnly, Shared, Transaction
from steelyard.features.auth import sessions
from steelyard.features.auth.login import LoginTools
from steelyard.security.authenticator import CredentialCache
from steelyard.security.client_network import ClientNetwork
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def issue_token(
    body: m.TokenRequest,
    login: Shared[LoginTools],
    standings: Shared[CredentialCache],
    network: ClientNetwork,
    db: ReadOnly,
    tx: Transaction,
) -> r.IssueToken200:
    session = await sessions.issue_token(db, tx, login, standings, request=body, network=network)
    return r.IssueToken200(body=view(session))


async def revoke_current_credential(caller: CurrentCaller, standings: Shared[CredentialCache], tx: Transaction) -> None:
    await sessions.revoke_current_credential(tx, standings, caller)


async def revoke_credential(
    credential_id: p.CredentialId, caller: CurrentCaller, standings: Shared[CredentialCache], tx: Transaction
) -> None:
    await sessions.revoke_credential(tx, standings, caller, credential_id=credential_id)


def view(session: sessions.Session) -> m.Token:
    return m.Token.model_construct(
        access_token=session.access_token,
        token_type="bearer",  # noqa: S106 - a kind of token, no password
        expires_in=session.expires_in,
        refresh_token=session.refresh_token,
        scope=" ".join(session.scopes),
        session_id=session.session_id,
    )
