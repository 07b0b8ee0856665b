"""Every statement about jobs. Nothing else writes to `outbox`."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Delete,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from steelyard.db.statements import any_of, statement
from steelyard.tables.jobs import BacklogRow, JobRow, outbox

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
        attempts=0,
    )
)

_new = {name: bindparam(name, type_=outbox.c[name].type) for name in ("kind", "payload", "subject", "run_at")}
_equal_jobs = select(func.count()).where(*[outbox.c[name] == _new[name] for name in ("kind", "payload", "subject")]).scalar_subquery()

# Returns no row if the table has so many equal jobs.
insert_job_at_most = statement(
    insert(outbox)
    .from_select([*_new, "attempts"], select(*_new.values(), literal(0)).where(_equal_jobs < bindparam("times", type_=BigInteger)))
    .returning(outbox.c.id),
    int,
)

_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
_due = _open & (outbox.c.run_at <= _now) & (outbox.c.lease_until.is_(None) | (outbox.c.lease_until <= _now))
# A worker of an older version leaves jobs of new kinds to the workers that have a task for them.
_known = any_of(outbox.c.kind, "kinds")

find_due_job = statement(select(outbox.c.id).where(_due, _known).limit(1), int)

# SQLite has one writer at a time and drops the locking clause.
_claimed = (
    select(outbox.c.id)
    .where(_due, _known)
    .order_by(outbox.c.run_at, outbox.c.id)
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
    update(outbox).where(_leased_here).values(dead_at=_now, lease_until=None, last_error=bindparam("error", type_=outbox.c.last_error.type))
)

renew_leases = statement(update(outbox).where(_leased_here).values(lease_until=bindparam("until", type_=outbox.c.lease_until.type)))
# The attempt does not count, because the job did not fail.
release_jobs = statement(update(outbox).where(_leased_here).values(lease_until=None, leased_by=None, attempts=outbox.c.attempts - 1))

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

get_backlog = statement(
    select(
        select(func.min(outbox.c.run_at)).where(_open, outbox.c.run_at <= _now).scalar_subquery().label("oldest_due_at"),
        select(func.count()).select_from(outbox).where(outbox.c.dead_at.is_not(None)).scalar_subquery().label("dead"),
    ),
    BacklogRow,
)
