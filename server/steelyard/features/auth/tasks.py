"""What the worker does for logins and accounts."""

from datetime import timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.features.auth import queries
from steelyard.features.auth.login import LoginPolicy
from steelyard.features.auth.mail_tokens import MailTokens
from steelyard.features.auth.mails import (
    PASSWORD_CHANGED,
    RESET_PASSWORD,
    VERIFY_EMAIL,
    password_changed_mail,
    reset_password_mail,
    verify_email_mail,
)
from steelyard.features.auth.password_reset import issue_reset
from steelyard.features.auth.verification import issue_verification
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask, Task, in_batches
from steelyard.mail.messages import Mail
from steelyard.mail.tasks import MailTasks
from steelyard.settings import Settings
from steelyard.tables.jobs import JobRow

# Rows of one table that one run deletes; the next run comes soon.
_BATCH = 1000


def tasks(mails: MailTasks, settings: Settings) -> dict[str, Task]:
    """Send the mails."""
    tokens = MailTokens([key.get_secret_value() for key in settings.secret_keys])

    async def write_verification(tx: Transaction, job: JobRow) -> Mail | None:
        issued = await issue_verification(tx, tokens, job)
        return None if issued is None else verify_email_mail(*issued, link=settings.link_verify)

    async def write_reset(tx: Transaction, job: JobRow) -> Mail | None:
        issued = await issue_reset(tx, tokens, job)
        return None if issued is None else reset_password_mail(*issued, link=settings.link_reset)

    return {
        VERIFY_EMAIL: mails.in_transaction(write_verification),
        RESET_PASSWORD: mails.in_transaction(write_reset),
        PASSWORD_CHANGED: mails.to_user(password_changed_mail),
    }


def periodic_tasks(settings: Settings) -> list[PeriodicTask]:
    """Delete expired credentials, refresh tokens and login failures."""

    async def run(database: Database) -> int:
        async with database.transaction() as tx:
            return await delete_expired(tx, LoginPolicy.of(settings))

    return [PeriodicTask("logins", DELETE_INTERVAL_S, in_batches(run, _BATCH))]


async def delete_expired(tx: Transaction, policy: LoginPolicy) -> int:
    """Delete failed logins, tokens and credentials that no longer matter; return how many rows."""
    deleted = await tx.run(queries.delete_login_failures, before=tx.now - max(policy.window, policy.account_window), most=_BATCH)
    # A used token stays as long as its session could last: until then its return is a sign of theft.
    deleted += await tx.run(queries.delete_expired_refresh_tokens, before=tx.now - policy.session_lifetime, most=_BATCH)
    # A used token of a mail stays as long as the mail may be sent again: eight attempts within six hours.
    deleted += await tx.run(queries.delete_expired_mail_tokens, before=tx.now - timedelta(days=1), most=_BATCH)
    deleted += await tx.run(queries.delete_expired_credentials, before=tx.now - timedelta(days=1), most=_BATCH)
    return deleted
