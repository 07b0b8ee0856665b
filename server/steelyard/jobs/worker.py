"""Claims jobs of the outbox, runs their handlers, and tries again after failures.

Any number of workers may run. A job is leased to one worker, and its effects on the database are committed together with the mark
that it is done, so they happen once. Effects outside of the database happen at least once, under the job's id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog

from steelyard.db.compiled import TableChange
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError, TransactionConflict
from steelyard.jobs import queries
from steelyard.jobs.tasks import Effect, PeriodicTask, PermanentFailure, Task
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow

_MAX_RUNNING = 20
_LEASE = timedelta(seconds=60)
_RENEW_INTERVAL_S = 20
_POLL_S = 0.5
# A stopping process has to be gone within 15 s.
_GRACE_S = 10
_MAX_COMMITS = 3
# How long batches of a periodic task may follow each other. At some 100 000 rows a second, no table grows faster than it is emptied.
_BATCHES_S = 10


class _LeaseLost(Exception):
    """The lease expired, and another worker has the job: the transaction of this one is rolled back."""


class Worker:
    """Runs jobs until `stop`, or with `run_due` those that are due now. `run` ends with `close`, for what the tasks keep open."""

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        periodic_tasks: Sequence[PeriodicTask] = (),
        *,
        name: str,
        sources: Sources | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._periodic_tasks = periodic_tasks
        self._name = name
        self._sources = sources or Sources()
        self._close = close
        self._kinds = sorted(tasks)
        # By asyncio task, not by id: this worker may claim a job again while the run that lost its lease has not ended.
        self._running: dict[asyncio.Task[None], JobRow] = {}
        self._last_run_s: dict[str, float] = {}
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        database.on_change(self._wake_for_jobs)

    async def run(self) -> None:
        """Run jobs until `stop`; then finish the running ones, or release them."""
        # Each in its own asyncio task: a slow periodic task costs no job its lease, and delays no job and no other periodic task.
        loops = [asyncio.create_task(self._repeat(_RENEW_INTERVAL_S, self._renew_leases))]
        loops += [asyncio.create_task(self._repeat(task.interval_s, partial(self._run_periodic, task))) for task in self._periodic_tasks]
        while not self._stopping.is_set():
            claimed = await self._logging_errors(self._claim)
            if not claimed or len(self._running) >= _MAX_RUNNING:
                await self._wait_for_jobs()
        await self._finish_or_release(loops)
        if self._close is not None:
            await self._close()

    def stop(self) -> None:
        """Claim no more jobs. `run` returns soon."""
        self._stopping.set()
        self._woken.set()

    async def run_due(self) -> int:
        """Run the periodic tasks, then jobs until none is due; how many jobs were tried."""
        for task in self._periodic_tasks:
            now_s = self._sources.stopwatch()
            if now_s - self._last_run_s.get(task.name, -task.interval_s) >= task.interval_s:
                self._last_run_s[task.name] = now_s
                await self._run_periodic(task)
        tried = 0
        while claimed := await self._claim():
            tried += claimed
            while self._running:
                await asyncio.wait(self._running)
        return tried

    async def _logging_errors(self, step: Callable[[], Awaitable[int]]) -> int:
        try:
            return await step()
        except Exception as error:  # noqa: BLE001  # the worker outlives an outage of the database
            structlog.get_logger().error("worker_turn_failed", exc_info=error)
            return 0

    async def _repeat(self, interval_s: float, step: Callable[[], Awaitable[int]]) -> None:
        """Run the step now and at every interval, measured from start to start, until `stop`."""
        stopwatch = self._sources.stopwatch
        due_s = stopwatch()
        while not self._stopping.is_set():
            left_s = due_s - stopwatch()
            if left_s <= 0:
                due_s = stopwatch() + interval_s
                await self._logging_errors(step)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, _POLL_S)):
                    await self._stopping.wait()

    def _wake_for_jobs(self, changes: Collection[TableChange]) -> None:
        if any(change.table == "outbox" for change in changes):
            self._woken.set()

    async def _wait_for_jobs(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                await self._woken.wait()
        self._woken.clear()

    async def _run_periodic(self, task: PeriodicTask) -> int:
        """One run, and the following batches."""
        stopwatch = self._sources.stopwatch
        until_s = stopwatch() + _BATCHES_S
        total = 0
        try:
            while changed := await task.run(self._database):
                total += changed
                if task.batch is None or changed < task.batch or stopwatch() >= until_s or self._stopping.is_set():
                    break
        except Exception as error:  # noqa: BLE001  # the other periodic tasks have to run
            structlog.get_logger().error("sweep_failed", job_kind=task.name, exc_info=error)
        return total

    async def _renew_leases(self) -> int:
        jobs = list(self._running.values())
        if jobs:
            async with self._database.transaction() as tx:
                for job in jobs:
                    await tx.run(queries.renew_leases, job_id=job.id, fence=job.fence, worker=self._name, until=tx.now + _LEASE)
        return len(jobs)

    async def _claim(self) -> int:
        """Start as many due jobs as there is room for; how many."""
        free = _MAX_RUNNING - len(self._running)
        db = self._database.read()
        if free <= 0 or not self._kinds or await db.scalar(queries.find_due_job, now=db.now, kinds=self._kinds) is None:
            return 0
        async with self._database.transaction() as tx:
            jobs = await tx.all(queries.claim_jobs, now=tx.now, kinds=self._kinds, limit=free, worker=self._name, until=tx.now + _LEASE)
        for job in sorted(jobs, key=lambda job: (job.run_at, job.id)):
            running = asyncio.create_task(self._run_job(job))
            self._running[running] = job
            running.add_done_callback(self._job_ended)
        return len(jobs)

    def _job_ended(self, running: "asyncio.Task[None]") -> None:
        del self._running[running]
        self._woken.set()

    async def _run_job(self, job: JobRow) -> None:
        task = self._tasks[job.kind]
        try:
            if job.attempts > len(task.delays_s) + 1:
                raise PermanentFailure  # each attempt so far ended with its worker
            async with asyncio.timeout(task.timeout_s):
                await self._commit(job, await task.handler(job))
        except _LeaseLost:
            structlog.get_logger().warning("job_taken_over", job_id=job.id, job_kind=job.kind, attempt=job.attempts)
        except Exception as error:  # noqa: BLE001  # any error of a handler leads to another attempt
            await self._record_failure(job, task, error)

    async def _commit(self, job: JobRow, effect: Effect | None) -> None:
        """Mark the job as done, together with its effect."""
        for number in range(1, _MAX_COMMITS + 1):
            try:
                async with self._database.transaction() as tx:
                    if not await tx.run(queries.mark_done, job_id=job.id, fence=job.fence, worker=self._name, now=tx.now):
                        raise _LeaseLost
                    if effect is not None:
                        await effect(tx)
                return
            except TransactionConflict:
                if number == _MAX_COMMITS:
                    raise

    async def _record_failure(self, job: JobRow, task: Task, error: Exception) -> None:
        """Reschedule the job or mark it dead. Only the class of the error is stored: its text may hold personal data."""
        reason = f"{type(error).__module__}.{type(error).__qualname__}"
        is_last = isinstance(error, PermanentFailure) or job.attempts > len(task.delays_s)
        log = structlog.get_logger()
        log.warning("job_given_up" if is_last else "job_failed", job_id=job.id, job_kind=job.kind, attempt=job.attempts, exc_info=error)
        try:
            async with self._database.transaction() as tx:
                if is_last:
                    await tx.run(queries.mark_dead, job_id=job.id, fence=job.fence, worker=self._name, now=tx.now, error=reason)
                else:
                    delay = timedelta(seconds=self._jittered(task.delays_s[job.attempts - 1]))
                    await tx.run(
                        queries.reschedule_job, job_id=job.id, fence=job.fence, worker=self._name, run_at=tx.now + delay, error=reason
                    )
        except DatabaseError:
            log.exception("job_left_to_its_lease", job_id=job.id, job_kind=job.kind)

    def _jittered(self, delay_s: float) -> float:
        """Up to 20 % more or less, so that jobs that failed together do not run together again."""
        return delay_s * (0.8 + 0.4 * self._sources.random_bytes(1)[0] / 255)

    async def _finish_or_release(self, loops: Sequence["asyncio.Task[None]"]) -> None:
        """Give running jobs the time to end; cancel the others and release them to other workers."""
        running = dict(self._running)
        _, unfinished = await asyncio.wait([*running, *loops], timeout=_GRACE_S)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        released = [job for task, job in running.items() if task in unfinished]
        if released:
            async with self._database.transaction() as tx:
                for job in released:
                    await tx.run(queries.release_jobs, job_id=job.id, fence=job.fence, worker=self._name)
