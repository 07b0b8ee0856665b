"""Works off the outbox: claims jobs, runs their handlers, and tries again what failed.

Any number of workers may run: a job is leased to one of them, and its effects on the database are committed together with the
mark that it is done, so they happen once. What a handler does outside happens at least once, under the job's id.
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

_AT_ONCE = 20
_LEASE = timedelta(seconds=60)
_RENEW_INTERVAL_S = 20
_POLL_S = 0.5
# Within the 15 s in which a process that was asked to stop has to be gone.
_GRACE_S = 10
_MAX_RUNS = 3
# How long one turn of a sweep may go on. At some 100 000 rows a second no table grows faster than it is emptied.
_SWEEP_S = 10


class _TakenOver(Exception):
    """The lease ran out, and another worker has the job: whatever was done here is undone."""


class Worker:
    """One claimer of jobs; `run` until `stop`, or `drain` what is due now."""

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        sweeps: Sequence[PeriodicTask] = (),
        *,
        name: str,
        sources: Sources | None = None,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._sweeps = sweeps
        self._name = name
        self._sources = sources or Sources()
        self._kinds = sorted(tasks)
        # By task, not by id: a job may be claimed again here while the one that lost its lease still runs.
        self._running: dict[asyncio.Task[None], JobRow] = {}
        self._swept_s: dict[str, float] = {}
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        database.on_change(self._look_at)

    async def run(self) -> None:
        """Work until `stop`; then finish what is running, or hand it back."""
        # Each in its own task: a sweep that takes long costs no job its lease, and keeps no other sweep and no job waiting.
        regular = [asyncio.create_task(self._repeat(_RENEW_INTERVAL_S, self._renew))]
        regular += [asyncio.create_task(self._repeat(sweep.every_s, partial(self._sweep, sweep))) for sweep in self._sweeps]
        while not self._stopping.is_set():
            claimed = await self._attempt(self._claim)
            if not claimed or len(self._running) >= _AT_ONCE:
                await self._rest()
        await self._wind_up(regular)

    def stop(self) -> None:
        """Claim nothing more. `run` returns soon."""
        self._stopping.set()
        self._woken.set()

    async def run_due(self) -> int:
        """Sweep, then do whatever is due until nothing is; answers how many jobs were done or tried."""
        for sweep in self._sweeps:
            now_s = self._sources.stopwatch()
            if now_s - self._swept_s.get(sweep.name, -sweep.every_s) >= sweep.every_s:
                self._swept_s[sweep.name] = now_s
                await self._sweep(sweep)
        tried = 0
        while claimed := await self._claim():
            tried += claimed
            while self._running:
                await asyncio.wait(self._running)
        return tried

    async def _attempt(self, turn: Callable[[], Awaitable[int]]) -> int:
        try:
            return await turn()
        except Exception as error:  # noqa: BLE001  # a database that is away comes back; the worker waits for it
            structlog.get_logger().error("worker_turn_failed", exc_info=error)
            return 0

    async def _repeat(self, every_s: float, turn: Callable[[], Awaitable[int]]) -> None:
        """Now, and whenever that long has passed since it last began, until `stop`."""
        stopwatch = self._sources.stopwatch
        due_s = stopwatch()
        while not self._stopping.is_set():
            left_s = due_s - stopwatch()
            if left_s <= 0:
                due_s = stopwatch() + every_s
                await self._attempt(turn)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, _POLL_S)):
                    await self._stopping.wait()

    def _look_at(self, changes: Collection[TableChange]) -> None:
        if any(change.table == "outbox" for change in changes):
            self._woken.set()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                await self._woken.wait()
        self._woken.clear()

    async def _sweep(self, sweep: PeriodicTask) -> int:
        """One turn: a run, and others while there is more to do."""
        stopwatch = self._sources.stopwatch
        until_s = stopwatch() + _SWEEP_S
        swept = 0
        try:
            while found := await sweep.run(self._database):
                swept += found
                if sweep.at_once is None or found < sweep.at_once or stopwatch() >= until_s or self._stopping.is_set():
                    break
        except Exception as error:  # noqa: BLE001  # one sweep must not keep the others from running
            structlog.get_logger().error("sweep_failed", job_kind=sweep.name, exc_info=error)
        return swept

    async def _renew(self) -> int:
        jobs = list(self._running.values())
        if jobs:
            async with self._database.transaction() as tx:
                for job in jobs:
                    await tx.run(queries.renew_leases, job_id=job.id, fence=job.fence, worker=self._name, until=tx.now + _LEASE)
        return len(jobs)

    async def _claim(self) -> int:
        free = _AT_ONCE - len(self._running)
        look = self._database.read()
        if free <= 0 or not self._kinds or await look.scalar(queries.find_due_job, now=look.now, kinds=self._kinds) is None:
            return 0
        async with self._database.transaction() as tx:
            jobs = await tx.all(queries.claim_jobs, now=tx.now, kinds=self._kinds, limit=free, worker=self._name, until=tx.now + _LEASE)
        for job in sorted(jobs, key=lambda job: (job.run_at, job.id)):
            doing = asyncio.create_task(self._do(job))
            self._running[doing] = job
            doing.add_done_callback(self._leave)
        return len(jobs)

    def _leave(self, doing: "asyncio.Task[None]") -> None:
        del self._running[doing]
        self._woken.set()

    async def _do(self, job: JobRow) -> None:
        task = self._tasks[job.kind]
        try:
            if job.attempts > len(task.delays_s) + 1:
                raise PermanentFailure  # each attempt so far ended with its worker
            async with asyncio.timeout(task.timeout_s):
                await self._finish(job, await task.handler(job))
        except _TakenOver:
            structlog.get_logger().warning("job_taken_over", job_id=job.id, job_kind=job.kind, attempt=job.attempts)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is a reason to try again
            await self._failed(job, task, error)

    async def _finish(self, job: JobRow, effect: Effect | None) -> None:
        for run in range(_MAX_RUNS):
            try:
                async with self._database.transaction() as tx:
                    if not await tx.run(queries.mark_done, job_id=job.id, fence=job.fence, worker=self._name, now=tx.now):
                        raise _TakenOver
                    if effect is not None:
                        await effect(tx)
                return
            except TransactionConflict:
                if run == _MAX_RUNS - 1:
                    raise

    async def _failed(self, job: JobRow, task: Task, error: Exception) -> None:
        """Try again later or give up. Only the error's class is kept: its text may carry what must not be told."""
        reason = f"{type(error).__module__}.{type(error).__qualname__}"
        last = isinstance(error, PermanentFailure) or job.attempts > len(task.delays_s)
        log = structlog.get_logger()
        log.warning("job_given_up" if last else "job_failed", job_id=job.id, job_kind=job.kind, attempt=job.attempts, exc_info=error)
        try:
            async with self._database.transaction() as tx:
                if last:
                    await tx.run(queries.mark_dead, job_id=job.id, fence=job.fence, worker=self._name, now=tx.now, error=reason)
                else:
                    wait = timedelta(seconds=self._jittered(task.delays_s[job.attempts - 1]))
                    await tx.run(
                        queries.reschedule_job, job_id=job.id, fence=job.fence, worker=self._name, run_at=tx.now + wait, error=reason
                    )
        except DatabaseError:
            log.exception("job_left_to_its_lease", job_id=job.id, job_kind=job.kind)

    def _jittered(self, delay_s: float) -> float:
        """20 % more or less, so that what failed together does not come back together."""
        return delay_s * (0.8 + 0.4 * self._sources.random_bytes(1)[0] / 255)

    async def _wind_up(self, regular: Sequence["asyncio.Task[None]"]) -> None:
        begun = dict(self._running)
        _, unfinished = await asyncio.wait([*begun, *regular], timeout=_GRACE_S)
        for doing in unfinished:
            doing.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        given_back = [job for doing, job in begun.items() if doing in unfinished]
        if given_back:
            async with self._database.transaction() as tx:
                for job in given_back:
                    await tx.run(queries.release_jobs, job_id=job.id, fence=job.fence, worker=self._name)
