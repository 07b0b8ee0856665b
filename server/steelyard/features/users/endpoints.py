"""Users, their addresses and their identities over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Shared, Transaction
from steelyard.contract.http.etags import etag
from steelyard.features.auth.login import LoginTools
from steelyard.features.identities import service as identities
from steelyard.features.identities.codes import CodeExchange
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.features.users import addresses, reading, service
from steelyard.features.users.reading import UserDetails, UserFilters
from steelyard.features.users.views import (
    address_view,
    identity_list_view,
    identity_view,
    public_user_view,
    user_etag,
    user_page_view,
    user_view,
)
from steelyard.paging.paginator import PageRequest, Paginator
from steelyard.security.client_network import ClientNetwork
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.passwords import PasswordHasher
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def create_user(body: m.UserCreate, passwords: Shared[PasswordHasher], tx: Transaction) -> r.CreateUser201:
    details = await service.create_user(tx, draft=body, passwords=passwords)
    return r.CreateUser201(body=user_view(details), location=f"/users/{details.user.id}", etag=user_etag(details.user))


async def list_users(
    q: p.Q,
    role: p.ListUsersRole,
    is_active: p.IsActive,
    sort: p.ListUsersSort,
    skip: p.Skip,
    limit: p.Limit,
    cursor: p.Cursor,
    paginator: Shared[Paginator],
    db: ReadOnly,
) -> r.ListUsers200:
    filters = UserFilters(sort, q, role, is_active)
    page = await reading.list_users(db, paginator, filters=filters, request=PageRequest(skip, limit, cursor))
    return r.ListUsers200(body=user_page_view(page), link=page.link)


async def get_current_user(caller: CurrentCaller, db: ReadOnly) -> r.GetCurrentUser200:
    details = await reading.get_current_user(db, caller=caller)
    return r.GetCurrentUser200(body=user_view(details), etag=user_etag(details.user))


async def change_password(
    body: m.ChangePassword,
    caller: CurrentCaller,
    tools: Shared[LoginTools],
    cache: Shared[CredentialCache],
    network: ClientNetwork,
    db: ReadOnly,
    tx: Transaction,
) -> None:
    await service.change_password(db, tx, tools, cache, caller=caller, change=body, network=network)


async def get_user(user_id: p.UserId, caller: OptionalCaller, db: ReadOnly) -> r.GetUser200:
    details, is_whole = await reading.get_user(db, caller=caller, user_id=user_id)
    return _whole(details) if is_whole else _public(details)


def _whole(details: UserDetails) -> r.GetUser200:
    return r.GetUser200(body=user_view(details), etag=user_etag(details.user))


def _public(details: UserDetails) -> r.GetUser200:
    return r.GetUser200(body=public_user_view(details.user), etag=etag(details.user.version))


async def update_user(
    user_id: p.UserId, if_match: p.IfMatch, body: m.UserUpdate, caller: CurrentCaller, tx: Transaction
) -> r.UpdateUser200:
    details = await service.update_user(tx, caller=caller, user_id=user_id, profile=body, if_match=if_match)
    return r.UpdateUser200(body=user_view(details), etag=user_etag(details.user))


async def delete_user(
    user_id: p.UserId, if_match: p.IfMatch, caller: CurrentCaller, cache: Shared[CredentialCache], tx: Transaction
) -> None:
    await service.delete_user(tx, cache, caller=caller, user_id=user_id, if_match=if_match)


async def set_user_access(
    user_id: p.UserId, if_match: p.IfMatch, body: m.UserAccess, caller: CurrentCaller, cache: Shared[CredentialCache], tx: Transaction
) -> r.SetUserAccess200:
    details = await service.set_user_access(tx, cache, caller=caller, user_id=user_id, access=body, if_match=if_match)
    return r.SetUserAccess200(body=user_view(details), etag=user_etag(details.user))


async def list_identities(caller: CurrentCaller, db: ReadOnly) -> m.IdentityList:
    return identity_list_view(await identities.list_identities(db, caller=caller))


async def start_identity_link(
    body: m.IdentityLinkStart, caller: CurrentCaller, login: Shared[ThirdPartyLogin], tx: Transaction
) -> r.StartIdentityLink200:
    address = await identities.start_identity_link(tx, login, caller=caller, start=body)
    return r.StartIdentityLink200(body=m.IdentityLink.model_construct(authorization_url=address))


async def finish_identity_link(
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    body: m.IdentityLinkCode,
    caller: CurrentCaller,
    tx: Transaction,
) -> r.FinishIdentityLink201:
    exchange = CodeExchange(body.code, body.client_id, body.redirect_uri, body.code_verifier)
    identity = await identities.finish_identity_link(tx, caller=caller, exchange=exchange)
    return r.FinishIdentityLink201(body=identity_view(identity))


async def delete_identity(identity_id: p.IdentityId, caller: CurrentCaller, tx: Transaction) -> None:
    await identities.delete_identity(tx, caller=caller, identity_id=identity_id)


async def create_address(
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    body: m.AddressCreate,
    caller: CurrentCaller,
    tx: Transaction,
) -> r.CreateAddress201:
    address = await addresses.create_address(tx, caller=caller, draft=body)
    return r.CreateAddress201(body=address_view(address), etag=etag(address.version))


async def update_address(
    address_id: p.AddressId, if_match: p.IfMatch, body: m.AddressCreate, caller: CurrentCaller, tx: Transaction
) -> r.UpdateAddress200:
    address = await addresses.update_address(tx, caller=caller, address_id=address_id, draft=body, if_match=if_match)
    return r.UpdateAddress200(body=address_view(address), etag=etag(address.version))


async def delete_address(address_id: p.AddressId, if_match: p.IfMatch, caller: CurrentCaller, tx: Transaction) -> None:
    await addresses.delete_address(tx, caller=caller, address_id=address_id, if_match=if_match)
