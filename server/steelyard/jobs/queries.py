"""Every statement about events and jobs."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Insert,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from steelyard.db.columns import JsonList
from steelyard.db.statements import any_of, statement
from steelyard.tables.jobs import BacklogRow, EventRow, JobRow, events, feeds, outbox

_now = bindparam("now", type_=outbox.c.run_at.type)
_limit = bindparam("limit", type_=BigInteger)
_name = bindparam("name", type_=feeds.c.name.type)

# --- Events ---

insert_event = statement(
    insert(events)
    .inline()
    .values(
        id=bindparam("id"),
        type=bindparam("type"),
        occurred_at=bindparam("occurred_at"),
        actor_kind=bindparam("actor_kind"),
        actor_id=bindparam("actor_id"),
        subject_kind=bindparam("subject_kind"),
        subject_id=bindparam("subject_id"),
        request_id=bindparam("request_id"),
        data=bindparam("data"),
        audience=bindparam("audience"),
    )
)

# Many events of one kind: `each` has the id, the subject's id and the data of every one, as lists.
_each = bindparam("each", type_=JsonList)
_in_common = ("type", "occurred_at", "actor_kind", "actor_id", "subject_kind", "request_id", "audience")


def _insert_events(rows: Any, value: Callable[[int], Any]) -> Insert:
    given: dict[str, ColumnElement[Any]] = {name: bindparam(name, type_=events.c[name].type) for name in _in_common}
    given |= {"id": cast(value(0), events.c.id.type), "subject_id": cast(value(1), BigInteger), "data": value(2)}
    return insert(events).from_select(list(given), select(*given.values()).select_from(rows), include_defaults=False)


def _events_on_postgresql() -> Insert:
    each = func.json_array_elements(cast(_each, JSON)).table_valued(column("value", JSON)).render_derived()
    return _insert_events(each, lambda i: each.c.value.op("->>")(literal_column(str(i))))


def _events_on_sqlite() -> Insert:
    each = func.json_each(_each).table_valued("value")
    return _insert_events(each, lambda i: func.json_extract(each.c.value, literal_column(f"'$[{i}]'")))


insert_events = statement(_events_on_postgresql(), sqlite=_events_on_sqlite())

any_waiting = statement(select(events.c.sequence).where(events.c.position.is_(None)).limit(1), int)

_waiting = (
    select(events.c.sequence, func.row_number().over(order_by=events.c.sequence).label("place"))
    .where(events.c.position.is_(None))
    .order_by(events.c.sequence)
    .limit(_limit)
    .subquery("waiting")
)

# Committed events without a position get the next ones, in the order of their insertion.
give_positions = statement(
    update(events).where(events.c.sequence == _waiting.c.sequence).values(position=bindparam("last", type_=BigInteger) + _waiting.c.place)
)

events_after = statement(
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
move_feed = statement(update(feeds).where(feeds.c.name == _name).values(position=bindparam("to", type_=BigInteger)))

# --- Jobs ---

insert_job = statement(
    insert(outbox)
    .inline()
    .values(
        kind=bindparam("kind"),
        payload=bindparam("payload"),
        subject=bindparam("subject"),
        run_at=bindparam("run_at"),
        attempts=0,
    )
)

_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
_due = _open & (outbox.c.run_at <= _now) & (outbox.c.lease_until.is_(None) | (outbox.c.lease_until <= _now))
# A worker of yesterday's version leaves tomorrow's jobs to those who know them.
_known = any_of(outbox.c.kind, "kinds")

any_due = statement(select(outbox.c.id).where(_due, _known).limit(1), int)

# SQLite has one writer at a time and drops the locking clause.
_claimed = (
    select(outbox.c.id)
    .where(_due, _known)
    .order_by(outbox.c.run_at, outbox.c.id)
    .limit(_limit)
    .with_for_update(skip_locked=True)
    .cte("claimed")
)

claim = statement(
    update(outbox)
    .where(outbox.c.id.in_(select(_claimed.c.id)))
    .values(
        attempts=outbox.c.attempts + 1,
        fence=outbox.c.fence + 1,
        leased_by=bindparam("worker", type_=outbox.c.leased_by.type),
        lease_until=bindparam("until", type_=outbox.c.lease_until.type),
    )
    .returning(*[outbox.c[name] for name in JobRow._fields]),
    JobRow,
)

# The name beside the number for as long as workers of the release before may run, which claim without counting.
_mine = (
    (outbox.c.id == bindparam("job_id", type_=outbox.c.id.type))
    & (outbox.c.fence == bindparam("fence", type_=outbox.c.fence.type))
    & (outbox.c.leased_by == bindparam("worker"))
    & _open
)

# One row touched: the job is ours to finish, and nobody else's any more. None: the lease ran out, and somebody else has it.
finish = statement(update(outbox).where(_mine).values(done_at=_now, lease_until=None))
postpone = statement(
    update(outbox)
    .where(_mine)
    .values(
        run_at=bindparam("run_at", type_=outbox.c.run_at.type),
        lease_until=None,
        leased_by=None,
        last_error=bindparam("error", type_=outbox.c.last_error.type),
    )
)
give_up = statement(
    update(outbox).where(_mine).values(dead_at=_now, lease_until=None, last_error=bindparam("error", type_=outbox.c.last_error.type))
)

renew = statement(update(outbox).where(_mine).values(lease_until=bindparam("until", type_=outbox.c.lease_until.type)))
# Begun and not finished for no fault of their own: the attempt does not count.
hand_back = statement(update(outbox).where(_mine).values(lease_until=None, leased_by=None, attempts=outbox.c.attempts - 1))

forget_jobs = statement(delete(outbox).where(outbox.c.kind == bindparam("kind"), outbox.c.subject == bindparam("subject")))

_before = bindparam("before", type_=outbox.c.done_at.type)
sweep_done = statement(
    delete(outbox).where(outbox.c.id.in_(select(outbox.c.id).where(outbox.c.done_at < _before).order_by(outbox.c.done_at).limit(_limit)))
)
sweep_dead = statement(
    delete(outbox).where(outbox.c.id.in_(select(outbox.c.id).where(outbox.c.dead_at < _before).order_by(outbox.c.dead_at).limit(_limit)))
)

backlog = statement(
    select(
        select(func.min(outbox.c.run_at)).where(_open, outbox.c.run_at <= _now).scalar_subquery().label("oldest_due_at"),
        select(func.count()).select_from(outbox).where(outbox.c.dead_at.is_not(None)).scalar_subquery().label("dead"),
    ),
    BacklogRow,
)
