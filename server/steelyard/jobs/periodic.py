"""Runs periodic tasks.

A task that one worker is to run has a row with the time of its next run. The worker that moves that time on has the run, so each is had
once, however many workers there are. The row also has a lease: a run that outlasts its interval holds back the next one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from steelyard.db.database import Database
from steelyard.jobs import queries
from steelyard.jobs.observer import JobObserver
from steelyard.jobs.tasks import PeriodicTask, Run
from steelyard.sources import Sources

T = TypeVar("T")
# A batch that began within the budget may take so much longer. Then it is cancelled, and only then its lease ends.
_OVERTIME_S = 10
_LEASE_S = _OVERTIME_S + 10
_POLL_S = 0.5


class PeriodicRuns:
    """The periodic tasks of one worker."""

    def __init__(self, database: Database, tasks: Sequence[PeriodicTask], worker: str, sources: Sources, observer: JobObserver) -> None:
        self._database = database
        self._tasks = tasks
        self._worker = worker
        self._sources = sources
        self._observer = observer
        self._due_at: dict[str, datetime] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Run each task at its interval until `stop`. A slow one holds up no other."""
        await asyncio.gather(*(self._repeat(task) for task in self._tasks))

    def stop(self) -> None:
        """Begin no more runs, and end those under way after their batch."""
        self._stopping.set()

    async def run_due(self) -> None:
        """Run the tasks that are due now."""
        for task in self._tasks:
            await self._run_if_due(task)

    async def _repeat(self, task: PeriodicTask) -> None:
        while not self._stopping.is_set():
            await self._run_if_due(task)
            left = self._due_at[task.name] - self._sources.clock()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left.total_seconds(), _POLL_S)):
                    await self._stopping.wait()

    async def _run_if_due(self, task: PeriodicTask) -> None:
        now, interval = self._sources.clock(), timedelta(seconds=task.interval_s)
        due_at = self._due_at.get(task.name, now)
        # A clock that was set back must not stop a task for hours.
        if now < due_at <= now + interval:
            return
        next_at = next_time(now, interval)
        self._due_at[task.name] = next_at
        if task.in_every_worker:
            await self._run(task)
        elif await self._logging_errors(task, partial(self._claim, task, next_at, next_at + interval)):
            is_success = await self._run(task)
            await self._logging_errors(task, partial(self._finish, task, is_success=is_success))

    async def _claim(self, task: PeriodicTask, next_at: datetime, latest: datetime) -> bool:
        async with self._database.transaction() as tx:
            until = tx.now + timedelta(seconds=task.budget_s + _LEASE_S)
            claimed = await tx.scalar(
                queries.claim_task, name=task.name, now=tx.now, next_at=next_at, latest=latest, until=until, worker=self._worker
            )
        return claimed is not None

    async def _finish(self, task: PeriodicTask, *, is_success: bool) -> None:
        async with self._database.transaction() as tx:
            await tx.run(queries.finish_task, name=task.name, worker=self._worker, at=tx.now if is_success else None)

    async def _run(self, task: PeriodicTask) -> bool:
        """Whether the run has succeeded. It has also if single rows failed."""
        stopwatch = self._sources.stopwatch
        began_s = stopwatch()
        run = Run(lambda: self._stopping.is_set() or stopwatch() - began_s >= task.budget_s)

        async def bounded() -> bool:
            async with asyncio.timeout(task.budget_s + _OVERTIME_S):
                await task.run(self._database, run)
            return True

        is_success = bool(await self._logging_errors(task, bounded))
        self._observer.periodic_task_finished(
            task.name, changed=run.changed, failed=run.failed, took_s=stopwatch() - began_s, is_success=is_success
        )
        return is_success

    async def _logging_errors(self, task: PeriodicTask, step: Callable[[], Awaitable[T]]) -> T | None:
        """What the step returns, or None if it failed: the next run tries again."""
        try:
            return await step()
        except Exception as error:  # noqa: BLE001  # the other periodic tasks have to run
            structlog.get_logger().error("periodic_task_failed", job_kind=task.name, exc_info=error)
            return None


def next_time(now: datetime, interval: timedelta) -> datetime:
    """The next multiple of the interval, counted from the year 1970: at full and half minutes for thirty seconds."""
    epoch = datetime.fromtimestamp(0, UTC)
    return epoch + ((now - epoch) // interval + 1) * interval
