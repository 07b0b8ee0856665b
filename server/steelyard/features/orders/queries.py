"""Every statement about orders. Nothing else writes to `orders` and `order_lines`."""

import functools
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Insert,
    Table,
    bindparam,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from steelyard.db.columns import JsonList
from steelyard.db.expressions import next_id, next_ids
from steelyard.db.json_rows import json_rows_on_postgresql, json_rows_on_sqlite
from steelyard.db.list_rows import insert_each, list_rows
from steelyard.db.statements import Query, any_of, nested, statement
from steelyard.features.orders.transitions import OPEN_STATUSES
from steelyard.paging.keyset import keyset_page
from steelyard.security.queries import CALLER, is_caller, is_each_caller, locked_caller
from steelyard.tables.credentials import credentials
from steelyard.tables.idempotency import idempotency_keys
from steelyard.tables.items import items
from steelyard.tables.orders import BuyerRow, OrderAndLineRow, OrderLineRow, OrderRow, OrderSummaryRow, OverdueRow, order_lines, orders
from steelyard.tables.users import addresses, users
from steelyard_contract.bounds import COUNT_LIMIT


class OfferRow(NamedTuple):
    """A product as its seller offers it now."""

    id: int
    owner_id: int
    sku: str | None
    title: str
    category: str | None
    price: int
    status: str
    available: int


_order_id = bindparam("order_id", type_=orders.c.id.type)
_user_id = bindparam("user_id", type_=orders.c.buyer_id.type)
_now = bindparam("now", type_=orders.c.updated_at.type)


# --- Buyer and basket ---


_its_address = {
    "default": (addresses.c.user_id == users.c.id) & addresses.c.is_default,
    "chosen": (addresses.c.user_id == users.c.id) & (addresses.c.id == bindparam("address_id", type_=addresses.c.id.type)),
}


def _buyer(lines: ColumnElement[int]) -> list[ColumnElement[Any]]:
    place = addresses.c
    return [
        next_id(orders).label("order_id"),
        next_ids(order_lines, lines).label("line_ids"),
        users.c.name,
        place.street,
        place.city,
        place.country,
        place.zip_code,
    ]


def _buyer_at(which: str) -> Any:
    return (
        select(*_buyer(bindparam("lines", type_=BigInteger)))
        .select_from(users.join(credentials, credentials.c.user_id == users.c.id).outerjoin(addresses, _its_address[which]))
        .where(*is_caller)
    )


# Confirms and locks the buyer: orders of one buyer follow one another, so that they can be counted, and none follows deleteUser or a
# logout. Fetching the ids of the new rows here means that no insert has to be awaited.
lock_buyer_with_default_address = statement(_buyer_at("default").with_for_update(key_share=True, of=[users, credentials]), BuyerRow)
lock_buyer_with_address = statement(_buyer_at("chosen").with_for_update(key_share=True, of=[users, credentials]), BuyerRow)


class LockedBuyerRow(NamedTuple):
    """A buyer, by the number of the transaction."""

    number: int
    buyer: BuyerRow


_requests = list_rows(
    {**CALLER, "lines": BigInteger(), **{name: idempotency_keys.c[name].type for name in ("owner_id", "operation_id", "key")}}
)
_its_key = (idempotency_keys.c[name] == _requests.c[name] for name in ("owner_id", "operation_id", "key"))
_its_order = (orders.c.buyer_id == _requests.c.caller_id, orders.c.idempotency_key == _requests.c.key)


def _uses(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How often the key is used. PostgreSQL would read a whole table for `EXISTS`, where it expects few rows."""
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


_is_new = (_uses(idempotency_keys, *_its_key) == 0) & (_uses(orders, *_its_order) == 0)

# Many buyers whose keys are new. Their orders get their ids in the order of the requests.
lock_each_buyer_with_default_address = statement(
    select(_requests.c.number, *nested("buyer", _buyer(_requests.c.lines)))
    .select_from(
        _requests.join(users, users.c.id == _requests.c.caller_id)
        .join(credentials, credentials.c.id == _requests.c.credential_id)
        .outerjoin(addresses, _its_address["default"])
    )
    .where(*is_each_caller(_requests), _is_new)
    .order_by(_requests.c.number)
    .with_for_update(key_share=True, of=[users, credentials], skip_locked=True),
    LockedBuyerRow,
)

count_own_address = statement(
    select(func.count())
    .select_from(addresses)
    .where(addresses.c.user_id == _user_id, addresses.c.id == bindparam("address_id", type_=addresses.c.id.type)),
    int,
)

get_offers = statement(
    select(
        items.c.id,
        items.c.owner_id,
        items.c.sku,
        items.c.title,
        items.c.category,
        items.c.price,
        items.c.status,
        (items.c.on_hand - items.c.reserved).label("available"),
    ).where(any_of(items.c.id, "product_ids")),
    OfferRow,
)

_of_buyer = orders.c.buyer_id == bindparam("buyer_id", type_=orders.c.buyer_id.type)
count_pending_orders = statement(select(func.count()).select_from(orders).where(_of_buyer, orders.c.status == "pending"), int)

# --- Placing ---

_NEW = [each.name for each in orders.c if each.name != "cancel_reason"]

insert_order = statement(insert(orders).inline().values({name: bindparam(name) for name in _NEW}))
insert_each_order = statement(insert_each(orders, *_NEW))

# Rows of LineRow, as lists.
_lines = bindparam("lines", type_=JsonList)


def _insert_lines(rows: Any, value: Callable[[int], Any], order_id: ColumnElement[int] = _order_id) -> Insert:
    values = [cast(value(i), order_lines.c[name].type) for i, name in enumerate(OrderLineRow._fields)]
    new = select(order_id, *values).select_from(rows)
    return insert(order_lines).from_select(["order_id", *OrderLineRow._fields], new, include_defaults=False)


insert_order_lines = statement(_insert_lines(*json_rows_on_postgresql(_lines)), sqlite=_insert_lines(*json_rows_on_sqlite(_lines)))

_each = list_rows({"order_id": order_lines.c.order_id.type, "lines": JsonList()})


def _insert_each_lines(rows: FromClause, value: Callable[[int], Any]) -> Insert:
    return _insert_lines(_each.join(rows, true()), value, _each.c.order_id)


insert_lines_of_each_order = statement(_insert_each_lines(*json_rows_on_postgresql(_each.c.lines)))

# --- Reading ---

_order = [orders.c[name] for name in OrderRow._fields]
_line = [order_lines.c[name] for name in OrderLineRow._fields]


_order_with_lines = (
    select(*nested("order", _order), *nested("line", _line))
    .join_from(orders, order_lines, order_lines.c.order_id == orders.c.id)
    .where(orders.c.id == _order_id)
    .order_by(order_lines.c.id)
)
_theirs = or_(orders.c.buyer_id == _user_id, orders.c.seller_id == _user_id)

get_order = statement(_order_with_lines, OrderAndLineRow)
get_order_of_party = statement(_order_with_lines.where(_theirs), OrderAndLineRow)

get_order_lines = statement(select(*_line).where(order_lines.c.order_id == _order_id).order_by(order_lines.c.id), OrderLineRow)

Condition = Literal["buyer", "seller", "status", "created_after", "created_before"]

_CONDITIONS: dict[Condition, ColumnElement[bool]] = {
    "buyer": orders.c.buyer_id == _user_id,
    "seller": orders.c.seller_id == _user_id,
    "status": orders.c.status == bindparam("status"),
    "created_after": orders.c.created_at > bindparam("created_after", type_=orders.c.created_at.type),
    "created_before": orders.c.created_at < bindparam("created_before", type_=orders.c.created_at.type),
}


@functools.cache
def list_orders(conditions: frozenset[Condition], *, newest_first: bool, after: bool) -> Query[OrderSummaryRow]:
    """A page of the orders that meet all conditions."""
    rows = select(*[orders.c[name] for name in OrderSummaryRow._fields]).where(*[_CONDITIONS[name] for name in sorted(conditions)])
    return statement(keyset_page(rows, row_id=orders.c.id, key=orders.c.created_at, descending=newest_first, after=after), OrderSummaryRow)


@functools.cache
def count_orders(conditions: frozenset[Condition]) -> Query[int]:
    """How many orders meet all conditions, up to COUNT_LIMIT."""
    some = select(orders.c.id).where(*[_CONDITIONS[name] for name in sorted(conditions)]).limit(literal(COUNT_LIMIT))
    return statement(select(func.count()).select_from(some.subquery()), int)


# --- Changing ---

# For a write by the caller: locks the caller first, then the order.
_order_for_caller = (
    select(*_order).join_from(orders, locked_caller(), true()).where(orders.c.id == _order_id).with_for_update(key_share=True, of=orders)
)
_caller_id = bindparam("caller_id", type_=users.c.id.type)

lock_order = statement(_order_for_caller, OrderRow)
lock_order_of_party = statement(_order_for_caller.where(or_(orders.c.buyer_id == _caller_id, orders.c.seller_id == _caller_id)), OrderRow)

_overdue = (orders.c.status == "pending") & (orders.c.expires_at <= _now)

list_overdue_orders = statement(
    keyset_page(
        select(orders.c.expires_at, orders.c.id).where(_overdue), key=orders.c.expires_at, row_id=orders.c.id, descending=False, after=True
    ),
    OverdueRow,
)

# Skips an order that another worker has locked. SQLite has one writer, and drops the clause.
lock_overdue_order = statement(
    select(*_order).where(orders.c.id == _order_id, _overdue).with_for_update(key_share=True, skip_locked=True), OrderRow
)

update_order_status = statement(
    update(orders)
    .where(orders.c.id == _order_id)
    .values(
        status=bindparam("new_status", type_=orders.c.status.type),
        payment_status=bindparam("new_payment_status", type_=orders.c.payment_status.type),
        refunded=bindparam("new_refunded", type_=orders.c.refunded.type),
        history=bindparam("new_history", type_=orders.c.history.type),
        cancel_reason=bindparam("new_cancel_reason", type_=orders.c.cancel_reason.type),
        expires_at=None,
        updated_at=_now,
        version=orders.c.version + 1,
    )
)

mark_lines_refunded = statement(
    update(order_lines)
    .where(order_lines.c.order_id == _order_id)
    .values(refunded_quantity=order_lines.c.quantity, refunded=order_lines.c.total)
)

# --- Leaving ---

count_open_orders = statement(select(func.count()).select_from(orders).where(_theirs, orders.c.status.in_(OPEN_STATUSES)), int)

clear_shipping_addresses = statement(
    update(orders)
    .where(orders.c.buyer_id == _user_id, orders.c.shipping_address.is_not(None))
    .values(shipping_address=None, updated_at=_now, version=orders.c.version + 1)
)

# The order does not show it, so its version stays.
clear_cancel_reasons = statement(update(orders).where(orders.c.buyer_id == _user_id).values(cancel_reason=None))
