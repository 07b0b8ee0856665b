"""The worker of the outbox, with the tasks of all packages."""

import os
import platform
import secrets
from functools import partial

from steelyard.app.discovery import feature_tasks
from steelyard.db.database import Database
from steelyard.events import feed
from steelyard.features.users import reading
from steelyard.idempotency import store
from steelyard.jobs import outbox
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask
from steelyard.jobs.worker import Worker
from steelyard.mail.mailers import EMAIL_CHANGED, WELCOME, ConsoleMailer, FileMailer, Recipient, send_welcome, warning_the_old_address
from steelyard.settings import Settings
from steelyard.sources import Sources

# Readers of the feed are promised to see an event within a second of its commit.
_FEED_INTERVAL_S = 0.5


def create_worker(settings: Settings, database: Database, sources: Sources) -> Worker:
    """One worker of the outbox, with everything that there is to do afterwards; its process opens the database."""

    async def recipient(user_id: int) -> Recipient | None:
        return await reading.find_recipient(database.read(), user_id)

    async def forget_keys(database: Database) -> int:
        async with database.transaction() as tx:
            return await store.delete_expired(tx)

    audit_log = (
        []
        if settings.audit_log is None
        else [PeriodicTask("audit_log", _FEED_INTERVAL_S, partial(feed.append_audit_log, path=settings.audit_log), at_once=feed.AT_ONCE)]
    )
    mailer = FileMailer(settings.mail_folder) if settings.mail == "file" else ConsoleMailer()
    return Worker(
        database,
        {
            WELCOME: send_welcome(mailer, recipient, sender=settings.mail_from),
            EMAIL_CHANGED: warning_the_old_address(mailer, sender=settings.mail_from),
        },
        [
            PeriodicTask("feed", _FEED_INTERVAL_S, feed.number_events, at_once=feed.AT_ONCE),
            *audit_log,
            PeriodicTask("outbox", DELETE_INTERVAL_S, outbox.delete_finished, at_once=outbox.SWEPT_AT_ONCE),
            PeriodicTask("idempotency_keys", DELETE_INTERVAL_S, forget_keys, at_once=store.SWEPT_AT_ONCE),
            *feature_tasks(settings),
        ],
        # Two containers may both be `app`, process 1.
        name=f"{platform.node()[:32]}:{os.getpid()}:{secrets.token_hex(4)}",
        sources=sources,
    )
