"""Reads users: a single one, the caller, or a page of them."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from steelyard.contract.access.caller import Caller
from steelyard.db.search_text import fold, like_pattern
from steelyard.db.transaction import ReadOnly
from steelyard.features.users import queries
from steelyard.features.users.access import sees_account
from steelyard.features.users.queries import Condition
from steelyard.paging.paginator import Listing, Page, PageRequest, Paginator
from steelyard.tables.users import AddressRow, UserRow, users
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import InvalidToken, UserNotFound


@dataclass(frozen=True, slots=True)
class UserDetails:
    """A user with all addresses, oldest first."""

    user: UserRow
    addresses: list[AddressRow]


class UserFilters(NamedTuple):
    """The filters and the sort of listUsers."""

    sort: m.UserSort
    q: str | None
    role: m.Role | None
    is_active: bool | None

    def conditions(self) -> tuple[frozenset[Condition], dict[str, object]]:
        """The conditions by name, and the arguments of those that take one."""
        conditions: set[Condition] = set()
        arguments: dict[str, object] = {}
        if self.q is not None:
            conditions.add("q")
            arguments["q"] = like_pattern(fold(self.q))
        if self.role is not None:
            conditions.add("role")
            arguments["role"] = self.role.value
        if self.is_active is not None:
            conditions.add("active" if self.is_active else "locked")
        return frozenset(conditions), arguments


async def get_user(db: ReadOnly, *, caller: Caller | None, user_id: int) -> tuple[UserDetails, bool]:
    """Return the user, and whether the caller sees the whole account."""
    details = await _find_user(db, user_id)
    if details is None:
        raise UserNotFound
    return details, sees_account(caller, user_id)


async def get_current_user(db: ReadOnly, *, caller: Caller) -> UserDetails:
    """Return the caller's account."""
    details = await _find_user(db, caller.user_id)
    if details is None:
        raise InvalidToken
    return details


async def list_users(db: ReadOnly, paginator: Paginator, *, filters: UserFilters, request: PageRequest) -> Page[UserDetails]:
    """Return a page of the users who pass every filter."""
    conditions, arguments = filters.conditions()
    listing = Listing(
        operation=OPERATIONS["listUsers"],
        filters=filters._asdict(),
        arguments=arguments,
        table=users,
        select=partial(queries.list_users, conditions, filters.sort.value),
        count=queries.count_users(conditions),
        key=None if filters.sort is m.UserSort.id else "created_at",
    )
    page = await paginator.page(db, listing, request)
    return Page(await _with_addresses(db, page.rows), *page[1:])


async def with_addresses(db: ReadOnly, user: UserRow) -> UserDetails:
    (details,) = await _with_addresses(db, [user])
    return details


async def _find_user(db: ReadOnly, user_id: int) -> UserDetails | None:
    rows = await db.all(queries.get_user_with_addresses, user_id=user_id)
    if not rows:
        return None
    return UserDetails(rows[0].user, [row.address for row in rows if row.address is not None])


async def _with_addresses(db: ReadOnly, rows: list[UserRow]) -> list[UserDetails]:
    if not rows:
        return []
    addresses: dict[int, list[AddressRow]] = {row.id: [] for row in rows}
    for row in await db.all(queries.list_addresses_of, user_ids=list(addresses)):
        addresses[row.user_id].append(row.address)
    return [UserDetails(row, addresses[row.id]) for row in rows]
