"""The periodic tasks of logins and sessions."""

from datetime import timedelta

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.features.auth import queries
from steelyard.features.auth.login import LoginPolicy
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask
from steelyard.settings import Settings

# Rows of one table that one run deletes; the next run comes soon.
_BATCH = 1000


def periodic_tasks(settings: Settings) -> list[PeriodicTask]:
    """Delete expired credentials, refresh tokens and login failures."""

    async def run(database: Database) -> int:
        async with database.transaction() as tx:
            return await delete_expired(tx, LoginPolicy.of(settings))

    return [PeriodicTask("logins", DELETE_INTERVAL_S, run, batch=_BATCH)]


async def delete_expired(tx: Transaction, policy: LoginPolicy) -> int:
    """Delete failed logins, refresh tokens and credentials that no longer matter; return how many rows."""
    deleted = await tx.run(queries.delete_login_failures, before=tx.now - max(policy.window, policy.account_window), most=_BATCH)
    # A used token stays as long as its session could last: until then its return is a sign of theft.
    deleted += await tx.run(queries.delete_expired_refresh_tokens, before=tx.now - policy.session_lifetime, most=_BATCH)
    deleted += await tx.run(queries.delete_expired_credentials, before=tx.now - timedelta(days=1), most=_BATCH)
    return deleted
