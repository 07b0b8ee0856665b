"""Every statement about jobs, workers and periodic tasks. Nothing else writes to their tables."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Delete,
    FromClause,
    Insert,
    Select,
    String,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from steelyard.db.columns import JsonList
from steelyard.db.compiled import TableChange
from steelyard.db.statements import any_of, statement
from steelyard.tables.jobs import BacklogRow, JobRow, WorkerRow, outbox, periodic_tasks, workers

# What a commit has changed if it has added jobs.
ADDED_JOBS = TableChange("outbox", None)
# Only for PostgreSQL. The text of a notification would be read by every worker, so it has none.
CHANNEL = "steelyard_jobs"
notify_workers = statement(select(func.pg_notify(literal_column(f"'{CHANNEL}'"), literal_column("''"))), object)

_now = bindparam("now", type_=outbox.c.run_at.type)
_limit = bindparam("limit", type_=BigInteger)

insert_job = statement(
    insert(outbox)
    .inline()
    .values(
        kind=bindparam("kind"),
        payload=bindparam("payload"),
        subject=bindparam("subject"),
        run_at=bindparam("run_at"),
        trace=bindparam("trace"),
        attempts=0,
    )
)

_new = {name: bindparam(name, type_=outbox.c[name].type) for name in ("kind", "payload", "subject", "run_at")}
_trace = bindparam("trace", type_=outbox.c.trace.type)
_equal_jobs = select(func.count()).where(*[outbox.c[name] == _new[name] for name in ("kind", "payload", "subject")]).scalar_subquery()

# Returns no row if the table has so many equal jobs.
insert_job_at_most = statement(
    insert(outbox)
    .from_select(
        [*_new, "trace", "attempts"], select(*_new.values(), _trace, literal(0)).where(_equal_jobs < bindparam("times", type_=BigInteger))
    )
    .returning(outbox.c.id),
    int,
)

_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
_is_unleased = outbox.c.lease_until.is_(None) | (outbox.c.lease_until <= _now)
_by_kind = (outbox.c.kind, outbox.c.run_at, outbox.c.id)


def _due(kind: ColumnElement[str]) -> ColumnElement[bool]:
    """The due jobs of a kind. With `kind = ...`, PostgreSQL may read all due jobs by their time, to find few of this kind: a comparison of
    rows, in the order of `_by_kind`, leaves it only the index of that order.
    """
    return _open & (outbox.c.kind >= kind) & (tuple_(outbox.c.kind, outbox.c.run_at) <= tuple_(kind, _now)) & _is_unleased


class DueKindRow(NamedTuple):
    """A kind of job, and since when the oldest of them is due; None if none is."""

    kind: str
    oldest_due_at: datetime | None


def _find_due_kinds(kinds: FromClause) -> Select[Any]:
    oldest = select(outbox.c.run_at).where(_due(kinds.c.value)).order_by(*_by_kind).limit(1)
    return select(kinds.c.value.label("kind"), oldest.scalar_subquery().label("oldest_due_at"))


_kinds = bindparam("kinds", type_=JsonList)
# A worker of an older version leaves jobs of new kinds to the workers that have a task for them.
find_due_kinds = statement(
    _find_due_kinds(func.json_array_elements_text(cast(_kinds, JSON)).table_valued(column("value", Text))),
    DueKindRow,
    sqlite=_find_due_kinds(func.json_each(_kinds).table_valued(column("value", Text))),
)

# Of two workers that start jobs of the same limited kind, the second waits until the first has committed. SQLite has one writer anyway.
lock_kind = statement(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("kind", type_=String), 7_349_281_516))), object)
count_running = statement(
    select(func.count()).where(_open, outbox.c.is_limited, outbox.c.kind == bindparam("kind"), outbox.c.lease_until > _now), int
)

# SQLite has one writer at a time and drops the locking clause.
_claimed = (
    select(outbox.c.id)
    .where(_due(bindparam("kind", type_=outbox.c.kind.type)))
    .order_by(*_by_kind)
    .limit(_limit)
    .with_for_update(skip_locked=True)
    .cte("claimed")
)

claim_jobs = statement(
    update(outbox)
    .where(outbox.c.id.in_(select(_claimed.c.id)))
    .values(
        attempts=outbox.c.attempts + 1,
        fence=outbox.c.fence + 1,
        leased_by=bindparam("worker", type_=outbox.c.leased_by.type),
        lease_until=bindparam("until", type_=outbox.c.lease_until.type),
        started_at=_now,
        is_limited=bindparam("is_limited", type_=outbox.c.is_limited.type),
    )
    .returning(*[outbox.c[name] for name in JobRow._fields]),
    JobRow,
)

# Workers of the previous release claim without a fence, so the name is compared, too.
_leased_here = (
    (outbox.c.id == bindparam("job_id", type_=outbox.c.id.type))
    & (outbox.c.fence == bindparam("fence", type_=outbox.c.fence.type))
    & (outbox.c.leased_by == bindparam("worker"))
    & _open
)

# Changes no row if the lease expired and another worker claimed the job.
mark_done = statement(update(outbox).where(_leased_here).values(done_at=_now, lease_until=None))
reschedule_job = statement(
    update(outbox)
    .where(_leased_here)
    .values(
        run_at=bindparam("run_at", type_=outbox.c.run_at.type),
        lease_until=None,
        leased_by=None,
        last_error=bindparam("error", type_=outbox.c.last_error.type),
    )
)
mark_dead = statement(
    update(outbox)
    .where(_leased_here)
    .values(
        dead_at=_now,
        lease_until=None,
        last_error=bindparam("error", type_=outbox.c.last_error.type),
        discarded=bindparam("discarded", type_=outbox.c.discarded.type),
    )
)

# The name of a worker is unique, so these are its own claims.
_claimed_by_worker = any_of(outbox.c.id, "job_ids") & (outbox.c.leased_by == bindparam("worker")) & _open
renew_leases = statement(update(outbox).where(_claimed_by_worker).values(lease_until=bindparam("until", type_=outbox.c.lease_until.type)))
# The attempt does not count, because the job did not fail.
release_jobs = statement(update(outbox).where(_claimed_by_worker).values(lease_until=None, leased_by=None, attempts=outbox.c.attempts - 1))

delete_finished_jobs_of = statement(
    delete(outbox).where(outbox.c.kind == bindparam("kind"), outbox.c.subject == bindparam("subject"), ~_open)
)

_before = bindparam("before", type_=outbox.c.done_at.type)


def _delete_finished(since: Column[datetime]) -> Delete:
    """Skip rows that deleteUser or another worker is about to delete, so that no two transactions wait for each other."""
    rows = select(outbox.c.id).where(since < _before).order_by(since).limit(_limit).with_for_update(skip_locked=True)
    return delete(outbox).where(outbox.c.id.in_(rows))


delete_done_jobs = statement(_delete_finished(outbox.c.done_at))
delete_dead_jobs = statement(_delete_finished(outbox.c.dead_at))

_failed = outbox.c.dead_at.is_not(None) & ~outbox.c.discarded
get_backlog = statement(
    select(
        select(func.min(outbox.c.run_at)).where(_open, outbox.c.run_at <= _now).scalar_subquery().label("oldest_due_at"),
        select(func.count()).select_from(outbox).where(_failed).scalar_subquery().label("dead"),
    ),
    BacklogRow,
)


class OpenKindRow(NamedTuple):
    """The open jobs of one kind, and since when the oldest due one is due."""

    kind: str
    open: int
    oldest_due_at: datetime | None


class DeadKindRow(NamedTuple):
    """The jobs of one kind that failed for good."""

    kind: str
    dead: int


# Two queries, because each has an index with nothing but its rows.
list_open_kinds = statement(
    select(outbox.c.kind, func.count().label("open"), func.min(outbox.c.run_at).filter(outbox.c.run_at <= _now).label("oldest_due_at"))
    .where(_open)
    .group_by(outbox.c.kind),
    OpenKindRow,
)
list_dead_kinds = statement(select(outbox.c.kind, func.count().label("dead")).where(_failed).group_by(outbox.c.kind), DeadKindRow)

# Only the oldest, because there may be millions, and this is part of every health check while jobs are late.
_late = select(outbox.c.kind).where(_open, outbox.c.run_at <= _before).order_by(outbox.c.run_at).limit(1000).subquery("late")
list_late_kinds = statement(select(_late.c.kind).distinct(), str)

_seen_after = workers.c.seen_at > bindparam("after", type_=workers.c.seen_at.type)
list_workers = statement(select(*[workers.c[name] for name in WorkerRow._fields]).where(_seen_after).order_by(workers.c.name), WorkerRow)
delete_worker = statement(delete(workers).where(workers.c.name == bindparam("name")))
delete_lost_workers = statement(delete(workers).where(~_seen_after))


def _see_worker(into: Any) -> Insert:
    made = into(workers).values({name: bindparam(name, type_=workers.c[name].type) for name in WorkerRow._fields})
    seen: Insert = made.on_conflict_do_update(index_elements=["name"], set_={"seen_at": made.excluded.seen_at})
    return seen


see_worker = statement(_see_worker(postgresql.insert), sqlite=_see_worker(sqlite.insert))

_task = periodic_tasks.c.name == bindparam("name", type_=periodic_tasks.c.name.type)
_until = bindparam("until", type_=periodic_tasks.c.lease_until.type)
_worker = bindparam("worker", type_=periodic_tasks.c.leased_by.type)
_next = bindparam("next_at", type_=periodic_tasks.c.due_at.type)
# Not even the fastest clock of a worker sets a later time than `latest`: one that is later is from a clock that has been set back since.
_is_due = (periodic_tasks.c.due_at <= _now) | (periodic_tasks.c.due_at > bindparam("latest", type_=periodic_tasks.c.due_at.type))
_is_free = periodic_tasks.c.lease_until.is_(None) | (periodic_tasks.c.lease_until <= _now)


def _claim_task(into: Any) -> Insert:
    values = {"due_at": _next, "lease_until": _until, "leased_by": _worker}
    made = into(periodic_tasks).values(name=bindparam("name", type_=periodic_tasks.c.name.type), **values)
    claimed: Insert = made.on_conflict_do_update(index_elements=["name"], set_=values, where=_is_due & _is_free).returning(
        periodic_tasks.c.name
    )
    return claimed


# Returns no row if another worker has had this run, or still has the one before.
claim_task = statement(_claim_task(postgresql.insert), str, sqlite=_claim_task(sqlite.insert))
finish_task = statement(
    update(periodic_tasks)
    .where(_task, periodic_tasks.c.leased_by == _worker)
    .values(
        lease_until=None,
        succeeded_at=func.coalesce(bindparam("at", type_=periodic_tasks.c.succeeded_at.type), periodic_tasks.c.succeeded_at),
    )
)


class SuccessRow(NamedTuple):
    """When a periodic task last succeeded."""

    name: str
    succeeded_at: datetime


list_successes = statement(
    select(periodic_tasks.c.name, periodic_tasks.c.succeeded_at).where(periodic_tasks.c.succeeded_at.is_not(None)), SuccessRow
)

# What an operator changes.
_these = any_of(outbox.c.id, "job_ids")
_is_running = _open & outbox.c.lease_until.is_not(None) & (outbox.c.lease_until > _now)
_again = {"attempts": 0, "run_at": _now, "lease_until": None, "leased_by": None, "dead_at": None, "discarded": False}
retry_jobs = statement(update(outbox).where(_these, outbox.c.done_at.is_(None), ~_is_running).values(_again).returning(outbox.c.id), int)
_failed_of_kind = select(outbox.c.id).where(_failed, outbox.c.kind == bindparam("kind")).limit(_limit).with_for_update(skip_locked=True)
retry_failed_jobs = statement(update(outbox).where(outbox.c.id.in_(_failed_of_kind)).values(_again))
# A worker that runs one of them finds it dead, and rolls back.
discard_jobs = statement(
    update(outbox)
    .where(_these, outbox.c.done_at.is_(None))
    .values(dead_at=func.coalesce(outbox.c.dead_at, _now), discarded=True, lease_until=None)
    .returning(outbox.c.id),
    int,
)
