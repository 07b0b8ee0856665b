"""What an operator does with jobs: see them, run them again, discard them. It works on the outbox alone, also while no worker runs."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError
from steelyard.jobs import queries as commands
from steelyard.jobs.administration import queries
from steelyard.jobs.administration.queries import JobDetailsRow
from steelyard.jobs.outbox import LATE

Selection = Literal["open", "late", "dead", "discarded"]
State = Literal["waiting", "due", "running", "done", "dead", "discarded"]

_BATCH = 1000
_MASK = "***"


class NotPossible(Exception):
    """Nothing was changed. The text says why, as a sentence without a full stop."""


def state(job: JobDetailsRow, now: datetime) -> State:
    """What the job is doing. It is `waiting` before its time, also between two attempts, and `due` until a worker starts it."""
    if job.done_at is not None:
        return "done"
    if job.dead_at is not None:
        return "discarded" if job.discarded else "dead"
    if job.lease_until is not None and job.lease_until > now:
        return "running"
    return "waiting" if job.run_at > now else "due"


def masked(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload without its texts, which may be addresses: ids, numbers and truth values are left."""
    return {name: _masked(value) for name, value in payload.items()}


async def list_jobs(database: Database, selection: Selection, kind: str | None, limit: int) -> list[JobDetailsRow]:
    """So many jobs at most: the oldest of those that are open, the newest of those that are dead."""
    db = database.read()
    arguments: dict[str, Any] = {"limit": limit}
    arguments |= {} if kind is None else {"kind": kind}
    arguments |= {"before": db.now - LATE} if selection == "late" else {}
    return await db.all(queries.list_jobs[selection, kind is not None], **arguments)


async def get_job(database: Database, job_id: int) -> JobDetailsRow:
    """The job. Raises NotPossible if there is none."""
    job = await database.read().first(queries.get_job, job_id=job_id)
    if job is None:
        raise NotPossible(f"there is no job {job_id}")
    return job


async def retry_jobs(database: Database, job_ids: Collection[int]) -> None:
    """Make all of these jobs due now, with all their attempts. Raises NotPossible if one of them is running, done or missing."""
    async with database.transaction() as tx:
        changed = await tx.all(commands.retry_jobs, job_ids=list(job_ids), now=tx.now)
        if missing := set(job_ids).difference(changed):
            await tx.rollback()
            raise NotPossible(await _reason(database, missing))
    await _wake_workers(database)


async def retry_dead_jobs(database: Database, kind: str) -> int:
    """The same for all dead jobs of a kind; how many. Discarded jobs stay."""
    total = 0
    while True:
        async with database.transaction() as tx:
            changed = await tx.run(commands.retry_failed_jobs, kind=kind, now=tx.now, limit=_BATCH)
        total += changed
        if changed < _BATCH:
            break
    await _wake_workers(database)
    return total


async def discard_jobs(database: Database, job_ids: Collection[int]) -> None:
    """Give all of these jobs up. Raises NotPossible if one of them is done or missing."""
    async with database.transaction() as tx:
        changed = await tx.all(commands.discard_jobs, job_ids=list(job_ids), now=tx.now)
        if missing := set(job_ids).difference(changed):
            await tx.rollback()
            raise NotPossible(await _reason(database, missing))


async def _reason(database: Database, job_ids: Collection[int]) -> str:
    reasons = []
    for job_id in sorted(job_ids):
        db = database.read()
        job = await db.first(queries.get_job, job_id=job_id)
        reasons.append(f"there is no job {job_id}" if job is None else f"job {job_id} is {state(job, db.now)}")
    return "nothing was changed, because " + " and ".join(reasons)


async def _wake_workers(database: Database) -> None:
    """Workers also look by themselves."""
    if database.dialect == "postgresql":
        with suppress(DatabaseError):
            await database.read().scalar(commands.notify_workers)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return masked(value)
    if isinstance(value, list):
        return [_masked(each) for each in value]
    return _MASK if isinstance(value, str) else value
