"""Every statement about the event log and its readers. Nothing else writes to `events` and `feeds`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from steelyard.db.columns import JsonList
from steelyard.db.json_rows import json_rows_on_postgresql, json_rows_on_sqlite
from steelyard.db.list_rows import insert_each
from steelyard.db.statements import statement
from steelyard.tables.events import EventRow, events, feeds

_limit = bindparam("limit", type_=BigInteger)
_name = bindparam("name", type_=feeds.c.name.type)

# The columns that many events of one kind share.
_in_common = ("type", "occurred_at", "actor_kind", "actor_id", "subject_kind", "request_id", "audience")

insert_event = statement(insert(events).inline().values({name: bindparam(name) for name in (*_in_common, "id", "subject_id", "data")}))

# Events of many transactions.
insert_events_of_each = statement(insert_each(events, *_in_common, "id", "subject_id", "data"))

# Many events of one kind: `each` has the id, the subject's id and the data of every one, as lists.
_each = bindparam("each", type_=JsonList)


def _insert_events(rows: Any, value: Callable[[int], Any]) -> Insert:
    values: dict[str, ColumnElement[Any]] = {name: bindparam(name, type_=events.c[name].type) for name in _in_common}
    values |= {"id": cast(value(0), events.c.id.type), "subject_id": cast(value(1), BigInteger), "data": value(2)}
    return insert(events).from_select(list(values), select(*values.values()).select_from(rows), include_defaults=False)


insert_events = statement(_insert_events(*json_rows_on_postgresql(_each)), sqlite=_insert_events(*json_rows_on_sqlite(_each)))

find_unnumbered_event = statement(select(events.c.sequence).where(events.c.position.is_(None)).limit(1), int)

_waiting = (
    select(events.c.sequence, func.row_number().over(order_by=events.c.sequence).label("place"))
    .where(events.c.position.is_(None))
    .order_by(events.c.sequence)
    .limit(_limit)
    .subquery("waiting")
)

# Committed events without a position get the next ones, in the order of their insertion.
number_events = statement(
    update(events).where(events.c.sequence == _waiting.c.sequence).values(position=bindparam("last", type_=BigInteger) + _waiting.c.place)
)

list_events_after = statement(
    select(*[events.c[name] for name in EventRow._fields])
    .where(events.c.position > bindparam("position", type_=BigInteger))
    .order_by(events.c.position)
    .limit(_limit),
    EventRow,
)


def _new_feed(into: Any) -> Insert:
    made: Insert = into(feeds).values(name=_name, position=0).on_conflict_do_nothing(index_elements=["name"])
    return made


add_feed = statement(_new_feed(postgresql.insert), sqlite=_new_feed(sqlite.insert))
feed_position = statement(select(feeds.c.position).where(feeds.c.name == _name), int)
lock_feed = statement(select(feeds.c.position).where(feeds.c.name == _name).with_for_update(), int)
advance_feed = statement(update(feeds).where(feeds.c.name == _name).values(position=bindparam("to", type_=BigInteger)))
