"""One attempt of a job: act, then finish or fail."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError, TransactionConflict
from steelyard.jobs import queries
from steelyard.jobs.observer import JobObserver, JobTracing, Result
from steelyard.jobs.tasks import Effect, PermanentFailure, Refused, Task
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow
from steelyard.tracing import current_span

_MAX_COMMITS = 3


class _LeaseLost(Exception):
    """The lease expired, and another worker has the job: the transaction of this one is rolled back."""


class Attempts:
    """Runs claimed jobs of one worker, each to its end."""

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        worker: str,
        sources: Sources,
        observer: JobObserver,
        tracing: JobTracing | None = None,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._worker = worker
        self._sources = sources
        self._observer = observer
        self._tracing = tracing

    async def run(self, job: JobRow) -> None:
        """Run the job. Every outcome is stored and reported; only cancelling raises: its caller hands the job back."""
        began_s = self._sources.stopwatch()
        self._observer.job_started(job.kind, max((self._sources.clock() - job.run_at).total_seconds(), 0.0))
        span = None if self._tracing is None else self._tracing.job_began(job.kind, job.trace)
        # Each attempt is an asyncio task, so both end with it.
        current_span.set(span)
        structlog.contextvars.bind_contextvars(job_id=job.id, job_kind=job.kind, attempt=job.attempts, worker=self._worker)
        result: Result = "handed_back"
        try:
            result = await self._attempt(job, self._tasks[job.kind])
        finally:
            if span is not None and self._tracing is not None:
                self._tracing.job_ended(span, job, result)
            self._observer.job_finished(job.kind, result, self._sources.stopwatch() - began_s)

    async def _attempt(self, job: JobRow, task: Task) -> Result:
        try:
            if job.attempts > len(task.delays_s) + 1:
                raise PermanentFailure  # each attempt so far ended with its worker
            async with asyncio.timeout(task.timeout_s):
                await self._commit(job, await task.handler(job))
        except _LeaseLost:
            structlog.get_logger().warning("job_taken_over", job_id=job.id, job_kind=job.kind, attempt=job.attempts)
            return "taken_over"
        except Exception as error:  # noqa: BLE001  # any error of a handler leads to another attempt
            return await self._record_failure(job, task, error)
        return "done"

    async def _commit(self, job: JobRow, effect: Effect | None) -> None:
        """Mark the job as done, together with its effect."""
        for number in range(1, _MAX_COMMITS + 1):
            try:
                async with self._database.transaction() as tx:
                    if not await tx.run(queries.mark_done, job_id=job.id, fence=job.fence, worker=self._worker, now=tx.now):
                        raise _LeaseLost
                    if effect is not None:
                        await effect(tx)
                return
            except TransactionConflict:
                if number == _MAX_COMMITS:
                    raise

    async def _record_failure(self, job: JobRow, task: Task, error: Exception) -> Result:
        """Reschedule the job or mark it dead. Only the class of the error is stored: its text may hold personal data."""
        reason = f"{type(error).__module__}.{type(error).__qualname__}"
        is_last = isinstance(error, PermanentFailure) or job.attempts > len(task.delays_s)
        log = structlog.get_logger()
        log.warning("job_given_up" if is_last else "job_failed", job_id=job.id, job_kind=job.kind, attempt=job.attempts, exc_info=error)
        claim = {"job_id": job.id, "fence": job.fence, "worker": self._worker, "error": reason}
        try:
            async with self._database.transaction() as tx:
                if is_last:
                    changed = await tx.run(queries.mark_dead, now=tx.now, discarded=isinstance(error, Refused), **claim)
                else:
                    delay = timedelta(seconds=self._jittered(task.delays_s[job.attempts - 1]))
                    changed = await tx.run(queries.reschedule_job, run_at=tx.now + delay, **claim)
        except DatabaseError:
            log.exception("job_left_to_its_lease", job_id=job.id, job_kind=job.kind)
            return "retried"
        if not changed:
            return "taken_over"
        if isinstance(error, Refused):
            return "refused"
        return "dead" if is_last else "retried"

    def _jittered(self, delay_s: float) -> float:
        """Up to 20 % more or less, so that jobs that failed together do not run together again."""
        return delay_s * (0.8 + 0.4 * self._sources.random_bytes(1)[0] / 255)
