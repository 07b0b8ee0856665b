"""The worker of the outbox, with the tasks of all packages."""

import os
import platform
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from steelyard.app.discovery import feature_tasks
from steelyard.app.mails import create_mail_tasks, create_mailer
from steelyard.db.database import Database
from steelyard.db.postgres.listening import listen
from steelyard.events import feed
from steelyard.idempotency import store
from steelyard.jobs import outbox
from steelyard.jobs.observer import JobTracing
from steelyard.jobs.queries import CHANNEL
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask, in_batches
from steelyard.jobs.wake_up import Bell
from steelyard.jobs.worker import Worker
from steelyard.mail.tasks import MailTasks, not_counted
from steelyard.settings import Settings
from steelyard.settings.jobs import QUEUES
from steelyard.sources import Sources

if TYPE_CHECKING:
    from steelyard.telemetry.job_metrics import JobMetrics

# The feed shows an event within a second of its commit.
_FEED_INTERVAL_S = 0.5


def create_worker(
    settings: Settings,
    database: Database,
    sources: Sources,
    metrics: "JobMetrics | None" = None,
    tracing: JobTracing | None = None,
) -> Worker:
    """One worker of the outbox. Its process opens the database, and the metrics that count its jobs."""

    async def delete_expired_keys(database: Database) -> int:
        async with database.transaction() as tx:
            return await store.delete_expired(tx)

    async def delete_finished_jobs(database: Database) -> int:
        return await outbox.delete_finished(
            database, keep_done=timedelta(hours=settings.keep_done_h), keep_dead=timedelta(days=settings.keep_dead_d)
        )

    def every_half_second(name: str, append: Callable[[Database], Awaitable[int]]) -> PeriodicTask:
        # Each worker looks whether there is anything to do, which costs less than to find out whose turn it is.
        return PeriodicTask(name, _FEED_INTERVAL_S, in_batches(append, feed.BATCH), in_every_worker=True)

    periodic_tasks = [
        every_half_second("feed", feed.number_events),
        PeriodicTask("outbox", DELETE_INTERVAL_S, in_batches(delete_finished_jobs, outbox.DELETE_BATCH)),
        PeriodicTask("idempotency_keys", DELETE_INTERVAL_S, in_batches(delete_expired_keys, store.MAX_DELETED)),
    ]
    if settings.audit_log is not None:
        periodic_tasks.append(every_half_second("audit_log", partial(feed.append_audit_log, path=settings.audit_log)))
    mailer = create_mailer(settings)
    count_mail = not_counted if metrics is None else metrics.count_mail
    mail_tasks = create_mail_tasks(settings, database, mailer, count_mail)
    tasks, more_periodic_tasks = feature_tasks({Settings: settings, MailTasks: mail_tasks})
    periodic_tasks += more_periodic_tasks
    if metrics is not None:
        metrics.describe({kind: task.queue for kind, task in tasks.items()}, {task.name: task.interval_s for task in periodic_tasks})
    queues = settings.worker_queues or QUEUES
    return Worker(
        database,
        {kind: task for kind, task in tasks.items() if task.queue in queues},
        periodic_tasks,
        # Two containers may both be `app`, process 1.
        name=f"{platform.node()[:32]}:{os.getpid()}:{secrets.token_hex(4)}",
        at_once=settings.worker_at_once,
        listen=_listener(settings),
        ring=Bell(database).run if database.dialect == "postgresql" else None,
        sources=sources,
        observer=metrics,
        tracing=tracing,
        close=mailer.close,
    )


def _listener(settings: Settings) -> Callable[[Callable[[], None]], Coroutine[Any, Any, None]] | None:
    url = settings.listen_url(settings.database_url)
    if url is None:
        return None

    def run(notify: Callable[[], None]) -> Coroutine[Any, Any, None]:
        return listen(url, CHANNEL, notify, connect_timeout_s=settings.database_connect_timeout_s)

    return run
