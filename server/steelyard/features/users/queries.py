"""Every statement about users and their addresses. Nothing else writes to them, except `auth`, which writes the password hash
and the verification of the address.
"""

from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, true, update

from steelyard.db.search_text import LIKE_ESCAPE
from steelyard.db.statements import Query, any_of, nested, statement
from steelyard.paging.keyset import keyset_page
from steelyard.security.queries import locked_users
from steelyard.tables.users import AddressRow, UserRow, addresses, users
from steelyard_contract.bounds import COUNT_LIMIT


class UserAndAddressRow(NamedTuple):
    """A user beside one of their addresses, or none, read by one statement, so that they are consistent."""

    user: UserRow
    address: AddressRow | None


class OwnedAddressRow(NamedTuple):
    address: AddressRow
    user_id: int


_USER = [users.c[name] for name in UserRow._fields]
_ADDRESS = [addresses.c[name] for name in AddressRow._fields]
_is_this = (users.c.id == bindparam("user_id"), users.c.deleted_at.is_(None))

# -- one user: deleted accounts are not found --------------------------------------------------------------------------
get_user = statement(select(*_USER).where(*_is_this), UserRow)

get_user_with_addresses = statement(
    select(*nested("user", _USER), *nested("address", _ADDRESS))
    .join_from(users, addresses, addresses.c.user_id == users.c.id, isouter=True)
    .where(*_is_this)
    .order_by(addresses.c.id),
    UserAndAddressRow,
)

# Locked until the transaction ends; orders may still refer to the user, because they need only the key.
lock_user = statement(select(*_USER).where(*_is_this).with_for_update(key_share=True), UserRow)

# The same for a write by the caller, who may be this user or an admin.
_locked_users, _caller = locked_users(bindparam("user_id", type_=users.c.id.type), alone=True)
lock_user_for_caller = statement(
    select(*[_locked_users.c[name] for name in UserRow._fields])
    .join_from(_locked_users, _caller, true())
    .where(_locked_users.c.id == bindparam("user_id"), _locked_users.c.deleted_at.is_(None)),
    UserRow,
)

# Locked by id, so that two admins who demote each other do not wait for each other.
lock_admins = statement(
    select(users.c.id).where(users.c.role == "admin", users.c.is_active).order_by(users.c.id).with_for_update(key_share=True), int
)

insert_user = statement(
    insert(users)
    .values(
        {
            name: bindparam(name)
            for name in ("name", "email", "email_folded", "hashed_password", "age", "bio", "role", "search_text", "email_verified_at")
        }
        | {"is_active": True, "version": 1, "created_at": bindparam("now"), "updated_at": bindparam("now")}
    )
    .returning(*_USER),
    UserRow,
)

update_profile = statement(
    update(users)
    .where(*_is_this)
    .values(
        {name: bindparam(name) for name in ("name", "email", "email_folded", "age", "bio", "search_text", "email_verified_at")}
        | {"version": users.c.version + 1, "updated_at": bindparam("now")}
    )
    .returning(*_USER),
    UserRow,
)

update_access = statement(
    update(users)
    .where(*_is_this)
    .values(role=bindparam("role"), is_active=bindparam("is_active"), version=users.c.version + 1, updated_at=bindparam("now"))
    .returning(*_USER),
    UserRow,
)

# An id remains, which orders refer to. `freed` takes the place of the e-mail in the unique index.
anonymise_user = statement(
    update(users)
    .where(*_is_this)
    .values(
        name="Deleted user",
        email=bindparam("freed"),
        email_folded=bindparam("freed"),
        search_text="",
        hashed_password=None,
        age=None,
        bio=None,
        email_verified_at=None,
        role="user",
        is_active=False,
        version=users.c.version + 1,
        updated_at=bindparam("now"),
        deleted_at=bindparam("now"),
    )
)

# -- addresses ---------------------------------------------------------------------------------------------------------
# The view of a user shows the addresses, so writing one changes the user's version, and locks the row.
touch_user = statement(update(users).where(*_is_this).values(version=users.c.version + 1, updated_at=bindparam("now")))

_own_address = (addresses.c.id == bindparam("address_id"), addresses.c.user_id == bindparam("user_id"))

get_address = statement(select(*_ADDRESS).where(*_own_address), AddressRow)
list_addresses_of = statement(
    select(*nested("address", _ADDRESS), addresses.c.user_id).where(any_of(addresses.c.user_id, "user_ids")).order_by(addresses.c.id),
    OwnedAddressRow,
)
count_addresses = statement(select(func.count()).select_from(addresses).where(addresses.c.user_id == bindparam("user_id")), int)

_written: dict[str, Any] = {name: bindparam(name) for name in ("label", "street", "city", "country", "zip_code", "is_default")}

insert_address = statement(
    insert(addresses)
    .values(_written | {"user_id": bindparam("user_id"), "version": 1, "created_at": bindparam("now"), "updated_at": bindparam("now")})
    .returning(*_ADDRESS),
    AddressRow,
)

update_address = statement(
    update(addresses)
    .where(*_own_address)
    .values(_written | {"version": addresses.c.version + 1, "updated_at": bindparam("now")})
    .returning(*_ADDRESS),
    AddressRow,
)

# Before a new default; 0 spares none.
clear_default_address = statement(
    update(addresses)
    .where(addresses.c.user_id == bindparam("user_id"), addresses.c.is_default, addresses.c.id != bindparam("spared_id"))
    .values(is_default=False, version=addresses.c.version + 1, updated_at=bindparam("now"))
)

delete_address = statement(delete(addresses).where(*_own_address))
delete_addresses_of = statement(delete(addresses).where(addresses.c.user_id == bindparam("user_id")))

# -- listings: one statement for each set of conditions, so that the planner sees no other condition -------------------
Condition = Literal["q", "role", "active", "locked"]

_CONDITIONS: dict[Condition, ColumnElement[bool]] = {
    "q": users.c.search_text.like(bindparam("q"), escape=LIKE_ESCAPE),
    "role": users.c.role == bindparam("role"),
    "active": users.c.is_active,
    "locked": ~users.c.is_active,
}


@cache
def list_users(conditions: frozenset[Condition], sort: str, *, after: bool) -> Query[UserRow]:
    """A page of the users who meet all conditions."""
    rows = select(*_USER).where(users.c.deleted_at.is_(None), *[_CONDITIONS[name] for name in sorted(conditions)])
    key = None if sort == "id" else users.c.created_at
    return statement(keyset_page(rows, row_id=users.c.id, key=key, descending=sort.startswith("-"), after=after), UserRow)


@cache
def count_users(conditions: frozenset[Condition]) -> Query[int]:
    """How many users meet all conditions, up to COUNT_LIMIT."""
    rows = select(users.c.id).where(users.c.deleted_at.is_(None), *[_CONDITIONS[name] for name in sorted(conditions)])
    return statement(select(func.count()).select_from(rows.limit(COUNT_LIMIT).subquery()), int)
