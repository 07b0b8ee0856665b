"""The shipping addresses of a user: at most twenty, and at most one default."""

from collections.abc import Sequence
from typing import TypedDict

from pydantic import MISSING

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor
from steelyard.features.users import queries
from steelyard.features.users.access import lock_own_address
from steelyard.features.users.events import record_user_event
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.users import AddressRow
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_ADDRESSES
from steelyard_contract.problems import LimitReached

_NO_ADDRESS = 0


class AddressFields(TypedDict):
    """The members of an address that its owner writes."""

    label: str | None
    street: str
    city: str
    country: str
    zip_code: str
    is_default: bool


def address_fields(draft: m.AddressCreate) -> AddressFields:
    """The columns of a new address."""
    return {
        "label": None if draft.label is MISSING else draft.label,
        "street": draft.street,
        "city": draft.city,
        "country": draft.country,
        "zip_code": draft.zip_code,
        "is_default": draft.is_default,
    }


async def create_first_addresses(tx: Transaction, *, user_id: int, drafts: Sequence[m.AddressCreate]) -> list[AddressRow]:
    """Insert the addresses of a new user. The last default is the default."""
    default = max((place for place, draft in enumerate(drafts) if draft.is_default), default=-1)
    return [
        await tx.one(queries.insert_address, **address_fields(draft) | {"is_default": place == default}, user_id=user_id, now=tx.now)
        for place, draft in enumerate(drafts)
    ]


async def create_address(tx: Transaction, *, caller: Caller, draft: m.AddressCreate) -> AddressRow:
    await confirm_caller(tx, caller, alone=True)
    await _touch(tx, caller)
    count = await tx.scalar(queries.count_addresses, user_id=caller.user_id)
    if count is not None and count >= MAX_ADDRESSES:
        raise LimitReached(limit=MAX_ADDRESSES)
    if draft.is_default:
        await tx.run(queries.clear_default_address, user_id=caller.user_id, spared_id=_NO_ADDRESS, now=tx.now)
    added = await tx.one(queries.insert_address, **address_fields(draft), user_id=caller.user_id, now=tx.now)
    await record_user_event(tx, "user.updated", Actor.user(caller.user_id), user_id=caller.user_id, changed=["addresses"])
    return added


async def update_address(tx: Transaction, *, caller: Caller, address_id: int, draft: m.AddressCreate, if_match: str | None) -> AddressRow:
    """Replace the address. If nothing changes, the version stays."""
    address = await lock_own_address(tx, caller=caller, address_id=address_id, if_match=if_match)
    after = address_fields(draft)
    if all(getattr(address, member) == value for member, value in after.items()):
        return address
    await _touch(tx, caller)
    if draft.is_default:
        await tx.run(queries.clear_default_address, user_id=caller.user_id, spared_id=address_id, now=tx.now)
    address = await tx.one(queries.update_address, **after, address_id=address_id, user_id=caller.user_id, now=tx.now)
    await record_user_event(tx, "user.updated", Actor.user(caller.user_id), user_id=caller.user_id, changed=["addresses"])
    return address


async def delete_address(tx: Transaction, *, caller: Caller, address_id: int, if_match: str | None) -> None:
    """Delete an address. Orders have copies."""
    await lock_own_address(tx, caller=caller, address_id=address_id, if_match=if_match)
    await _touch(tx, caller)
    await tx.run(queries.delete_address, address_id=address_id, user_id=caller.user_id)
    await record_user_event(tx, "user.updated", Actor.user(caller.user_id), user_id=caller.user_id, changed=["addresses"])


async def _touch(tx: Transaction, caller: Caller) -> None:
    await tx.defer(queries.touch_user, user_id=caller.user_id, now=tx.now)
