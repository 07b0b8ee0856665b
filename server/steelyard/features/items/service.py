"""What is decided about items and their stock."""

import asyncio
from functools import partial
from typing import Literal, NamedTuple

from pydantic import MISSING

from steelyard.contract.access.caller import Caller, CallerChanged
from steelyard.contract.http.etags import if_match_allows
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events import log
from steelyard.events.log import Actor, Event, EventType, Subject
from steelyard.features.auth import sessions as auth
from steelyard.features.items import access, queries, stock
from steelyard.features.items.editing import ItemFields, apply_patch, changed_fields, fields_of, new_fields
from steelyard.features.items.problems import owner_is_locked
from steelyard.features.items.search import conditions_of
from steelyard.paging.paginator import Listing, Page, PageRequest, Paginator
from steelyard.tables.items import STOCK, ItemRow, StockMovementRow, items, stock_movements
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import CurrencyMismatch, ItemNotFound, PreconditionFailed, SkuTaken

# Ids begin at 1: no item that is compared with this one is excluded.
_NO_ITEM = 0


class ItemFilters(NamedTuple):
    """The filters and the sort of listItems."""

    status: m.ItemStatus
    sort: m.ItemSort
    search: str | None = None
    category: str | None = None
    owner_id: int | None = None
    min_price: int | None = None
    max_price: int | None = None
    in_stock: bool | None = None

    def conditions(self) -> tuple[frozenset[str], dict[str, object]]:
        """The conditions by name, and the arguments of those that take one."""
        _, _, _, *values, in_stock = self
        arguments: dict[str, object] = {name: value for name, value in zip(_WITH_ARGUMENT, values, strict=True) if value is not None}
        if in_stock is None:
            return frozenset(arguments), arguments
        return frozenset([*arguments, "in_stock" if in_stock else "sold_out"]), arguments


_WITH_ARGUMENT = ("category", "owner_id", "min_price", "max_price")


# -- the offer ---------------------------------------------------------------------------------------------------------
async def create_item(tx: Transaction, *, caller: Caller, draft: m.ItemCreate, currency: str) -> ItemRow:
    """A new item of the caller's. What is on hand from the start is the first line of its ledger."""
    _check_currency(draft.price, currency)
    new = new_fields(draft)
    await _check_sku(tx, new, owner_id=caller.user_id, item_id=_NO_ITEM)
    item = await tx.first(
        queries.insert_item,
        **new._asdict(),
        **_named(caller),
        owner_id=caller.user_id,
        on_hand=draft.on_hand,
        search_text=new.search_text,
        now=tx.now,
    )
    if item is None:
        raise CallerChanged
    await _tell(tx, "item.created", caller, item, changed=[])
    if draft.on_hand:
        await _enter(tx, caller=caller, item=item, delta=draft.on_hand, reason="received", note=None, on_hand=draft.on_hand)
    return item


async def get_item(db: ReadOnly, *, caller: Caller | None, item_id: int) -> ItemRow:
    """The item, if it is there for the caller."""
    if caller is None:
        item = await db.first(queries.get_public_item, item_id=item_id)
    elif caller.is_staff:
        item = await db.first(queries.get_live_item, item_id=item_id)
    else:
        item = await db.first(queries.get_visible_item, item_id=item_id, user_id=caller.user_id)
    if item is None:
        raise ItemNotFound
    return item


async def update_item(tx: Transaction, *, caller: Caller, item_id: int, patch: m.ItemPatch, if_match: str | None, currency: str) -> ItemRow:
    """The item after the patch. One that changes nothing leaves the version alone: what was read is still true."""
    item, owner_is_active = await _writable(tx, caller=caller, item_id=item_id, if_match=if_match)
    if patch.price is not MISSING:
        _check_currency(patch.price, currency)
    before = fields_of(item)
    after = apply_patch(before, patch)
    names = changed_fields(before, after)
    if not names:
        return item
    if after.status == "active" and not owner_is_active:
        raise owner_is_locked()
    if "sku" in names:
        await _check_sku(tx, after, owner_id=item.owner_id, item_id=item_id)
    item = await tx.one(queries.update_item, **after._asdict(), item_id=item_id, search_text=after.search_text, now=tx.now)
    await _tell(tx, "item.updated", caller, item, changed=names)
    return item


async def delete_item(tx: Transaction, *, caller: Caller, item_id: int, if_match: str | None) -> None:
    """Takes the item off sale for good; orders that hold its stock go on."""
    item, _ = await _writable(tx, caller=caller, item_id=item_id, if_match=if_match)
    await tx.run(queries.archive_item, item_id=item_id, now=tx.now)
    await _tell(tx, "item.archived", caller, item, changed=["status"])


async def archive_items_of(tx: Transaction, *, owner_id: int, actor: Actor) -> int:
    """Archives every item of an owner who leaves; how many there were."""
    item_ids = await tx.all(queries.lock_live_items_of, owner_id=owner_id)
    await _set_status(tx, item_ids, "archived", owner_id=owner_id, actor=actor)
    return len(item_ids)


async def withdraw_items_of(tx: Transaction, *, owner_id: int, actor: Actor) -> int:
    """Makes drafts of the active items of an owner who is locked; how many there were."""
    item_ids = await tx.all(queries.lock_active_items_of, owner_id=owner_id)
    await _set_status(tx, item_ids, "draft", owner_id=owner_id, actor=actor)
    return len(item_ids)


async def _set_status(tx: Transaction, item_ids: list[int], status: Literal["archived", "draft"], *, owner_id: int, actor: Actor) -> None:
    """One statement for all of them, and an event for each, so that no copy of the catalogue keeps one on sale."""
    if not item_ids:
        return
    await tx.run(queries.set_status_of, item_ids=item_ids, new_status=status, now=tx.now)
    what: EventType = "item.archived" if status == "archived" else "item.updated"
    audience = [owner_id] if actor.id is None else [owner_id, actor.id]
    each = {item_id: _about(item_id, owner_id, ["status"]) for item_id in item_ids}
    await log.record_events(tx, Event(what, actor, Subject("item", None), {}, audience), each)


# -- listings ----------------------------------------------------------------------------------------------------------
# A search may have to look at every item of a shop whose texts were written to make it hard. Then it ends here, with a 503, so that it
# holds a connection no longer than other statements may. docs/decisions/0015 has the figures.
SEARCH_TIMEOUT_S = 1


async def list_items(
    db: ReadOnly, paginator: Paginator, *, caller: Caller | None, filters: ItemFilters, request: PageRequest
) -> Page[ItemRow]:
    """Return a page of the items that pass every filter; TimeoutError if a search takes longer than SEARCH_TIMEOUT_S."""
    access.check_listing(caller, status=filters.status, owner_id=filters.owner_id)
    status, sort = filters.status.value, filters.sort.value
    conditions, arguments = filters.conditions()
    words = 0, 0
    if filters.search is not None:
        long, short = conditions_of(filters.search)
        arguments |= {f"long_{number}": word for number, word in enumerate(long)}
        arguments |= {f"short_{number}": pattern for number, pattern in enumerate(short)}
        words = len(long), len(short)
    listing = Listing(
        operation=OPERATIONS["listItems"],
        filters=filters._asdict(),
        arguments=arguments,
        table=items,
        select=partial(queries.list_items, status, conditions, words, sort),
        count=queries.count_items(status, conditions, words),
        key=sort.removeprefix("-"),
        # Every sale would invalidate the totals of listings that do not filter by stock.
        uncounted=STOCK if filters.in_stock is None else frozenset(),
    )
    if filters.search is None:
        return await paginator.page(db, listing, request)
    async with asyncio.timeout(SEARCH_TIMEOUT_S):
        return await paginator.page(db, listing, request)


async def list_stock_movements(
    db: ReadOnly, paginator: Paginator, *, caller: Caller, item_id: int, request: PageRequest
) -> Page[StockMovementRow]:
    """Return a page of the item's stock movements, newest first."""
    item = await get_item(db, caller=caller, item_id=item_id)
    access.check_reading(caller, item.owner_id)
    listing = Listing(
        operation=OPERATIONS["listStockMovements"],
        filters={"item_id": item_id},
        arguments={"item_id": item_id},
        table=stock_movements,
        select=queries.list_stock_movements,
        count=queries.count_stock_movements,
    )
    return await paginator.page(db, listing, request)


# -- stock -------------------------------------------------------------------------------------------------------------
async def record_stock_movement(tx: Transaction, *, caller: Caller, item_id: int, movement: m.StockMovementCreate) -> StockMovementRow:
    """Moves what is on hand and enters it in the ledger."""
    item, _ = await _writable(tx, caller=caller, item_id=item_id, if_match=None)
    expected = None if movement.expected_on_hand is MISSING else movement.expected_on_hand
    stock.check_movement(item_id, on_hand=item.on_hand, reserved=item.reserved, delta=movement.delta, expected=expected)
    on_hand = await tx.scalar(queries.change_on_hand, item_id=item_id, delta=movement.delta)
    assert on_hand is not None, "the row is locked and was just found to allow it"
    note = None if movement.note is MISSING else movement.note
    return await _enter(tx, caller=caller, item=item, delta=movement.delta, reason=movement.reason.value, note=note, on_hand=on_hand)


async def _enter(
    tx: Transaction, *, caller: Caller, item: ItemRow, delta: int, reason: str, note: str | None, on_hand: int
) -> StockMovementRow:
    entered = await tx.one(
        queries.insert_stock_movement,
        item_id=item.id,
        delta=delta,
        reason=reason,
        note=note,
        on_hand_after=on_hand,
        actor_id=caller.user_id,
        now=tx.now,
    )
    data = {"item_id": item.id, "movement_id": entered.id, "delta": delta, "reason": reason, "on_hand_after": on_hand}
    await _record(tx, "stock.moved", caller, item, data)
    return entered


# -- what they share ---------------------------------------------------------------------------------------------------
async def _writable(tx: Transaction, *, caller: Caller, item_id: int, if_match: str | None) -> tuple[ItemRow, bool]:
    """The item, locked, for a caller who may change it and has seen its last version; and whether its owner is active."""
    locking = queries.lock_live_item if caller.is_staff else queries.lock_visible_item
    found = await tx.first(locking, item_id=item_id, **_named(caller), now=tx.now)
    if found is None:
        await auth.confirm(tx, caller)
        raise ItemNotFound
    access.check_writing(caller, found.owner_id)
    if not if_match_allows(if_match, found.version):
        raise PreconditionFailed(current_version=found.version)
    return ItemRow._make(found[:-1]), found.owner_is_active


def _named(caller: Caller) -> dict[str, object]:
    """The caller, for a statement that confirms them."""
    return {"caller_id": caller.user_id, "caller_role": caller.role, "credential_id": caller.credential_id}


def _check_currency(price: m.Price, currency: str) -> None:
    if price.currency != currency:
        raise CurrencyMismatch(expected=currency)


async def _check_sku(tx: Transaction, offered: ItemFields, *, owner_id: int, item_id: int) -> None:
    if offered.sku is not None:
        holder = await tx.scalar(queries.find_sku_holder, owner_id=owner_id, sku=offered.sku, item_id=item_id)
        if holder is not None:
            raise SkuTaken(item_id=holder)


async def _tell(tx: Transaction, what: EventType, caller: Caller, item: ItemRow, *, changed: list[str]) -> None:
    await _record(tx, what, caller, item, _about(item.id, item.owner_id, changed))


def _about(item_id: int, owner_id: int, changed: list[str]) -> dict[str, object]:
    return {"item_id": item_id, "owner_id": owner_id, "changed": changed}


async def _record(tx: Transaction, what: EventType, caller: Caller, item: ItemRow, data: dict[str, object]) -> None:
    actor = Actor.user(caller.user_id)
    await log.record_event(tx, Event(what, actor, Subject("item", item.id), data, audience=[caller.user_id, item.owner_id]))
