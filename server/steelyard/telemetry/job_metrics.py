"""The metrics of jobs, periodic tasks and mails. Labels are names of the code: kinds, queues and tasks."""

import asyncio
from collections.abc import Mapping

import structlog

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError
from steelyard.db.transaction import ReadOnly
from steelyard.jobs import monitoring
from steelyard.jobs.observer import Result
from steelyard.jobs.presence import list_workers
from steelyard.settings.jobs import QUEUES
from steelyard.sources import Sources
from steelyard.telemetry.registry import Registry

READ_INTERVAL_S = 15
# From a statement to the longest time that a mail server may take.
SECONDS = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 300.0)
# Jobs of a kind that this version has no task for.
OTHER = "other"


class JobMetrics:
    """Counts what a worker reports, and reads the backlog of all workers from the database."""

    def __init__(self, sources: Sources) -> None:
        self._clock = sources.clock
        self._queues: Mapping[str, str] = {}
        self._intervals: Mapping[str, float] = {}

    def describe(self, queues: Mapping[str, str], intervals: Mapping[str, float]) -> None:
        """Set the queue of each kind of job, and the interval of each periodic task. Call it before `open`."""
        self._queues = queues
        self._intervals = intervals

    def open(self, registry: Registry) -> None:
        """Make the metrics."""
        self._attempts = registry.counter("steelyard_jobs", "Attempts of jobs, by their result.", ("kind", "result"))
        self._seconds = registry.histogram("steelyard_job_seconds", "How long attempts took.", ("kind",), SECONDS)
        self._waits = registry.histogram(
            "steelyard_job_wait_seconds", "From the time at which a job was due to its start.", ("kind",), SECONDS
        )
        about = {
            "open": "Jobs that are neither done nor dead.",
            "oldest_due_seconds": "How long the oldest due job has been due.",
            "dead": "Jobs that have failed for good.",
        }
        self._backlog = {
            name: registry.gauge(f"steelyard_jobs_{name}", text, ("queue",), together="livemax") for name, text in about.items()
        }
        self._workers = registry.gauge("steelyard_workers", "Workers that were seen within a minute.", ("queue",), together="livemax")
        self._successes = registry.gauge(
            "steelyard_periodic_task_last_success_seconds", "When it last succeeded, in seconds since 1970.", ("task",), together="max"
        )
        intervals = registry.gauge(
            "steelyard_periodic_task_interval_seconds", "The time from one run to the next.", ("task",), together="livemax"
        )
        self._rows = registry.counter("steelyard_periodic_task_rows", "Rows that it has changed or skipped.", ("task", "result"))
        self._mails = registry.counter("steelyard_mail", "Mails, by the result of each attempt.", ("kind", "result"))
        self._succeeded_s: dict[str, float] = {}
        for name, interval_s in self._intervals.items():
            intervals.labels(name).set(interval_s)
            # A task that never succeeds is late from here on.
            self._note_success(name, self._clock().timestamp())

    def job_started(self, kind: str, wait_s: float) -> None:
        self._waits.labels(kind).observe(wait_s)

    def job_finished(self, kind: str, result: Result, took_s: float) -> None:
        self._attempts.labels(kind, result).inc()
        self._seconds.labels(kind).observe(took_s)

    def periodic_task_finished(self, name: str, *, changed: int, failed: int, took_s: float, is_success: bool) -> None:  # noqa: ARG002  # the protocol
        if is_success:
            self._note_success(name, self._clock().timestamp())
        for result, count in (("changed", changed), ("skipped", failed)):
            if count:
                self._rows.labels(name, result).inc(count)

    def count_mail(self, kind: str, result: str) -> None:
        """Count an attempt to send a mail."""
        self._mails.labels(kind, result).inc()

    async def run(self, database: Database) -> None:
        """Read the backlog now and at intervals, until cancelled."""
        while True:
            try:
                await self.read(database.read())
            except DatabaseError as error:
                structlog.get_logger().warning("backlog_not_read", exc_info=error)
            await asyncio.sleep(READ_INTERVAL_S)

    async def read(self, db: ReadOnly) -> None:
        """Note what waits, which workers run, and when the tasks of all workers last succeeded."""
        backlog = await monitoring.list_backlog(db, self._queues, OTHER)
        for queue in (*QUEUES, OTHER):
            each = backlog.get(queue, monitoring.QueueBacklog())
            self._backlog["open"].labels(queue).set(each.open)
            self._backlog["dead"].labels(queue).set(each.dead)
            due_at = each.oldest_due_at
            self._backlog["oldest_due_seconds"].labels(queue).set(0 if due_at is None else (db.now - due_at).total_seconds())
        running = await list_workers(db)
        for queue in QUEUES:
            self._workers.labels(queue).set(sum(queue in worker.queues for worker in running))
        for task in await monitoring.list_successes(db):
            self._note_success(task.name, task.succeeded_at.timestamp())

    def _note_success(self, name: str, at_s: float) -> None:
        """The latest one: other workers may have had the last run."""
        if name in self._intervals and at_s > self._succeeded_s.get(name, 0):
            self._succeeded_s[name] = at_s
            self._successes.labels(name).set(at_s)
