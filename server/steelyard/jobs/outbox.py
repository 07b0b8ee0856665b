"""Work after the commit, stored by the transaction that causes it: a rollback removes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.jobs import queries

# A done job shows for a day that a mail was sent; a dead job stays until an operator has seen it.
_KEEP_DONE = timedelta(days=1)
_KEEP_DEAD = timedelta(days=30)
# Rows that one transaction deletes: its locks last a few milliseconds, however many rows are left.
DELETE_BATCH = 1000

# If a job has been due for longer, the workers do not keep up, or none is running.
_LATE = timedelta(minutes=5)


async def enqueue(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, object],
    run_at: datetime | None = None,
    subject: str | None = None,
) -> None:
    """Store a job of this kind with its payload, due at `run_at` or at once."""
    await tx.run(
        queries.insert_job,
        kind=kind,
        payload=payload,
        subject=subject,
        run_at=tx.now if run_at is None else run_at,
    )


async def enqueue_at_most(tx: Transaction, times: int, kind: str, payload: Mapping[str, object], *, subject: str) -> None:
    """Store a job that is due at once, unless the table has so many equal jobs. Done jobs count for a day."""
    await tx.scalar(queries.insert_job_at_most, times=times, kind=kind, payload=payload, subject=subject, run_at=tx.now)


async def delete_finished_jobs_of(tx: Transaction, kind: str, *, subject: str) -> None:
    """Delete the done and dead jobs of this kind about the subject: their payloads hold personal data."""
    await tx.run(queries.delete_finished_jobs_of, kind=kind, subject=subject)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind the workers are."""

    lag: timedelta
    dead: int

    @property
    def is_degraded(self) -> bool:
        """Whether an operator should act."""
        return self.dead > 0 or self.lag > _LATE


async def get_backlog(db: ReadOnly) -> Backlog:
    """The lag of the oldest due job, and the number of jobs that died in the last thirty days."""
    row = await db.one(queries.get_backlog, now=db.now)
    lag = timedelta() if row.oldest_due_at is None else db.now - row.oldest_due_at
    return Backlog(lag, row.dead)


async def delete_finished(database: Database) -> int:
    """Delete old rows of done and of dead jobs, DELETE_BATCH of each at most; returns how many rows."""
    async with database.transaction() as tx:
        done = await tx.run(queries.delete_done_jobs, before=tx.now - _KEEP_DONE, limit=DELETE_BATCH)
        dead = await tx.run(queries.delete_dead_jobs, before=tx.now - _KEEP_DEAD, limit=DELETE_BATCH)
    return done + dead
