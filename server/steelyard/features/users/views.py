"""Turns the rows of users, addresses and identities into wire models."""

from steelyard.contract.http.etags import etag
from steelyard.features.users.reading import UserDetails
from steelyard.paging.paginator import Page
from steelyard.tables.identities import IdentityRow
from steelyard.tables.users import AddressRow, UserRow
from steelyard_contract import models as m

# A dictionary spares the two calls of a lookup through the class.
_ROLE = {role.value: role for role in m.Role}


def user_etag(user: UserRow) -> str:
    """The tag of the whole account; that of a public profile differs."""
    return etag(user.version, view="o")


def user_view(details: UserDetails) -> m.User:
    """The whole account, for its user and staff."""
    user = details.user
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
        addresses=list(map(address_view, details.addresses)),
        created_at=user.created_at,
        updated_at=user.updated_at,
        version=user.version,
    )


def public_user_view(user: UserRow) -> m.UserPublic:
    return m.UserPublic.model_construct(
        view="public", id=user.id, name=user.name, bio=user.bio, is_active=user.is_active, created_at=user.created_at, version=user.version
    )


def user_page_view(page: Page[UserDetails]) -> m.UserPage:
    return m.UserPage.model_construct(
        items=list(map(user_view, page.rows)), skip=page.skip, limit=page.limit, total=page.total, next_cursor=page.next_cursor
    )


def address_view(address: AddressRow) -> m.Address:
    return m.Address.model_construct(
        id=address.id,
        label=address.label,
        street=address.street,
        city=address.city,
        country=address.country,
        zip_code=address.zip_code,
        is_default=address.is_default,
        created_at=address.created_at,
        updated_at=address.updated_at,
        version=address.version,
    )


def identity_view(row: IdentityRow) -> m.Identity:
    return m.Identity.model_construct(
        id=row.id, provider=row.provider, email=row.email, created_at=row.created_at, last_used_at=row.last_used_at
    )


def identity_list_view(rows: list[IdentityRow]) -> m.IdentityList:
    return m.IdentityList.model_construct(items=[identity_view(row) for row in rows])
