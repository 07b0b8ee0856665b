"""Works off the outbox: claims jobs, runs their handlers, and tries again what failed.

Any number of workers may run: a job is leased to one of them, and its effects on the database are committed together with the
mark that it is done, so they happen once. What a handler does outside happens at least once, under the job's id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError, LostRace
from steelyard.db.forms import Change
from steelyard.db.work import Transaction
from steelyard.jobs import queries
from steelyard.jobs.tables import JobRow
from steelyard.sources import Sources

# What a handler leaves to be written when its job is marked as done.
Effect = Callable[[Transaction], Awaitable[object]]
# Does what has to be done outside of the database, in no transaction.
Handler = Callable[[JobRow], Awaitable[Effect | None]]

_AT_ONCE = 20
_LEASE = timedelta(seconds=60)
_RENEW_EVERY_S = 20
_POLL_S = 0.5
# Within the 15 s in which a process that was asked to stop has to be gone.
_GRACE_S = 10
_MOST_RUNS = 3


class Hopeless(Exception):
    """Trying again will not help: the job is given up at once."""


class _TakenOver(Exception):
    """The lease ran out, and another worker has the job: whatever was done here is undone."""


@dataclass(frozen=True, slots=True)
class Task:
    """How jobs of one kind are done, and how long to wait after each failure; after the last one the job is given up."""

    handler: Handler
    delays_s: Sequence[float] = (5, 30, 120, 600, 1800, 3600, 10_800)
    timeout_s: float = 30


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something to look after every so often. Several workers may do so at once."""

    name: str
    every_s: float
    run: Callable[[Database], Awaitable[int]]


class Worker:
    """One claimer of jobs; `run` until `stop`, or `drain` what is due now."""

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        sweeps: Sequence[Sweep] = (),
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
        self._running: dict[int, asyncio.Task[None]] = {}
        self._swept_s: dict[str, float] = {}
        self._renewed_s = 0.0
        self._stopping = False
        self._woken = asyncio.Event()
        database.on_change(self._look_at)

    async def run(self) -> None:
        """Work until `stop`; then finish what is running, or hand it back."""
        while not self._stopping:
            try:
                await self._sweep()
                await self._renew()
                claimed = await self._claim()
            except Exception as error:  # noqa: BLE001  # a database that is away comes back; the worker waits for it
                structlog.get_logger().error("worker_turn_failed", exc_info=error)
                claimed = 0
            if not claimed or len(self._running) >= _AT_ONCE:
                await self._rest()
        await self._wind_up()

    def stop(self) -> None:
        """Claim nothing more. `run` returns soon."""
        self._stopping = True
        self._woken.set()

    async def drain(self) -> int:
        """Sweep, then do whatever is due until nothing is; answers how many jobs were done or tried."""
        await self._sweep()
        tried = 0
        while claimed := await self._claim():
            tried += claimed
            while self._running:
                await asyncio.wait(self._running.values())
        return tried

    def _look_at(self, changes: Collection[Change]) -> None:
        if any(change.table == "outbox" for change in changes):
            self._woken.set()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                await self._woken.wait()
        self._woken.clear()

    async def _sweep(self) -> None:
        for sweep in self._sweeps:
            now_s = self._sources.stopwatch()
            if now_s - self._swept_s.get(sweep.name, -sweep.every_s) < sweep.every_s:
                continue
            self._swept_s[sweep.name] = now_s
            try:
                await sweep.run(self._database)
            except Exception as error:  # noqa: BLE001  # one sweep must not keep the others from running
                structlog.get_logger().error("sweep_failed", job_kind=sweep.name, exc_info=error)

    async def _renew(self) -> None:
        now_s = self._sources.stopwatch()
        if not self._running or now_s - self._renewed_s < _RENEW_EVERY_S:
            return
        self._renewed_s = now_s
        async with self._database.transaction() as tx:
            await tx.run(queries.renew, job_ids=list(self._running), worker=self._name, until=tx.now + _LEASE)

    async def _claim(self) -> int:
        free = _AT_ONCE - len(self._running)
        look = self._database.read()
        if free <= 0 or not self._kinds or await look.scalar(queries.any_due, now=look.now, kinds=self._kinds) is None:
            return 0
        async with self._database.transaction() as tx:
            jobs = await tx.all(queries.claim, now=tx.now, kinds=self._kinds, limit=free, worker=self._name, until=tx.now + _LEASE)
        for job in sorted(jobs, key=lambda job: (job.run_at, job.id)):
            doing = asyncio.create_task(self._do(job))
            self._running[job.id] = doing
            doing.add_done_callback(lambda _, job_id=job.id: self._leave(job_id))  # type: ignore[misc]
        return len(jobs)

    def _leave(self, job_id: int) -> None:
        self._running.pop(job_id, None)
        self._woken.set()

    async def _do(self, job: JobRow) -> None:
        task = self._tasks[job.kind]
        try:
            if job.attempts > len(task.delays_s) + 1:
                raise Hopeless  # each attempt so far ended with its worker
            async with asyncio.timeout(task.timeout_s):
                await self._finish(job, await task.handler(job))
        except _TakenOver:
            structlog.get_logger().warning("job_taken_over", job_id=job.id, job_kind=job.kind, attempt=job.attempts)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is a reason to try again
            await self._failed(job, task, error)

    async def _finish(self, job: JobRow, effect: Effect | None) -> None:
        for run in range(_MOST_RUNS):
            try:
                async with self._database.transaction() as tx:
                    if not await tx.run(queries.finish, job_id=job.id, worker=self._name, now=tx.now):
                        raise _TakenOver
                    if effect is not None:
                        await effect(tx)
                return
            except LostRace:
                if run == _MOST_RUNS - 1:
                    raise

    async def _failed(self, job: JobRow, task: Task, error: Exception) -> None:
        """Try again later or give up. Only the error's class is kept: its text may carry what must not be told."""
        reason = f"{type(error).__module__}.{type(error).__qualname__}"
        last = isinstance(error, Hopeless) or job.attempts > len(task.delays_s)
        log = structlog.get_logger()
        log.warning("job_given_up" if last else "job_failed", job_id=job.id, job_kind=job.kind, attempt=job.attempts, exc_info=error)
        try:
            async with self._database.transaction() as tx:
                if last:
                    await tx.run(queries.give_up, job_id=job.id, worker=self._name, now=tx.now, error=reason)
                else:
                    wait = timedelta(seconds=self._jittered(task.delays_s[job.attempts - 1]))
                    await tx.run(queries.postpone, job_id=job.id, worker=self._name, run_at=tx.now + wait, error=reason)
        except DatabaseError:
            log.exception("job_left_to_its_lease", job_id=job.id, job_kind=job.kind)

    def _jittered(self, delay_s: float) -> float:
        """20 % more or less, so that what failed together does not come back together."""
        return delay_s * (0.8 + 0.4 * self._sources.random_bytes(1)[0] / 255)

    async def _wind_up(self) -> None:
        begun = dict(self._running)
        if not begun:
            return
        _, unfinished = await asyncio.wait(begun.values(), timeout=_GRACE_S)
        for doing in unfinished:
            doing.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        given_back = [job_id for job_id, doing in begun.items() if doing in unfinished]
        if given_back:
            async with self._database.transaction() as tx:
                await tx.run(queries.hand_back, job_ids=given_back, worker=self._name)
