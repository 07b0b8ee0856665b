"""The feed: all events of the log in their final order.

Sequence numbers are assigned before the commit, so a reader that remembers one could miss an event that commits late. The feed numbers
events again after their commit, under one lock: once an event has a position, no later event gets a smaller one.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.events import queries
from steelyard.private_files import private
from steelyard.tables.events import EventRow

BATCH = 500
_RELAY = "relay"
_AUDIT = "audit"


async def number_events(database: Database) -> int:
    """Assign positions to newly committed events; return how many."""
    if await database.read().scalar(queries.find_unnumbered_event) is None:
        return 0
    async with database.transaction() as tx:
        last = await _lock_position(tx, _RELAY)
        numbered = await tx.run(queries.number_events, last=last, limit=BATCH)
        await tx.run(queries.advance_feed, name=_RELAY, to=last + numbered)
    return numbered


async def append_audit_log(database: Database, path: Path) -> int:
    """Append a line `user: action` for each new event; return how many.

    A crash between file and commit writes lines twice, but never loses one.
    """
    position = await database.read().scalar(queries.feed_position, name=_AUDIT)
    if not await database.read().all(queries.list_events_after, position=position or 0, limit=1):
        return 0
    async with database.transaction() as tx:
        new = await tx.all(queries.list_events_after, position=await _lock_position(tx, _AUDIT), limit=BATCH)
        if new:
            await asyncio.to_thread(_append, path, new)
            await tx.run(queries.advance_feed, name=_AUDIT, to=new[-1].position)
    return len(new)


async def _lock_position(tx: Transaction, name: str) -> int:
    position = await tx.scalar(queries.lock_feed, name=name)
    if position is None:
        await tx.run(queries.add_feed, name=name)
        position = await tx.one(queries.lock_feed, name=name)
    return position


def _append(path: Path, events: Sequence[EventRow]) -> None:
    with open(path, "a", encoding="utf-8", opener=private) as file:
        file.writelines(f"{_name(event)}: {event.type.replace('.', '_')}\n" for event in events)


def _name(event: EventRow) -> int | str:
    """The acting user, or, if there is none, the user who is the subject of the event."""
    if event.actor_id is not None:
        return event.actor_id
    if event.subject_kind == "user" and event.subject_id is not None:
        return event.subject_id
    return event.actor_kind
