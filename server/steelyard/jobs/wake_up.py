"""Wakes the workers of other processes after a commit. A wake-up that is lost costs half a second, never a job: workers also look.

PostgreSQL lets transactions that notify commit one at a time, so no transaction of a request does. A notification is sent after the
commit, one for all commits of some milliseconds.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress

from steelyard.db.compiled import TableChange
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError
from steelyard.jobs import queries

_PAUSE_S = 0.02


class Bell:
    """Notifies the workers of new jobs that this process commits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs_added = asyncio.Event()
        database.on_change(self._see_changes)

    async def run(self) -> None:
        """Ring until it is cancelled."""
        while True:
            await self._jobs_added.wait()
            self._jobs_added.clear()
            with suppress(DatabaseError):
                await self._database.read().scalar(queries.notify_workers)
            await asyncio.sleep(_PAUSE_S)

    def _see_changes(self, changes: Collection[TableChange]) -> None:
        if queries.ADDED_JOBS in changes:
            self._jobs_added.set()
