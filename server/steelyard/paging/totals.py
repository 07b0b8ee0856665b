"""How many rows a listing has, remembered for a moment: the one answer that costs more the more there is."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from steelyard.db.compiled import TableChange
from steelyard.db.database import Database
from steelyard.db.statements import Query
from steelyard.db.transaction import ReadOnly

# What another process wrote may be missing for this long; the contract says so.
KEPT_FOR = timedelta(seconds=5)
# Counts kept of one kind; the oldest gives way.
MAX_KEPT = 1000


@dataclass(slots=True, eq=False)
class _Count:
    """A count on its way or arrived."""

    since: datetime
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    total: int | None = None
    error: Exception | None = None


class Totals:
    """Counts by table, statement and parameters; equal ones that are asked for at once are counted once.

    Whatever this process commits to a table takes the counts of its rows away, so that one's own writes are always counted.
    """

    def __init__(self, database: Database) -> None:
        self._kept: dict[str, dict[frozenset[str], dict[tuple[object, ...], _Count]]] = {}
        database.on_change(self.invalidate)

    async def count(
        self, db: ReadOnly, table: str, counting: Query[int], apart_from: frozenset[str] = frozenset(), /, **given: object
    ) -> int:
        """The number that `counting` (which itself stops at MOST_COUNTED) finds in `table`, at most five seconds old.

        Updates of nothing but the columns `apart_from` do not change it.
        """
        key = (counting, *given.values())
        while True:
            kept = self._kept.setdefault(table, {}).setdefault(apart_from, {})
            count = kept.get(key)
            # Both ways: requests overtake one another, and a clock that was set back must not keep a count alive.
            if count is None or not -KEPT_FOR < db.now - count.since < KEPT_FOR:
                return await _lead(db, kept, key, counting, given)
            if count.total is None:
                await count.arrived.wait()
            if count.error is not None:
                raise count.error
            if count.total is not None:
                return count.total
            # Whoever counted was cancelled: somebody who still waits counts instead.

    def invalidate(self, changes: Collection[TableChange]) -> None:
        """Nothing counted so far that these may have changed is told to anybody who asks from now on."""
        for table, columns in changes:
            kept = self._kept.get(table, {})
            for apart_from in list(kept):
                if columns is None or not columns <= apart_from:
                    del kept[apart_from]


async def _lead(
    db: ReadOnly, kept: dict[tuple[object, ...], _Count], key: tuple[object, ...], counting: Query[int], given: dict[str, object]
) -> int:
    # A commit while this runs takes `kept` away, and with it this entry: those who wait get the number, which was true when they
    # asked; nobody later does.
    kept.pop(key, None)
    count = kept[key] = _Count(since=db.now)
    if len(kept) > MAX_KEPT:
        del kept[next(iter(kept))]
    try:
        count.total = await db.one(counting, **given)
    except Exception as error:
        count.error = error
        raise
    finally:
        if count.total is None and kept.get(key) is count:
            del kept[key]
        count.arrived.set()
    return count.total
