"""The identities of a user: what they can log in with beside their password, and how they link one."""

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.identities import queries
from steelyard.features.identities.codes import CodeExchange, use_code
from steelyard.features.identities.events import record_identity_event
from steelyard.features.identities.flows import ClientRequest, begin_link
from steelyard.features.identities.linking import link
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.features.identities.mails import IDENTITY_LINKED, IDENTITY_UNLINKED, announce
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.identities import IdentityRow
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_IDENTITIES
from steelyard_contract.problems import (
    IdentityNotFound,
    IdentityTaken,
    InvalidClient,
    InvalidGrant,
    InvalidRedirectUri,
    LastLoginMethod,
    LimitReached,
    ProviderNotFound,
)


async def list_identities(db: ReadOnly, *, caller: Caller) -> list[IdentityRow]:
    """The caller's identities, newest first."""
    return await db.all(queries.list_identities, user_id=caller.user_id)


async def start_identity_link(tx: Transaction, login: ThirdPartyLogin, *, caller: Caller, start: m.IdentityLinkStart) -> str:
    """The address that the browser of the caller has to open."""
    await confirm_caller(tx, caller)
    client = login.clients.find(start.client_id)
    if client is None:
        raise InvalidClient
    if not client.accepts(start.redirect_uri):
        raise InvalidRedirectUri
    if start.provider not in login.providers.by_id:
        raise ProviderNotFound
    state = start.state if isinstance(start.state, str) else None
    request = ClientRequest(client.id, start.redirect_uri, state, "", start.code_challenge, has_login_prompt=False)
    return await begin_link(tx, login, request, provider_id=start.provider, user_id=caller.user_id)


async def finish_identity_link(tx: Transaction, *, caller: Caller, exchange: CodeExchange) -> IdentityRow:
    """Link the identity that the code stands for. A link ends with the user who began it."""
    await confirm_caller(tx, caller, alone=True)
    code = await use_code(tx, exchange, purpose="link")
    if code is None or code.user_id != caller.user_id or code.issuer is None or code.subject is None:
        raise tx.keeping(InvalidGrant())
    if await tx.first(queries.get_identity_by_subject, issuer=code.issuer, subject=code.subject) is not None:
        raise tx.keeping(IdentityTaken())
    if await tx.one(queries.count_identities, user_id=caller.user_id) >= MAX_IDENTITIES:
        raise tx.keeping(LimitReached(limit=MAX_IDENTITIES))
    identity_id = await link(tx, code.issuer, code.subject, code.email, user_id=caller.user_id, provider_id=code.provider)
    await announce(tx, IDENTITY_LINKED, user_id=caller.user_id, provider_id=code.provider)
    return await tx.one(queries.get_identity, identity_id=identity_id, user_id=caller.user_id)


async def delete_identity(tx: Transaction, *, caller: Caller, identity_id: int) -> None:
    """Remove an identity of the caller, unless it is their only way to log in."""
    await confirm_caller(tx, caller, alone=True)
    identity = await tx.first(queries.get_identity, identity_id=identity_id, user_id=caller.user_id)
    if identity is None:
        raise IdentityNotFound
    if (
        not await tx.one(queries.has_password, user_id=caller.user_id)
        and await tx.one(queries.count_identities, user_id=caller.user_id) == 1
    ):
        raise LastLoginMethod
    await tx.run(queries.delete_identity, identity_id=identity_id)
    # One of them may come from a login with it.
    await tx.run(queries.delete_unused_codes_of, user_id=caller.user_id)
    await record_identity_event(tx, "identity.unlinked", user_id=caller.user_id, identity_id=identity_id, provider_id=identity.provider)
    await announce(tx, IDENTITY_UNLINKED, user_id=caller.user_id, provider_id=identity.provider)
