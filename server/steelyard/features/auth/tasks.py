"""What the worker does for logins and sessions."""

from steelyard.db.database import Database
from steelyard.features.auth import sessions
from steelyard.features.auth.login import LoginRules
from steelyard.jobs.worker import FORGET_EVERY_S, Sweep
from steelyard.settings import Settings


def periodic_tasks(settings: Settings) -> list[Sweep]:
    """Delete expired credentials, refresh tokens and login failures."""

    async def delete_expired(database: Database) -> int:
        async with database.transaction() as tx:
            return await sessions.sweep(tx, LoginRules.of(settings))

    return [Sweep("logins", FORGET_EVERY_S, delete_expired, at_once=sessions.SWEPT_AT_ONCE)]
