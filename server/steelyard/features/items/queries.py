"""Every statement about items and their stock. Nothing else writes to `items` and `stock_movements`."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from steelyard.db.columns import JsonList
from steelyard.db.json_rows import json_rows_on_postgresql, json_rows_on_sqlite
from steelyard.db.list_rows import list_rows
from steelyard.db.search_text import LIKE_ESCAPE, contains_on_postgresql, contains_on_sqlite
from steelyard.db.statements import Query, any_of, nested, statement
from steelyard.paging.keyset import keyset_page
from steelyard.security.queries import locked_caller, locked_users
from steelyard.tables.items import ItemRow, StockMovementRow, WritableRow, items, stock_movements
from steelyard.tables.orders import order_lines, orders
from steelyard_contract.bounds import COUNT_LIMIT, MAX_ON_HAND

# The two lists are read as the stored text: most are empty, and they are parsed only where they are shown.
_LISTS = {"tags", "image_urls"}
_ITEM: list[ColumnElement[Any]] = [
    type_coerce(items.c[name], Text).label(name) if name in _LISTS else items.c[name] for name in ItemRow._fields
]
_MOVEMENT = [stock_movements.c[name] for name in StockMovementRow._fields]

# -- one item: archived items are never found, and only their owner and staff find drafts --------------------------------
_live = select(*_ITEM).where(items.c.id == bindparam("item_id"), items.c.status != "archived")
_visible = _live.where((items.c.status == "active") | (items.c.owner_id == bindparam("user_id")))

_on_sale = select(*_ITEM).where(items.c.status == "active")
get_public_item = statement(
    _on_sale.where(items.c.id == bindparam("item_id")),
    ItemRow,
    batch=(_on_sale.where(any_of(items.c.id, "item_id")), "id"),
)
get_visible_item = statement(_visible, ItemRow)
get_live_item = statement(_live, ItemRow)


# For a write by the caller: locks the users first, so that the owner cannot be locked out meanwhile, then the item. New order lines may
# still refer to the item, because they need only its key.
_owner, _caller = locked_users(select(items.c.owner_id).where(items.c.id == bindparam("item_id")).scalar_subquery())
_writable = (
    select(*nested("item", _ITEM), _owner.c.is_active.label("owner_is_active"))
    .join_from(items, _owner, _owner.c.id == items.c.owner_id)
    .join(_caller, true())
    .where(items.c.id == bindparam("item_id"), items.c.status != "archived")
    .with_for_update(key_share=True, of=items)
)
lock_visible_item = statement(_writable.where((items.c.status == "active") | (items.c.owner_id == bindparam("caller_id"))), WritableRow)
lock_live_item = statement(_writable, WritableRow)

# Returns the other live item of the owner that has the sku.
find_sku_holder = statement(
    select(items.c.id).where(
        items.c.owner_id == bindparam("owner_id"),
        items.c.sku == bindparam("sku"),
        items.c.status != "archived",
        items.c.id != bindparam("item_id"),
    ),
    int,
)

_written = ("owner_id", "sku", "title", "description", "category", "tags", "image_urls", "price", "status", "on_hand", "search_text")
_new: dict[str, ColumnElement[Any]] = {name: bindparam(name, type_=items.c[name].type) for name in _written} | {
    "reserved": literal_column("0"),
    "version": literal_column("1"),
    "stock_version": literal_column("1"),
    "created_at": bindparam("now", type_=items.c.created_at.type),
    "updated_at": bindparam("now", type_=items.c.created_at.type),
}

# Returns no row unless it confirms the caller. It waits while the owner is being locked or deleted: either that change finds this item,
# or there is no item.
insert_item = statement(
    insert(items)
    .from_select(
        list(_new),
        select(*_new.values()).select_from(locked_caller()),
    )
    .returning(*_ITEM),
    ItemRow,
)

# Many items of one owner: `each` has the remaining columns of every one, as lists.
_in_common = {"owner_id", "reserved", "version", "stock_version", "created_at", "updated_at"}
_each = bindparam("each", type_=JsonList)


def _insert_items(rows: Any, value: Callable[[int], Any]) -> ReturningInsert[Any]:
    varying = [name for name in _new if name not in _in_common]
    # The lists are JSON already, and stay text.
    types = {name: Text() if name in _LISTS else items.c[name].type for name in varying}
    new = {name: _new[name] for name in _new if name in _in_common}
    new |= {name: cast(value(place), types[name]) for place, name in enumerate(varying)}
    confirmed = rows.join(locked_caller(), true())
    return insert(items).from_select(list(new), select(*new.values()).select_from(confirmed)).returning(items.c.id)


insert_items = statement(_insert_items(*json_rows_on_postgresql(_each)), int, sqlite=_insert_items(*json_rows_on_sqlite(_each)))

update_item = statement(
    update(items)
    .where(items.c.id == bindparam("item_id"))
    .values(
        {name: bindparam(name) for name in ("sku", "title", "description", "category", "tags", "image_urls", "price", "status")}
        | {"search_text": bindparam("search_text"), "version": items.c.version + 1, "updated_at": bindparam("now")}
    )
    .returning(*_ITEM),
    ItemRow,
)

archive_item = statement(
    update(items)
    .where(items.c.id == bindparam("item_id"))
    .values(status="archived", version=items.c.version + 1, updated_at=bindparam("now"))
)

# An UPDATE locks its rows in the planner's order; these lock them by id first, as every order does. Their owner is locked already.
_of_owner = select(items.c.id).where(items.c.owner_id == bindparam("owner_id")).order_by(items.c.id).with_for_update(key_share=True)

lock_live_items_of = statement(_of_owner.where(items.c.status != "archived"), int)
lock_active_items_of = statement(_of_owner.where(items.c.status == "active"), int)

set_status_of = statement(
    update(items)
    .where(any_of(items.c.id, "item_ids"))
    .values(status=bindparam("new_status"), version=items.c.version + 1, updated_at=bindparam("now"))
)

# -- stock -------------------------------------------------------------------------------------------------------------
# Returns the new stock on hand, or no row if orders or bounds do not allow the change.
change_on_hand = statement(
    update(items)
    .where(
        items.c.id == bindparam("item_id"),
        items.c.on_hand + bindparam("delta") >= items.c.reserved,
        items.c.on_hand + bindparam("delta") <= MAX_ON_HAND,
    )
    .values(on_hand=items.c.on_hand + bindparam("delta"), stock_version=items.c.stock_version + 1)
    .returning(items.c.on_hand),
    int,
)

insert_stock_movement = statement(
    insert(stock_movements)
    .values(
        {name: bindparam(name) for name in ("item_id", "delta", "reason", "note", "on_hand_after", "actor_id")}
        | {"order_id": None, "created_at": bindparam("now")}
    )
    .returning(*_MOVEMENT),
    StockMovementRow,
)

# The first movements of new items that have stock.
insert_first_movements = statement(
    insert(stock_movements)
    .from_select(
        ["item_id", "delta", "reason", "on_hand_after", "actor_id", "created_at"],
        select(
            items.c.id,
            items.c.on_hand,
            literal("received"),
            items.c.on_hand,
            bindparam("actor_id", type_=stock_movements.c.actor_id.type),
            bindparam("now", type_=stock_movements.c.created_at.type),
        ).where(any_of(items.c.id, "item_ids"), items.c.on_hand > 0),
    )
    .returning(*_MOVEMENT),
    StockMovementRow,
)

_movements = select(*_MOVEMENT).where(stock_movements.c.item_id == bindparam("item_id"))


@cache
def list_stock_movements(*, after: bool) -> Query[StockMovementRow]:
    """A page of the movements of an item, newest first."""
    return statement(keyset_page(_movements, row_id=stock_movements.c.id, descending=True, after=after), StockMovementRow)


count_stock_movements = statement(
    select(func.count()).select_from(
        select(stock_movements.c.id).where(stock_movements.c.item_id == bindparam("item_id")).limit(COUNT_LIMIT).subquery()
    ),
    int,
)

# -- stock of orders ---------------------------------------------------------------------------------------------------
_QUANTITY = bindparam("quantity", type_=BigInteger)


def _pending_orders(buyer_id: ColumnElement[int]) -> ColumnElement[int]:
    """CreateOrder has locked the buyer, so no other order of the buyer begins meanwhile. Counting here spares a round trip."""
    counted = select(func.count()).select_from(orders).where(orders.c.buyer_id == buyer_id, orders.c.status == "pending")
    return counted.scalar_subquery().label("pending")


_sold = [items.c.owner_id, items.c.sku, items.c.title, items.c.category, items.c.price]


class ReservedRow(NamedTuple):
    """An item with newly reserved units, and how many pending orders their buyer has."""

    owner_id: int
    sku: str | None
    title: str
    category: str | None
    price: int
    pending: int


# Returns no row if the item is not on sale or fewer units are available.
reserve_stock = statement(
    update(items)
    .where(items.c.id == bindparam("item_id"), items.c.status == "active", items.c.on_hand - items.c.reserved >= _QUANTITY)
    .values(reserved=items.c.reserved + _QUANTITY, stock_version=items.c.stock_version + 1)
    .returning(*_sold, _pending_orders(bindparam("buyer_id", type_=orders.c.buyer_id.type))),
    ReservedRow,
)


class LockedStockRow(NamedTuple):
    """What an order will reserve, by the number of its transaction."""

    number: int
    stock: ReservedRow


# The same for many orders of different items and buyers: first locked and read, then changed.
_requested = list_rows({"item_id": items.c.id.type, "quantity": BigInteger(), "buyer_id": orders.c.buyer_id.type})

lock_stock_of_each = statement(
    select(_requested.c.number, *nested("stock", [*_sold, _pending_orders(_requested.c.buyer_id)]))
    .join_from(_requested, items, items.c.id == _requested.c.item_id)
    .where(items.c.status == "active", items.c.on_hand - items.c.reserved >= _requested.c.quantity)
    .with_for_update(key_share=True, of=items, skip_locked=True),
    LockedStockRow,
)
reserve_stock_of_each = statement(
    update(items)
    .where(items.c.id == _requested.c.item_id)
    .values(reserved=items.c.reserved + _requested.c.quantity, stock_version=items.c.stock_version + 1)
)

_order_id = bindparam("order_id", type_=order_lines.c.order_id.type)
_is_line_of_order = (order_lines.c.order_id == _order_id) & (order_lines.c.product_id == items.c.id)
_not_refunded = order_lines.c.quantity - order_lines.c.refunded_quantity

# An UPDATE ... FROM locks its rows in the planner's order; this locks them by id first, as every other transaction does.
lock_items_of_order = statement(
    select(items.c.id)
    .where(items.c.id.in_(select(order_lines.c.product_id).where(order_lines.c.order_id == _order_id)))
    .order_by(items.c.id)
    .with_for_update(key_share=True),
    int,
)

release_stock = statement(
    update(items)
    .where(_is_line_of_order)
    .values(reserved=items.c.reserved - order_lines.c.quantity, stock_version=items.c.stock_version + 1)
)

restock_order = statement(
    update(items)
    .where(_is_line_of_order, _not_refunded > 0)
    .values(on_hand=items.c.on_hand + _not_refunded, stock_version=items.c.stock_version + 1)
)
insert_return_movements = statement(
    insert(stock_movements).from_select(
        ["item_id", "delta", "reason", "order_id", "on_hand_after", "actor_id", "created_at"],
        select(
            items.c.id,
            _not_refunded,
            literal("cancellation"),
            order_lines.c.order_id,
            items.c.on_hand,
            bindparam("actor_id", type_=stock_movements.c.actor_id.type),
            bindparam("now", type_=stock_movements.c.created_at.type),
        )
        .where(_is_line_of_order, _not_refunded > 0)
        .order_by(items.c.id),
        include_defaults=False,
    )
)

# -- listings: one statement for each set of conditions, so that the planner sees no other condition -------------------
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "category": items.c.category == bindparam("category"),
    "owner_id": items.c.owner_id == bindparam("owner_id"),
    "min_price": items.c.price >= bindparam("min_price"),
    "max_price": items.c.price <= bindparam("max_price"),
    "in_stock": items.c.on_hand > items.c.reserved,
    "sold_out": items.c.on_hand == items.c.reserved,
}

Contains = Callable[[ColumnElement[str], ColumnElement[str]], ColumnElement[bool]]
# How many long and how many short words.
Words = tuple[int, int]


_CONTAINS = (contains_on_postgresql, contains_on_sqlite)

# Callers choose filters, sort and number of words, so the cache is bounded.
_MAX_STATEMENTS = 512


@lru_cache(_MAX_STATEMENTS)
def list_items(status: str, conditions: frozenset[str], words: Words, sort: str, *, after: bool) -> Query[ItemRow]:
    """A page of the items in one status that meet all conditions and contain all words."""
    page = [
        keyset_page(
            _passing(select(*_ITEM), status, conditions, words, contains),
            key=items.c[sort.removeprefix("-")],
            row_id=items.c.id,
            descending=sort.startswith("-"),
            after=after,
        )
        for contains in _CONTAINS
    ]
    # A word may occur everywhere or nowhere. Only a plan for this word can choose between trigrams and reading in order.
    return statement(page[0], ItemRow, sqlite=page[1], plan="custom" if any(words) else "cached", coalesce=True)


@lru_cache(_MAX_STATEMENTS)
def count_items(status: str, conditions: frozenset[str], words: Words) -> Query[int]:
    """How many of these items there are, up to COUNT_LIMIT."""
    count = [
        select(func.count()).select_from(
            _passing(select(literal_column("1")), status, conditions, words, contains).limit(COUNT_LIMIT).subquery()
        )
        for contains in _CONTAINS
    ]
    return statement(count[0], int, sqlite=count[1], plan="custom" if any(words) else "cached")


def _passing(
    rows: Select[*tuple[Any, ...]], status: str, conditions: frozenset[str], words: Words, contains: Contains
) -> Select[*tuple[Any, ...]]:
    # The status is part of the text, because the planner has to know it: nearly all items are active.
    rows = rows.where(items.c.status == status, *[_CONDITIONS[name] for name in sorted(conditions)])
    long, short = words
    rows = rows.where(*[contains(items.c.search_text, bindparam(f"long_{number}", type_=Text)) for number in range(long)])
    return rows.where(*[items.c.search_text.like(bindparam(f"short_{number}"), escape=LIKE_ESCAPE) for number in range(short)])
