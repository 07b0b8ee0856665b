"""Which callers see and may change an item: finds or locks the item that a caller names, or raises a problem."""

from steelyard.contract.access.caller import Caller
from steelyard.contract.http.etags import if_match_allows
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.items import queries
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.items import ItemRow, WritableRow
from steelyard_contract import models as m
from steelyard_contract.problems import ItemNotFound, NotPermitted, PreconditionFailed

_READERS = [m.Relation.owner, m.Relation.support, m.Relation.admin]
_WRITERS = [m.Relation.owner, m.Relation.admin]


async def get_item(db: ReadOnly, *, caller: Caller | None, item_id: int) -> ItemRow:
    """Return the item. Only its owner and staff find a draft, and no one finds an archived item."""
    if caller is None:
        item = await db.first(queries.get_public_item, item_id=item_id)
    elif caller.is_staff:
        item = await db.first(queries.get_live_item, item_id=item_id)
    else:
        item = await db.first(queries.get_visible_item, item_id=item_id, user_id=caller.user_id)
    if item is None:
        raise ItemNotFound
    return item


async def lock_item(tx: Transaction, *, caller: Caller, item_id: int, if_match: str | None) -> WritableRow:
    """Confirm the caller and lock an item that they may change; return it, and whether its owner's account is active."""
    row = await tx.first(
        queries.lock_live_item if caller.is_staff else queries.lock_visible_item,
        item_id=item_id,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if row is None:
        await confirm_caller(tx, caller)
        raise ItemNotFound
    item, _ = row
    if caller.user_id != item.owner_id and not caller.is_admin:
        raise NotPermitted(allowed=_WRITERS)
    if not if_match_allows(if_match, item.version):
        raise PreconditionFailed(current_version=item.version)
    return row


def sees_stock(caller: Caller | None, owner_id: int) -> bool:
    """Whether the caller sees drafts, and the numbers of on_hand and reserved: the owner and staff do."""
    return caller is not None and (caller.user_id == owner_id or caller.is_staff)


def check_listing(caller: Caller | None, *, status: m.ItemStatus, owner_id: int | None) -> None:
    """Raise NotPermitted for items that are not on sale, unless the caller is staff or the owner in the filter."""
    if status is not m.ItemStatus.active and (caller is None or not (caller.is_staff or caller.user_id == owner_id)):
        raise NotPermitted(allowed=_READERS)


def check_reading_stock(caller: Caller, owner_id: int) -> None:
    """Raise NotPermitted unless the caller is the owner or staff, even if everyone sees the item."""
    if not sees_stock(caller, owner_id):
        raise NotPermitted(allowed=_READERS)
