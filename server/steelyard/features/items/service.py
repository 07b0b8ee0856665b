"""Creates, changes, archives and lists items. Their stock is in `stock`."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Literal, NamedTuple

from pydantic import MISSING
from pydantic_core import to_json

from steelyard.contract.access.caller import Caller, CallerChanged
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import Actor, EventType
from steelyard.features.auth.verification import check_verified_email
from steelyard.features.items import queries
from steelyard.features.items.access import check_listing, lock_item
from steelyard.features.items.editing import ItemFields, apply_patch, changed_fields, fields_of, new_fields
from steelyard.features.items.events import record_item_event, record_new_items, record_status_events
from steelyard.features.items.problems import owner_is_locked
from steelyard.features.items.search import conditions_of
from steelyard.features.items.stock import insert_movement
from steelyard.paging.paginator import Listing, Page, PageRequest, Paginator
from steelyard.settings import Settings
from steelyard.tables.items import STOCK_COLUMNS, ItemRow, items
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import CurrencyMismatch, SkuTaken

# Ids begin at 1, so this one excludes no item from a comparison.
_NO_ITEM = 0

# A search may have to read every item of a catalogue whose texts were written to make it slow. It then ends with a 503 and holds
# a connection no longer than other statements may. docs/decisions/0015 has the figures.
SEARCH_TIMEOUT_S = 1


async def create_item(tx: Transaction, *, caller: Caller, draft: m.ItemCreate, settings: Settings) -> ItemRow:
    """Create an item of the caller. Its initial stock is its first stock movement."""
    await check_verified_email(tx, caller=caller, is_required=settings.require_verified_email)
    _check_currency(draft.price, settings.currency)
    fields = new_fields(draft)
    await _check_sku(tx, fields, owner_id=caller.user_id, item_id=_NO_ITEM)
    item = await tx.first(
        queries.insert_item,
        **fields._asdict(),
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        owner_id=caller.user_id,
        on_hand=draft.on_hand,
        search_text=fields.search_text,
        now=tx.now,
    )
    if item is None:
        raise CallerChanged
    await record_item_event(tx, "item.created", caller, item, changed=[])
    if draft.on_hand:
        await insert_movement(tx, caller=caller, item=item, delta=draft.on_hand, reason="received", note=None, on_hand=draft.on_hand)
    return item


async def create_items(tx: Transaction, *, caller: Caller, drafts: Iterable[m.ItemCreate], settings: Settings) -> list[int]:
    """Create many items of the caller as `create_item` does, by a constant number of statements; their ids.

    The caller makes sure that no other live item of theirs has one of the skus.
    """
    await check_verified_email(tx, caller=caller, is_required=settings.require_verified_email)
    rows = []
    for draft in drafts:
        _check_currency(draft.price, settings.currency)
        fields = new_fields(draft)
        lists = to_json(fields.tags).decode(), to_json(fields.image_urls).decode()
        text = fields.sku, fields.title, fields.description, fields.category
        rows.append([*text, *lists, fields.price, fields.status, draft.on_hand, fields.search_text])
    item_ids = await tx.all(
        queries.insert_items,
        each=rows,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        owner_id=caller.user_id,
        now=tx.now,
    )
    if len(item_ids) < len(rows):
        raise CallerChanged
    movements = await tx.all(queries.insert_first_movements, item_ids=item_ids, actor_id=caller.user_id, now=tx.now)
    await record_new_items(tx, caller, item_ids, movements)
    return item_ids


async def update_item(tx: Transaction, *, caller: Caller, item_id: int, patch: m.ItemPatch, if_match: str | None, currency: str) -> ItemRow:
    """Apply the patch. If it changes nothing, the version stays."""
    item, owner_is_active = await lock_item(tx, caller=caller, item_id=item_id, if_match=if_match)
    if patch.price is not MISSING:
        _check_currency(patch.price, currency)
    before = fields_of(item)
    after = apply_patch(before, patch)
    changed = changed_fields(before, after)
    if not changed:
        return item
    if after.status == "active" and not owner_is_active:
        raise owner_is_locked()
    if "sku" in changed:
        await _check_sku(tx, after, owner_id=item.owner_id, item_id=item_id)
    item = await tx.one(queries.update_item, **after._asdict(), item_id=item_id, search_text=after.search_text, now=tx.now)
    await record_item_event(tx, "item.updated", caller, item, changed=changed)
    return item


async def delete_item(tx: Transaction, *, caller: Caller, item_id: int, if_match: str | None) -> None:
    """Archive the item. Orders that hold its stock stay."""
    item, _ = await lock_item(tx, caller=caller, item_id=item_id, if_match=if_match)
    await tx.run(queries.archive_item, item_id=item_id, now=tx.now)
    await record_item_event(tx, "item.archived", caller, item, changed=["status"])


async def archive_items_of(tx: Transaction, *, owner_id: int, actor: Actor) -> int:
    """Archive every item of an owner who leaves; return how many."""
    item_ids = await tx.all(queries.lock_live_items_of, owner_id=owner_id)
    await _set_status(tx, item_ids, "archived", owner_id=owner_id, actor=actor)
    return len(item_ids)


async def withdraw_items_of(tx: Transaction, *, owner_id: int, actor: Actor) -> int:
    """Turn the active items of an owner whose account is locked into drafts; return how many."""
    item_ids = await tx.all(queries.lock_active_items_of, owner_id=owner_id)
    await _set_status(tx, item_ids, "draft", owner_id=owner_id, actor=actor)
    return len(item_ids)


async def _set_status(tx: Transaction, item_ids: list[int], status: Literal["archived", "draft"], *, owner_id: int, actor: Actor) -> None:
    if item_ids:
        await tx.run(queries.set_status_of, item_ids=item_ids, new_status=status, now=tx.now)
        event_type: EventType = "item.archived" if status == "archived" else "item.updated"
        await record_status_events(tx, event_type, actor, item_ids=item_ids, owner_id=owner_id)


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


async def list_items(
    db: ReadOnly, paginator: Paginator, *, caller: Caller | None, filters: ItemFilters, request: PageRequest
) -> Page[ItemRow]:
    """Return a page of the items that pass every filter. Raises TimeoutError if a search takes longer than SEARCH_TIMEOUT_S."""
    check_listing(caller, status=filters.status, owner_id=filters.owner_id)
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
        # Otherwise every sale would invalidate the totals of listings that do not filter by stock.
        uncounted=STOCK_COLUMNS if filters.in_stock is None else frozenset(),
        is_popular=True,
    )
    if filters.search is None:
        return await paginator.page(db, listing, request)
    async with asyncio.timeout(SEARCH_TIMEOUT_S):
        return await paginator.page(db, listing, request)


def _check_currency(price: m.Price, currency: str) -> None:
    if price.currency != currency:
        raise CurrencyMismatch(expected=currency)


async def _check_sku(tx: Transaction, fields: ItemFields, *, owner_id: int, item_id: int) -> None:
    if fields.sku is not None:
        holder = await tx.scalar(queries.find_sku_holder, owner_id=owner_id, sku=fields.sku, item_id=item_id)
        if holder is not None:
            raise SkuTaken(item_id=holder)
