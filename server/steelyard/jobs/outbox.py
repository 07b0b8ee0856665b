"""Work after the commit, stored by the transaction that causes it: a rollback removes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.jobs import queries
from steelyard.jobs.presence import list_workers
from steelyard.tracing import current_span

# Rows that one transaction deletes: its locks last a few milliseconds, however many rows are left.
DELETE_BATCH = 1000

# If a job has been due for longer, the workers do not keep up, or none is running.
LATE = timedelta(minutes=5)
# A running worker starts due jobs within a second. A kind of job that waits for longer may have none.
_UNSERVED = timedelta(seconds=60)


async def enqueue(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, object],
    run_at: datetime | None = None,
    subject: str | None = None,
) -> None:
    """Store a job of this kind with its payload, due at `run_at` or at once. It costs no round trip: it is sent with the commit."""
    span = current_span.get()
    await tx.defer(
        queries.insert_job,
        kind=kind,
        payload=payload,
        subject=subject,
        run_at=tx.now if run_at is None else run_at,
        trace=None if span is None else span.traceparent,
    )


async def enqueue_at_most(tx: Transaction, times: int, kind: str, payload: Mapping[str, object], *, subject: str) -> None:
    """Store a job that is due at once, unless the table has so many equal jobs. Done jobs count for a day."""
    span = current_span.get()
    trace = None if span is None else span.traceparent
    await tx.scalar(queries.insert_job_at_most, times=times, kind=kind, payload=payload, subject=subject, run_at=tx.now, trace=trace)


async def delete_finished_jobs_of(tx: Transaction, kind: str, *, subject: str) -> None:
    """Delete the done and dead jobs of this kind about the subject: their payloads hold personal data."""
    await tx.run(queries.delete_finished_jobs_of, kind=kind, subject=subject)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind the workers are."""

    lag: timedelta
    # Failed for good. Discarded jobs do not count.
    dead: int
    # Whether jobs of some kind are due and no running worker has a task for it.
    is_unserved: bool = False

    @property
    def is_degraded(self) -> bool:
        """Whether an operator should act."""
        return self.dead > 0 or self.lag > LATE or self.is_unserved


async def get_backlog(db: ReadOnly) -> Backlog:
    """The lag of the oldest due job, the number of jobs that died in the last thirty days, and whether jobs lack a worker."""
    row = await db.one(queries.get_backlog, now=db.now)
    lag = timedelta() if row.oldest_due_at is None else db.now - row.oldest_due_at
    return Backlog(lag, row.dead, lag > _UNSERVED and await _is_unserved(db))


async def _is_unserved(db: ReadOnly) -> bool:
    late = await db.all(queries.list_late_kinds, before=db.now - _UNSERVED)
    served = {kind for worker in await list_workers(db) for kind in worker.kinds}
    return not served.issuperset(late)


async def delete_finished(database: Database, *, keep_done: timedelta, keep_dead: timedelta) -> int:
    """Delete old rows of done and of dead jobs, DELETE_BATCH of each at most; returns how many rows."""
    async with database.transaction() as tx:
        done = await tx.run(queries.delete_done_jobs, before=tx.now - keep_done, limit=DELETE_BATCH)
        dead = await tx.run(queries.delete_dead_jobs, before=tx.now - keep_dead, limit=DELETE_BATCH)
    return done + dead
