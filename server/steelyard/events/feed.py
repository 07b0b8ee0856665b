"""The events of the log in the one order that every reader follows.

Sequence numbers are given before the commit, so a reader who remembered one could pass by an event that commits late. Here
events are numbered again after their commit, under one lock: what has a position is never joined by a smaller one.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.events import queries
from steelyard.private_files import private
from steelyard.tables.events import EventRow

AT_ONCE = 500
_RELAY = "relay"
_AUDIT = "audit"


async def number_events(database: Database) -> int:
    """Give positions to the events that were committed since; answers how many."""
    if await database.read().scalar(queries.find_unnumbered_event) is None:
        return 0
    async with database.transaction() as tx:
        last = await _locked(tx, _RELAY)
        given = await tx.run(queries.number_events, last=last, limit=AT_ONCE)
        await tx.run(queries.advance_feed, name=_RELAY, to=last + given)
    return given


async def append_audit_log(database: Database, path: Path) -> int:
    """Append a line `user: action` for each event that has none yet; answers how many.

    A crash between file and commit writes lines twice, never not at all.
    """
    position = await database.read().scalar(queries.feed_position, name=_AUDIT)
    if not await database.read().all(queries.list_events_after, position=position or 0, limit=1):
        return 0
    async with database.transaction() as tx:
        told = await tx.all(queries.list_events_after, position=await _locked(tx, _AUDIT), limit=AT_ONCE)
        if told:
            await asyncio.to_thread(_append, path, told)
            await tx.run(queries.advance_feed, name=_AUDIT, to=told[-1].position)
    return len(told)


async def _locked(tx: Transaction, name: str) -> int:
    position = await tx.scalar(queries.lock_feed, name=name)
    if position is None:
        await tx.run(queries.add_feed, name=name)
        position = await tx.one(queries.lock_feed, name=name)
    return position


def _append(path: Path, told: Sequence[EventRow]) -> None:
    with open(path, "a", encoding="utf-8", opener=private) as file:
        file.writelines(f"{_who(event)}: {event.type.replace('.', '_')}\n" for event in told)


def _who(event: EventRow) -> int | str:
    """The user who did it; of what nobody did who has an account, the user whom it befell."""
    if event.actor_id is not None:
        return event.actor_id
    if event.subject_kind == "user" and event.subject_id is not None:
        return event.subject_id
    return event.actor_kind
