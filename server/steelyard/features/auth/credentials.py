"""Loads, lists and revokes credentials."""

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import Actor
from steelyard.features.auth import queries
from steelyard.features.auth.events import record_credential_event
from steelyard.features.auth.queries import CredentialRow
from steelyard.paging.paginator import Listing, Page, PageRequest, Paginator
from steelyard.security.confirmation import confirm_caller
from steelyard.security.credential_cache import ActiveCredential, CredentialCache
from steelyard.tables.credentials import credentials
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import CredentialNotFound, InvalidToken

_NO_CREDENTIAL = 0


async def load_credential(db: ReadOnly, credential_id: int) -> ActiveCredential | None:
    """Return the credential if it is active now."""
    row = await db.first(queries.get_active_credential, credential_id=credential_id, now=db.now)
    if row is None:
        return None
    return ActiveCredential(row.user_id, row.role, frozenset(row.scopes.split()), row.id, row.kind, row.authenticated_at)


async def list_credentials(db: ReadOnly, paginator: Paginator, *, caller: Caller, request: PageRequest) -> Page[CredentialRow]:
    """Return a page of the caller's active sessions and API keys."""
    listing = Listing(
        operation=OPERATIONS["listCredentials"],
        filters={},
        arguments={"user_id": caller.user_id, "now": db.now},
        table=credentials,
        select=queries.list_credentials,
        count=queries.count_credentials,
    )
    return await paginator.page(db, listing, request)


async def revoke_current_credential(tx: Transaction, cache: CredentialCache, *, caller: Caller) -> None:
    actor = Actor.user(caller.user_id)
    if not await revoke_active(tx, cache, user_id=caller.user_id, credential_id=caller.credential_id, actor=actor):
        raise InvalidToken


async def revoke_credential(tx: Transaction, cache: CredentialCache, *, caller: Caller, credential_id: int) -> None:
    """Revoke a credential of the caller. Those of other users are not found."""
    await confirm_caller(tx, caller, alone=True)
    if not await revoke_active(tx, cache, user_id=caller.user_id, credential_id=credential_id, actor=Actor.user(caller.user_id)):
        raise CredentialNotFound


async def revoke_active(tx: Transaction, cache: CredentialCache, *, user_id: int, credential_id: int, actor: Actor) -> bool:
    """Revoke an active credential of the user; return False if there is none."""
    tx.on_commit(lambda: cache.drop_user(user_id))
    kind = await tx.scalar(queries.revoke_credential, credential_id=credential_id, user_id=user_id, now=tx.now)
    if kind is None:
        return False
    await record_credential_event(tx, "credential.revoked", actor, user_id=user_id, credential_id=credential_id, kind=kind)
    return True


async def revoke_all(tx: Transaction, cache: CredentialCache, *, user_id: int, actor: Actor) -> None:
    """Revoke every session and every API key of the user."""
    await _revoke(tx, cache, user_id=user_id, actor=actor, kinds=["session", "api_key"], spared_id=_NO_CREDENTIAL)


async def revoke_sessions(tx: Transaction, cache: CredentialCache, *, user_id: int, actor: Actor, spared_id: int = _NO_CREDENTIAL) -> None:
    """Revoke the sessions of the user except `spared_id`. API keys stay: they do not depend on the password."""
    await _revoke(tx, cache, user_id=user_id, actor=actor, kinds=["session"], spared_id=spared_id)


async def _revoke(tx: Transaction, cache: CredentialCache, *, user_id: int, actor: Actor, kinds: list[str], spared_id: int) -> None:
    tx.on_commit(lambda: cache.drop_user(user_id))
    for row in await tx.all(queries.revoke_other_credentials, user_id=user_id, kinds=kinds, spared_id=spared_id, now=tx.now):
        await record_credential_event(tx, "credential.revoked", actor, user_id=user_id, credential_id=row.id, kind=row.kind)
