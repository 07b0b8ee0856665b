"""Reading people: one, oneself, or a page of them."""

from dataclasses import dataclass
from typing import NamedTuple

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.features.users import queries
from steelyard.features.users.queries import Filter
from steelyard.features.users.search import like_pattern
from steelyard.paging.cursors import Cursors, next_page_link
from steelyard.paging.totals import Totals, seen_whole
from steelyard.tables.users import AddressRow, UserRow
from steelyard_contract import models as m
from steelyard_contract.problems import InvalidToken, UserNotFound

_USER_FIELDS = len(UserRow._fields)


@dataclass(frozen=True, slots=True)
class UserDetails:
    """Somebody with all addresses, oldest first."""

    user: UserRow
    addresses: list[AddressRow]


class Wanted(NamedTuple):
    """Which people a listing is asked for, and in which order: the scope of its cursors."""

    sort: m.UserSort
    q: str | None = None
    role: m.Role | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page: `skip` and `total` of a numbered one, and where to go on."""

    people: list[UserDetails]
    skip: int | None
    total: int | None
    next_cursor: str | None
    link: str | None


async def get_user(db: ReadOnly, *, caller: Caller | None, user_id: int) -> tuple[UserDetails, bool]:
    """Somebody, and whether the caller may see the full account."""
    person = await _person(db, user_id)
    if person is None:
        raise UserNotFound
    return person, _sees_all(caller, user_id)


async def get_current_user(db: ReadOnly, *, caller: Caller) -> UserDetails:
    """The caller's own account."""
    person = await _person(db, caller.user_id)
    if person is None:
        raise InvalidToken
    return person


async def list_users(db: ReadOnly, *, wanted: Wanted, skip: int, limit: int, cursor: str | None, cursors: Cursors, totals: Totals) -> Found:
    """A page of the people who pass every filter."""
    scope = wanted._asdict()
    position = cursors.resume(cursor, skip, "listUsers", scope)
    filters, given = _filters(wanted)
    sort = wanted.sort.value
    total = None
    if position is None:
        rows = await db.all(queries.list_users(filters, sort, after=False), **given, limit=limit + 1, skip=skip)
        total = seen_whole(len(rows), skip, limit)
        if total is None:
            total = await totals.count(db, "users", queries.count_users(filters), **given)
    else:
        *keys, last_id = position
        after = {"after_key": keys[0]} if keys else {}
        rows = await db.all(queries.list_users(filters, sort, after=True), **given, **after, limit=limit + 1, after_id=last_id)
    next_cursor = link = None
    if len(rows) > limit:
        rows.pop()
        last = rows[-1]
        next_cursor = cursors.seal("listUsers", scope, [last.id] if sort == "id" else [last.created_at, last.id])
        link = next_page_link("/users", scope, limit, next_cursor)
    return Found(await _with_addresses(db, rows), skip if position is None else None, total, next_cursor, link)


async def with_addresses(db: ReadOnly, user: UserRow) -> UserDetails:
    """Somebody whose row is at hand already."""
    (person,) = await _with_addresses(db, [user])
    return person


def _sees_all(caller: Caller | None, user_id: int) -> bool:
    if caller is None:
        return False
    is_oneself = caller.user_id == user_id and "account:read" in caller.scopes
    return is_oneself or (caller.is_staff and "users:read" in caller.scopes)


async def _person(db: ReadOnly, user_id: int) -> UserDetails | None:
    rows = await db.all(queries.get_user_with_addresses, user_id=user_id)
    if not rows:
        return None
    return UserDetails(
        UserRow._make(rows[0][:_USER_FIELDS]), [AddressRow._make(row[_USER_FIELDS:]) for row in rows if row.address_id is not None]
    )


async def _with_addresses(db: ReadOnly, rows: list[UserRow]) -> list[UserDetails]:
    if not rows:
        return []
    addresses: dict[int, list[AddressRow]] = {row.id: [] for row in rows}
    for row in await db.all(queries.list_addresses_of, user_ids=list(addresses)):
        addresses[row.user_id].append(AddressRow._make(row[:-1]))
    return [UserDetails(row, addresses[row.id]) for row in rows]


def _filters(wanted: Wanted) -> tuple[frozenset[Filter], dict[str, object]]:
    """The names of the conditions, and the values of those that have one."""
    filters: set[Filter] = set()
    given: dict[str, object] = {}
    if wanted.q is not None:
        filters.add("q")
        given["q"] = like_pattern(wanted.q)
    if wanted.role is not None:
        filters.add("role")
        given["role"] = wanted.role.value
    if wanted.is_active is not None:
        filters.add("active" if wanted.is_active else "locked")
    return frozenset(filters), given
