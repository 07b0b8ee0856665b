"""Work for afterwards, promised by the transaction that causes it: a rollback takes it back by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.jobs import queries

# What is done is of interest while somebody may still ask "was it sent?"; what failed for good, until somebody has looked.
_KEEP_DONE = timedelta(days=1)
_KEEP_DEAD = timedelta(days=30)
# Rows that one transaction deletes: a few milliseconds of locks, however much there is to forget.
SWEPT_AT_ONCE = 1000

# A job that should have run this long ago says that the workers do not keep up, or that there are none.
_LATE = timedelta(minutes=5)


async def enqueue(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, object],
    run_at: datetime | None = None,
    subject: str | None = None,
) -> None:
    """Promise that the handler of `kind` gets `payload`, once `run_at` has come; without a time, at once."""
    await tx.run(
        queries.insert_job,
        kind=kind,
        payload=payload,
        subject=subject,
        run_at=tx.now if run_at is None else run_at,
    )


async def enqueue_at_most(tx: Transaction, times: int, kind: str, payload: Mapping[str, object], *, subject: str) -> None:
    """The same at once, unless there are so many equal jobs already. They are kept for a day after they are done."""
    await tx.scalar(queries.insert_job_at_most, times=times, kind=kind, payload=payload, subject=subject, run_at=tx.now)


async def delete_jobs_of(tx: Transaction, kind: str, *, subject: str) -> None:
    """Erase the jobs of this kind about the subject, done or not: for payloads that hold personal data."""
    await tx.run(queries.delete_jobs_of, kind=kind, subject=subject)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far the workers are behind."""

    lag: timedelta
    dead: int

    @property
    def is_degraded(self) -> bool:
        """Whether somebody should look."""
        return self.dead > 0 or self.lag > _LATE


async def get_backlog(db: ReadOnly) -> Backlog:
    """The lag of the oldest job that is due, and how many were given up in the last thirty days."""
    found = await db.one(queries.get_backlog, now=db.now)
    lag = timedelta() if found.oldest_due_at is None else db.now - found.oldest_due_at
    return Backlog(lag, found.dead)


async def delete_finished(database: Database) -> int:
    """Delete what is long finished, SWEPT_AT_ONCE of each kind at most; returns how many rows."""
    async with database.transaction() as tx:
        done = await tx.run(queries.delete_done_jobs, before=tx.now - _KEEP_DONE, limit=SWEPT_AT_ONCE)
        dead = await tx.run(queries.delete_dead_jobs, before=tx.now - _KEEP_DEAD, limit=SWEPT_AT_ONCE)
    return done + dead
