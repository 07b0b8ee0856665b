"""What the worker does for logins and sessions."""

from steelyard.db.database import Database
from steelyard.features.auth import sessions
from steelyard.features.auth.login import LoginPolicy
from steelyard.jobs.tasks import DELETE_INTERVAL_S, PeriodicTask
from steelyard.settings import Settings


def periodic_tasks(settings: Settings) -> list[PeriodicTask]:
    """Delete expired credentials, refresh tokens and login failures."""

    async def delete_expired(database: Database) -> int:
        async with database.transaction() as tx:
            return await sessions.delete_expired(tx, LoginPolicy.of(settings))

    return [PeriodicTask("logins", DELETE_INTERVAL_S, delete_expired, batch=sessions.SWEPT_AT_ONCE)]
