"""What a monitoring reads about all workers together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from steelyard.db.transaction import ReadOnly
from steelyard.jobs import queries


@dataclass(slots=True)
class QueueBacklog:
    """What waits in one queue, and what failed there for good. `oldest_due_at` is None if no job is due."""

    open: int = 0
    dead: int = 0
    oldest_due_at: datetime | None = None


async def list_backlog(db: ReadOnly, queues: Mapping[str, str], other: str) -> dict[str, QueueBacklog]:
    """The backlog of each queue that has one. `queues` has the queue of each kind of job; further kinds are in the queue `other`."""
    backlog: dict[str, QueueBacklog] = {}
    for waiting in await db.all(queries.list_open_kinds, now=db.now):
        queue = backlog.setdefault(queues.get(waiting.kind, other), QueueBacklog())
        queue.open += waiting.open
        due = [each for each in (queue.oldest_due_at, waiting.oldest_due_at) if each is not None]
        queue.oldest_due_at = min(due, default=None)
    for failed in await db.all(queries.list_dead_kinds):
        backlog.setdefault(queues.get(failed.kind, other), QueueBacklog()).dead += failed.dead
    return backlog


async def list_successes(db: ReadOnly) -> list[queries.SuccessRow]:
    """When the periodic tasks that one worker runs last succeeded."""
    return await db.all(queries.list_successes)
