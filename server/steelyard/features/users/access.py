"""Which callers see a whole account and may change it: finds or locks the row that a caller names, or raises a problem."""

from steelyard.contract.access.caller import Caller
from steelyard.contract.http.etags import if_match_allows
from steelyard.db.transaction import Transaction
from steelyard.features.users import queries
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.users import AddressRow, UserRow
from steelyard_contract import models as m
from steelyard_contract.problems import AddressNotFound, AdminRequired, InsufficientScope, PreconditionFailed, UserNotFound


async def lock_user_for_caller(tx: Transaction, *, caller: Caller, user_id: int) -> UserRow:
    """Confirm the caller and lock the user, or raise UserNotFound."""
    user = await tx.first(
        queries.lock_user_for_caller,
        user_id=user_id,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if user is None:
        await confirm_caller(tx, caller)
        raise UserNotFound
    return user


async def lock_own_address(tx: Transaction, *, caller: Caller, address_id: int, if_match: str | None) -> AddressRow:
    """Return an address of the caller. Their row is locked first, so that no other request writes their addresses meanwhile."""
    await confirm_caller(tx, caller, alone=True)
    address = await tx.first(queries.get_address, address_id=address_id, user_id=caller.user_id)
    if address is None:
        raise AddressNotFound
    check_version(if_match, address)
    return address


def sees_account(caller: Caller | None, user_id: int) -> bool:
    """Whether the caller sees the whole account: its user and staff do, with the scope for it."""
    if caller is None:
        return False
    is_own = caller.user_id == user_id and "account:read" in caller.scopes
    return is_own or (caller.is_staff and "users:read" in caller.scopes)


def check_changing(caller: Caller, user_id: int) -> None:
    """Raise a problem unless the caller is this user or an admin, with the scope for it."""
    is_own = caller.user_id == user_id
    if not is_own and not caller.is_admin:
        raise AdminRequired
    scopes = [scope for scope, applies in (("account:write", is_own), ("users:write", caller.is_admin)) if applies]
    if not caller.scopes.intersection(scopes):
        raise InsufficientScope(required_scope=[m.Scope(scope) for scope in scopes])


def check_version(if_match: str | None, row: UserRow | AddressRow) -> None:
    """Raise PreconditionFailed if the caller has seen another version."""
    if not if_match_allows(if_match, row.version):
        raise PreconditionFailed(current_version=row.version)
