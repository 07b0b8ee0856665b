"""People over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, ReadOnly, Shared, Transaction
from steelyard.contract.http.etags import etag
from steelyard.features.auth.login import LoginTools
from steelyard.features.users import addresses, reading, service
from steelyard.features.users.reading import UserDetails, UserFilters
from steelyard.paging.paginator import Page, PageRequest, Paginator
from steelyard.security.authenticator import CredentialCache
from steelyard.security.client_network import ClientNetwork
from steelyard.security.passwords import PasswordHasher
from steelyard.tables.users import AddressRow, UserRow
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def create_user(body: m.UserCreate, hashing: Shared[PasswordHasher], tx: Transaction) -> r.CreateUser201:
    person = await service.create_user(tx, draft=body, passwords=hashing)
    return r.CreateUser201(body=view(person), location=f"/users/{person.user.id}", etag=_tag(person.user))


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
    return r.ListUsers200(body=page_view(page), link=page.link)


async def get_current_user(caller: CurrentCaller, db: ReadOnly) -> r.GetCurrentUser200:
    person = await reading.get_current_user(db, caller=caller)
    return r.GetCurrentUser200(body=view(person), etag=_tag(person.user))


async def change_password(
    body: m.ChangePassword,
    caller: CurrentCaller,
    login: Shared[LoginTools],
    standings: Shared[CredentialCache],
    network: ClientNetwork,
    db: ReadOnly,
    tx: Transaction,
) -> None:
    await service.change_password(db, tx, login, standings, caller=caller, change=body, network=network)


async def get_user(user_id: p.UserId, caller: OptionalCaller, db: ReadOnly) -> r.GetUser200:
    person, in_full = await reading.get_user(db, caller=caller, user_id=user_id)
    return _full(person) if in_full else _public(person)


async def update_user(
    user_id: p.UserId, if_match: p.IfMatch, body: m.UserUpdate, caller: CurrentCaller, tx: Transaction
) -> r.UpdateUser200:
    person = await service.update_user(tx, caller=caller, user_id=user_id, profile=body, if_match=if_match)
    return r.UpdateUser200(body=view(person), etag=_tag(person.user))


async def delete_user(
    user_id: p.UserId, if_match: p.IfMatch, caller: CurrentCaller, standings: Shared[CredentialCache], tx: Transaction
) -> None:
    await service.delete_user(tx, standings, caller=caller, user_id=user_id, if_match=if_match)


async def set_user_access(
    user_id: p.UserId, if_match: p.IfMatch, body: m.UserAccess, caller: CurrentCaller, standings: Shared[CredentialCache], tx: Transaction
) -> r.SetUserAccess200:
    person = await service.set_user_access(tx, standings, caller=caller, user_id=user_id, access=body, if_match=if_match)
    return r.SetUserAccess200(body=view(person), etag=_tag(person.user))


async def create_address(
    idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    body: m.AddressCreate,
    caller: CurrentCaller,
    tx: Transaction,
) -> r.CreateAddress201:
    address = await addresses.create_address(tx, caller=caller, draft=body)
    return r.CreateAddress201(body=_address(address), etag=etag(address.version))


async def update_address(
    address_id: p.AddressId, if_match: p.IfMatch, body: m.AddressCreate, caller: CurrentCaller, tx: Transaction
) -> r.UpdateAddress200:
    address = await addresses.update_address(tx, caller=caller, address_id=address_id, draft=body, if_match=if_match)
    return r.UpdateAddress200(body=_address(address), etag=etag(address.version))


async def delete_address(address_id: p.AddressId, if_match: p.IfMatch, caller: CurrentCaller, tx: Transaction) -> None:
    await addresses.delete_address(tx, caller=caller, address_id=address_id, if_match=if_match)


_ROLE = {role.value: role for role in m.Role}


def _tag(user: UserRow) -> str:
    return etag(user.version, view="o")


def _full(person: UserDetails) -> r.GetUser200:
    return r.GetUser200(body=view(person), etag=_tag(person.user))


def _public(person: UserDetails) -> r.GetUser200:
    user = person.user
    seen = m.UserPublic.model_construct(
        view="public", id=user.id, name=user.name, bio=user.bio, is_active=user.is_active, created_at=user.created_at, version=user.version
    )
    return r.GetUser200(body=seen, etag=etag(user.version))


def view(person: UserDetails) -> m.User:
    """An account as its owner and staff see it."""
    user = person.user
    return m.User.model_construct(
        view="full",
        id=user.id,
        name=user.name,
        email=user.email,
        age=user.age,
        bio=user.bio,
        role=_ROLE[user.role],
        is_active=user.is_active,
        email_verified=user.email_verified_at is not None,
        addresses=list(map(_address, person.addresses)),
        created_at=user.created_at,
        updated_at=user.updated_at,
        version=user.version,
    )


def page_view(page: Page[UserDetails]) -> m.UserPage:
    return m.UserPage.model_construct(
        items=list(map(view, page.rows)), skip=page.skip, limit=page.limit, total=page.total, next_cursor=page.next_cursor
    )


def _address(row: AddressRow) -> m.Address:
    return m.Address.model_construct(
        id=row.id,
        label=row.label,
        street=row.street,
        city=row.city,
        country=row.country,
        zip_code=row.zip_code,
        is_default=row.is_default,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )
