"""The worker of the outbox, with the tasks of all packages."""

import os
import platform
import secrets
from functools import partial

from steelyard.app.discovery import feature_tasks
from steelyard.app.mails import create_mail_tasks, create_mailer
from steelyard.db.database import Database
from steelyard.events import feed
from steelyard.idempotency import store
from steelyard.jobs import outbox
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask
from steelyard.jobs.worker import Worker
from steelyard.mail.tasks import MailTasks
from steelyard.settings import Settings
from steelyard.sources import Sources

# The feed shows an event within a second of its commit.
_FEED_INTERVAL_S = 0.5


def create_worker(settings: Settings, database: Database, sources: Sources) -> Worker:
    """One worker of the outbox. Its process opens the database."""

    async def delete_expired_keys(database: Database) -> int:
        async with database.transaction() as tx:
            return await store.delete_expired(tx)

    audit_log = (
        []
        if settings.audit_log is None
        else [PeriodicTask("audit_log", _FEED_INTERVAL_S, partial(feed.append_audit_log, path=settings.audit_log), batch=feed.BATCH)]
    )
    mailer = create_mailer(settings)
    tasks, periodic_tasks = feature_tasks({Settings: settings, MailTasks: create_mail_tasks(settings, database, mailer)})
    return Worker(
        database,
        tasks,
        [
            PeriodicTask("feed", _FEED_INTERVAL_S, feed.number_events, batch=feed.BATCH),
            *audit_log,
            PeriodicTask("outbox", DELETE_INTERVAL_S, outbox.delete_finished, batch=outbox.DELETE_BATCH),
            PeriodicTask("idempotency_keys", DELETE_INTERVAL_S, delete_expired_keys, batch=store.MAX_DELETED),
            *periodic_tasks,
        ],
        # Two containers may both be `app`, process 1.
        name=f"{platform.node()[:32]}:{os.getpid()}:{secrets.token_hex(4)}",
        sources=sources,
        close=mailer.close,
    )
