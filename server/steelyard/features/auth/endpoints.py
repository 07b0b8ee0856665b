"""Credentials over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, ReadOnly, Shared, Transaction
from steelyard.features.auth import credentials, sessions
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.views import token_view
from steelyard.security.client_network import ClientNetwork
from steelyard.security.credential_cache import CredentialCache
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def issue_token(
    body: m.TokenRequest,
    tools: Shared[LoginTools],
    cache: Shared[CredentialCache],
    network: ClientNetwork,
    db: ReadOnly,
    tx: Transaction,
) -> r.IssueToken200:
    session = await sessions.issue_token(db, tx, tools, cache, request=body, network=network)
    return r.IssueToken200(body=token_view(session))


async def revoke_current_credential(caller: CurrentCaller, cache: Shared[CredentialCache], tx: Transaction) -> None:
    await credentials.revoke_current_credential(tx, cache, caller=caller)


async def revoke_credential(credential_id: p.CredentialId, caller: CurrentCaller, cache: Shared[CredentialCache], tx: Transaction) -> None:
    await credentials.revoke_credential(tx, cache, caller=caller, credential_id=credential_id)
