"""The row by which the API sees that a worker runs."""

from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version

from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.jobs import queries
from steelyard.sources import Sources
from steelyard.tables.jobs import WorkerRow

SEE_INTERVAL_S = 15
# A worker that has missed three of its times is not running.
_SEEN = timedelta(seconds=60)
_KEEP = timedelta(days=1)


class Presence:
    """The row of one worker."""

    def __init__(self, database: Database, name: str, queues: Sequence[str], kinds: Sequence[str], sources: Sources) -> None:
        self._database = database
        self._row = {"name": name, "version": version("steelyard"), "queues": queues, "kinds": kinds, "started_at": sources.clock()}

    async def renew(self) -> None:
        """Show that the worker runs. Rows of workers that were killed are deleted after a day."""
        async with self._database.transaction() as tx:
            await tx.run(queries.see_worker, **self._row, seen_at=tx.now)
            await tx.run(queries.delete_lost_workers, after=tx.now - _KEEP)

    async def end(self, tx: Transaction) -> None:
        """The worker has stopped."""
        await tx.run(queries.delete_worker, name=self._row["name"])


async def list_workers(db: ReadOnly) -> list[WorkerRow]:
    """The workers that run."""
    return await db.all(queries.list_workers, after=db.now - _SEEN)
