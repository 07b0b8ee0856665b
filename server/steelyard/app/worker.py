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
from steelyard.jobs.worker import FORGET_EVERY_S, Sweep, Worker
from steelyard.mail.mailers import EMAIL_CHANGED, WELCOME, ConsoleMailer, FileMailer, Recipient, warning_the_old_address, welcoming
from steelyard.settings import Settings
from steelyard.sources import Sources

# Readers of the feed are promised to see an event within a second of its commit.
_FEED_EVERY_S = 0.5


def create_worker(settings: Settings, database: Database, sources: Sources) -> Worker:
    """One worker of the outbox, with everything that there is to do afterwards; its process opens the database."""

    async def recipient(user_id: int) -> Recipient | None:
        return await reading.recipient(database.read(), user_id)

    async def forget_keys(database: Database) -> int:
        async with database.transaction() as tx:
            return await store.sweep(tx)

    audit_log = (
        []
        if settings.audit_log is None
        else [Sweep("audit_log", _FEED_EVERY_S, partial(feed.write_audit_log, path=settings.audit_log), at_once=feed.AT_ONCE)]
    )
    mailer = FileMailer(settings.mail_folder) if settings.mail == "file" else ConsoleMailer()
    return Worker(
        database,
        {
            WELCOME: welcoming(mailer, recipient, sender=settings.mail_from),
            EMAIL_CHANGED: warning_the_old_address(mailer, sender=settings.mail_from),
        },
        [
            Sweep("feed", _FEED_EVERY_S, feed.relay, at_once=feed.AT_ONCE),
            *audit_log,
            Sweep("outbox", FORGET_EVERY_S, outbox.sweep, at_once=outbox.SWEPT_AT_ONCE),
            Sweep("idempotency_keys", FORGET_EVERY_S, forget_keys, at_once=store.SWEPT_AT_ONCE),
            *feature_tasks(settings),
        ],
        # Two containers may both be `app`, process 1.
        name=f"{platform.node()[:32]}:{os.getpid()}:{secrets.token_hex(4)}",
        sources=sources,
    )
