"""The periodic task of logins with third parties."""

from collections.abc import Callable
from datetime import timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.features.identities import queries
from steelyard.features.identities.mails import IDENTITY_LINKED, IDENTITY_UNLINKED, identity_linked_mail, identity_unlinked_mail
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask, Task, in_batches
from steelyard.mail.messages import Mail, Recipient
from steelyard.mail.tasks import MailTasks
from steelyard.settings import Settings
from steelyard.tables.jobs import JobRow

# Rows of one table that one run deletes; the next run comes soon.
_BATCH = 1000
# So long a used code is recognised when it comes again.
_CODES_KEPT = timedelta(days=1)


def tasks(mails: MailTasks, settings: Settings) -> dict[str, Task]:
    """Send the mails, each to the verified address of its user."""
    names = {provider.id: provider.name for provider in settings.login_providers}

    def to_verified(write: Callable[[Recipient, str], Mail]) -> Task:
        async def write_to_verified(tx: Transaction, job: JobRow) -> Mail | None:
            recipient = await tx.first(queries.get_verified_recipient, user_id=job.payload["user_id"])
            provider_id = job.payload["provider"]
            return None if recipient is None else write(recipient, names.get(provider_id, provider_id))

        return mails.in_transaction(write_to_verified)

    return {IDENTITY_LINKED: to_verified(identity_linked_mail), IDENTITY_UNLINKED: to_verified(identity_unlinked_mail)}


def periodic_tasks() -> list[PeriodicTask]:
    """Delete logins that were not finished, and old codes."""

    async def run(database: Database) -> int:
        async with database.transaction() as tx:
            return await delete_expired(tx)

    return [PeriodicTask("login_flows", DELETE_INTERVAL_S, in_batches(run, _BATCH))]


async def delete_expired(tx: Transaction) -> int:
    """Delete what no longer matters; return how many rows."""
    deleted = await tx.run(queries.delete_expired_flows, before=tx.now, most=_BATCH)
    return deleted + await tx.run(queries.delete_expired_codes, before=tx.now - _CODES_KEPT, most=_BATCH)
