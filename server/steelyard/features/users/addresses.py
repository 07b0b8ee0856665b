"""Where somebody ships to: at most twenty addresses, at most one of them the default."""

from collections.abc import Sequence
from typing import TypedDict

from pydantic import MISSING

from steelyard.contract.access.caller import Caller
from steelyard.contract.http.etags import if_match_allows
from steelyard.db.transaction import Transaction
from steelyard.events import log
from steelyard.events.log import Actor, Event, Subject
from steelyard.features.users import queries
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.users import AddressRow
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_ADDRESSES
from steelyard_contract.problems import AddressNotFound, LimitReached, PreconditionFailed

_NO_ADDRESS = 0


class AddressFields(TypedDict):
    """What the owner says of an address."""

    label: str | None
    street: str
    city: str
    country: str
    zip_code: str
    is_default: bool


def address_fields(draft: m.AddressCreate) -> AddressFields:
    """The address as it will be stored."""
    return {
        "label": None if draft.label is MISSING else draft.label,
        "street": draft.street,
        "city": draft.city,
        "country": draft.country,
        "zip_code": draft.zip_code,
        "is_default": draft.is_default,
    }


async def create_first_addresses(tx: Transaction, *, user_id: int, drafts: Sequence[m.AddressCreate]) -> list[AddressRow]:
    """The addresses that somebody registers with; of several defaults the last one is it."""
    default = max((place for place, draft in enumerate(drafts) if draft.is_default), default=-1)
    return [
        await tx.one(queries.insert_address, **address_fields(draft) | {"is_default": place == default}, user_id=user_id, now=tx.now)
        for place, draft in enumerate(drafts)
    ]


async def create_address(tx: Transaction, *, caller: Caller, draft: m.AddressCreate) -> AddressRow:
    """One more place to ship to."""
    await confirm_caller(tx, caller, alone=True)
    await _touch(tx, caller)
    count = await tx.scalar(queries.count_addresses, user_id=caller.user_id)
    if count is not None and count >= MAX_ADDRESSES:
        raise LimitReached(limit=MAX_ADDRESSES)
    if draft.is_default:
        await tx.run(queries.clear_default_address, user_id=caller.user_id, spared_id=_NO_ADDRESS, now=tx.now)
    added = await tx.one(queries.insert_address, **address_fields(draft), user_id=caller.user_id, now=tx.now)
    await _tell(tx, caller)
    return added


async def update_address(tx: Transaction, *, caller: Caller, address_id: int, draft: m.AddressCreate, if_match: str | None) -> AddressRow:
    """The address as it is now; one that says nothing new leaves the version alone."""
    address = await _own_address(tx, caller, address_id, if_match)
    after = address_fields(draft)
    if all(getattr(address, member) == value for member, value in after.items()):
        return address
    await _touch(tx, caller)
    if draft.is_default:
        await tx.run(queries.clear_default_address, user_id=caller.user_id, spared_id=address_id, now=tx.now)
    address = await tx.one(queries.update_address, **after, address_id=address_id, user_id=caller.user_id, now=tx.now)
    await _tell(tx, caller)
    return address


async def delete_address(tx: Transaction, *, caller: Caller, address_id: int, if_match: str | None) -> None:
    """Takes an address away; orders have their own copy."""
    await _own_address(tx, caller, address_id, if_match)
    await _touch(tx, caller)
    await tx.run(queries.delete_address, address_id=address_id, user_id=caller.user_id)
    await _tell(tx, caller)


async def _touch(tx: Transaction, caller: Caller) -> None:
    await tx.defer(queries.touch_user, user_id=caller.user_id, now=tx.now)


async def _own_address(tx: Transaction, caller: Caller, address_id: int, if_match: str | None) -> AddressRow:
    """One of the caller's addresses; the caller's row is locked first, so that no other request writes any of them meanwhile."""
    await confirm_caller(tx, caller, alone=True)
    address = await tx.first(queries.get_address, address_id=address_id, user_id=caller.user_id)
    if address is None:
        raise AddressNotFound
    if not if_match_allows(if_match, address.version):
        raise PreconditionFailed(current_version=address.version)
    return address


async def _tell(tx: Transaction, caller: Caller) -> None:
    data = {"user_id": caller.user_id, "changed": ["addresses"]}
    await log.record_event(tx, Event("user.updated", Actor.user(caller.user_id), Subject("user", caller.user_id), data, [caller.user_id]))
