"""Who sees which items, and who acts on them; no database. What a single item needs is part of its statement in `queries`."""

from steelyard.contract.access.caller import Caller
from steelyard_contract import models as m
from steelyard_contract.problems import NotPermitted

_READERS = [m.Relation.owner, m.Relation.support, m.Relation.admin]
_WRITERS = [m.Relation.owner, m.Relation.admin]


def sees_stock(caller: Caller | None, owner_id: int) -> bool:
    """Whether the caller sees drafts, and on_hand and reserved in numbers: the owner and staff do."""
    return caller is not None and (caller.user_id == owner_id or caller.is_staff)


def check_listing(caller: Caller | None, *, status: m.ItemStatus, owner_id: int | None) -> None:
    """What is on sale is there for everybody; other items only for staff, and for the owner who names himself."""
    if status is not m.ItemStatus.active and (caller is None or not (caller.is_staff or caller.user_id == owner_id)):
        raise NotPermitted(allowed=_READERS)


def check_reading(caller: Caller, owner_id: int) -> None:
    """The ledger of an item that everybody sees is still its owner's and the staff's."""
    if not sees_stock(caller, owner_id):
        raise NotPermitted(allowed=_READERS)


def check_writing(caller: Caller, owner_id: int) -> None:
    """Support looks; acting on what belongs to others takes an admin."""
    if caller.user_id != owner_id and not caller.is_admin:
        raise NotPermitted(allowed=_WRITERS)
