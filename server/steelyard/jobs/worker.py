"""Claims jobs of the outbox, runs their handlers, and tries again after failures.

Any number of workers may run, on any number of machines. A job is leased to one worker, and its effects on the database are committed
together with the mark that it is done, so they happen once. Effects outside of the database happen at least once, under the job's id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from steelyard.db.compiled import TableChange
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError
from steelyard.jobs import queries
from steelyard.jobs.execution import Attempts
from steelyard.jobs.observer import JobObserver, JobTracing, Unobserved, WorkerState
from steelyard.jobs.periodic import PeriodicRuns
from steelyard.jobs.presence import SEE_INTERVAL_S, Presence
from steelyard.jobs.tasks import PeriodicTask, Task
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow

_LEASE = timedelta(seconds=60)
_RENEW_INTERVAL_S = 20
_POLL_S = 0.5
# A stopping process has to be gone within 15 s, in which it also releases jobs and closes its connections.
_GRACE_S = 10
_RELEASE_TIMEOUT_S = 2


class Worker:
    """Runs jobs until `stop`, or with `run_due` those that are due now.

    `listen`, if there is one, calls its argument whenever another process may have added jobs. `ring` does that for the other processes.
    Both run until they are cancelled. `close` ends what the tasks keep open.
    """

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        periodic_tasks: Sequence[PeriodicTask] = (),
        *,
        name: str,
        at_once: int = 100,
        listen: Callable[[Callable[[], None]], Coroutine[Any, Any, None]] | None = None,
        ring: Callable[[], Coroutine[Any, Any, None]] | None = None,
        sources: Sources | None = None,
        observer: JobObserver | None = None,
        tracing: JobTracing | None = None,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._name = name
        self._at_once = at_once
        self._listen = listen
        self._ring = ring
        self._sources = sources or Sources()
        observer = observer or Unobserved()
        self._attempts = Attempts(database, tasks, name, self._sources, observer, tracing)
        self._periodic = PeriodicRuns(database, periodic_tasks, name, self._sources, observer)
        self._kinds = sorted(tasks)
        self._presence = Presence(database, name, sorted({task.queue for task in tasks.values()}), self._kinds, self._sources)
        self._close = close
        # By asyncio task, not by id: this worker may claim a job again while the run that lost its lease has not ended.
        self._running: dict[asyncio.Task[None], JobRow] = {}
        self._started_s: dict[asyncio.Task[None], float] = {}
        self._turned_s = self._sources.stopwatch()
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        database.on_change(self._wake_for_jobs)

    async def run(self) -> None:
        """Run jobs until `stop`; then finish the running ones, or release them. An outage of the database only makes them late."""
        # Each in its own asyncio task: none of them costs a job its lease, or delays a job.
        endless = [asyncio.create_task(self._repeat(_RENEW_INTERVAL_S, self._renew_leases))]
        endless += [asyncio.create_task(self._repeat(SEE_INTERVAL_S, self._presence.renew))]
        endless += [asyncio.create_task(self._listen(self._woken.set))] if self._listen is not None else []
        endless += [asyncio.create_task(self._ring())] if self._ring is not None else []
        periodic = asyncio.create_task(self._periodic.run())
        while not self._stopping.is_set():
            claimed = await self._logging_errors(self._claim)
            self._turned_s = self._sources.stopwatch()
            if not claimed or len(self._running) >= self._at_once:
                await self._wait_for_jobs()
        self._periodic.stop()
        await self._finish_or_release(periodic)
        # Until here, leases were renewed.
        await _cancel(endless)
        if self._close is not None:
            await self._close()

    def stop(self) -> None:
        """Claim no more jobs. `run` returns soon."""
        self._stopping.set()
        self._woken.set()

    def state(self) -> WorkerState:
        """What this worker is doing now."""
        now_s = self._sources.stopwatch()
        return WorkerState(
            now_s - self._turned_s, len(self._running), max((now_s - each for each in self._started_s.values()), default=0.0)
        )

    async def run_due(self) -> int:
        """Run the periodic tasks that are due, then jobs until none is due; how many jobs were tried."""
        await self._periodic.run_due()
        tried = 0
        while claimed := await self._claim():
            tried += claimed
            while self._running:
                await asyncio.wait(self._running)
        return tried

    async def _logging_errors(self, step: Callable[[], Awaitable[int | None]]) -> int | None:
        try:
            return await step()
        except Exception as error:  # noqa: BLE001  # the worker outlives an outage of the database
            structlog.get_logger().error("worker_turn_failed", exc_info=error)
            return 0

    async def _repeat(self, interval_s: float, step: Callable[[], Awaitable[int | None]]) -> None:
        """Take the step now and at every interval, measured from start to start."""
        stopwatch = self._sources.stopwatch
        due_s = stopwatch()
        while True:
            if stopwatch() >= due_s:
                due_s = stopwatch() + interval_s
                await self._logging_errors(step)
            await asyncio.sleep(min(max(due_s - stopwatch(), 0), _POLL_S))

    def _wake_for_jobs(self, changes: Collection[TableChange]) -> None:
        if queries.ADDED_JOBS in changes:
            self._woken.set()

    async def _wait_for_jobs(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                await self._woken.wait()
        self._woken.clear()

    async def _renew_leases(self) -> None:
        if jobs := [job.id for job in self._running.values()]:
            async with self._database.transaction() as tx:
                await tx.run(queries.renew_leases, job_ids=jobs, worker=self._name, until=tx.now + _LEASE)

    async def _claim(self) -> int:
        """Start as many due jobs as there is room for, those of the highest priority and then the oldest first; how many."""
        db = self._database.read()
        kinds = await db.all(queries.find_due_kinds, now=db.now, kinds=self._kinds)
        started = 0
        for kind in _in_order(self._tasks, kinds):
            if (free := self._at_once - len(self._running)) <= 0:
                break
            for job in await self._claim_kind(kind, free):
                running = asyncio.create_task(self._attempts.run(job))
                self._running[running] = job
                self._started_s[running] = self._sources.stopwatch()
                running.add_done_callback(self._job_ended)
                started += 1
        return started

    async def _claim_kind(self, kind: str, limit: int) -> list[JobRow]:
        """Claim the oldest due jobs of the kind, as far as the limits allow."""
        at_once = self._tasks[kind].at_once
        async with self._database.transaction() as tx:
            if at_once is not None:
                if tx.dialect == "postgresql":
                    await tx.scalar(queries.lock_kind, kind=kind)
                limit = min(limit, at_once - await tx.one(queries.count_running, kind=kind, now=tx.now))
                if limit <= 0:
                    return []
            jobs = await tx.all(
                queries.claim_jobs,
                kind=kind,
                now=tx.now,
                limit=limit,
                worker=self._name,
                until=tx.now + _LEASE,
                is_limited=at_once is not None,
            )
        return sorted(jobs, key=lambda job: (job.run_at, job.id))

    def _job_ended(self, running: "asyncio.Task[None]") -> None:
        del self._running[running], self._started_s[running]
        self._woken.set()

    async def _finish_or_release(self, periodic: "asyncio.Task[None]") -> None:
        """Give running jobs the time to end; cancel the others and release them to other workers."""
        running = dict(self._running)
        _, unfinished = await asyncio.wait([*running, periodic], timeout=_GRACE_S)
        await _cancel(unfinished)
        released = [job.id for task, job in running.items() if task in unfinished]
        try:
            async with asyncio.timeout(_RELEASE_TIMEOUT_S), self._database.transaction() as tx:
                if released:
                    await tx.run(queries.release_jobs, job_ids=released, worker=self._name)
                await self._presence.end(tx)
        except (DatabaseError, TimeoutError) as error:
            structlog.get_logger().warning("jobs_left_to_their_leases", count=len(released), exc_info=error)


def _in_order(tasks: Mapping[str, Task], kinds: Collection[queries.DueKindRow]) -> list[str]:
    """The kinds that are due, in the order in which their jobs start."""

    def place(kind: str, oldest_due_at: datetime) -> tuple[int, datetime]:
        return -tasks[kind].priority, oldest_due_at

    due = [(place(each.kind, each.oldest_due_at), each.kind) for each in kinds if each.oldest_due_at is not None]
    return [kind for _, kind in sorted(due)]


async def _cancel(tasks: "Collection[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
