"""Totals of listings, cached for a moment, because a count costs more the more rows there are."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from steelyard.db.compiled import TableChange
from steelyard.db.database import Database
from steelyard.db.single_flight import SingleFlight
from steelyard.db.statements import Query
from steelyard.db.transaction import ReadOnly

# Writes of another process may be missing for this long; the contract says so.
RETENTION = timedelta(seconds=5)
# Cached counts of one kind; the oldest is dropped.
MAX_KEPT = 1000

Key = tuple[object, ...]


class _Counts:
    """The counts of one kind since its last change: cached ones with the time of their start, and those under way."""

    def __init__(self) -> None:
        self.kept: dict[Key, tuple[datetime, int]] = {}
        self.flights: SingleFlight[Key, int] = SingleFlight()

    async def count(self, key: Key, db: ReadOnly, counting: Query[int], arguments: dict[str, object]) -> int:
        began, total = db.now, await db.one(counting, **arguments)
        self.kept.pop(key, None)
        self.kept[key] = began, total
        if len(self.kept) > MAX_KEPT:
            del self.kept[next(iter(self.kept))]
        return total


class Totals:
    """Counts by table, statement and parameters; equal ones at the same time are one statement.

    A commit of this process to a table drops the counts of its rows, so that callers always count what they wrote themselves.
    """

    def __init__(self, database: Database) -> None:
        self._counts: dict[str, dict[frozenset[str], _Counts]] = {}
        database.on_change(self.invalidate)

    async def count(
        self, db: ReadOnly, table: str, counting: Query[int], uncounted: frozenset[str] = frozenset(), /, **arguments: object
    ) -> int:
        """Return the count of `counting`, a statement that stops at COUNT_LIMIT, at most five seconds old.

        Updates that change only the columns `uncounted` of `table` do not invalidate it.
        """
        of_table = self._counts.setdefault(table, {})
        counts = of_table.get(uncounted)
        if counts is None:
            counts = of_table[uncounted] = _Counts()
        key = (counting, *arguments.values())
        kept = counts.kept.get(key)
        # Both ways: requests overtake one another, and a clock that was set back must not extend the life of a count.
        if kept is not None and -RETENTION < db.now - kept[0] < RETENTION:
            return kept[1]
        return await counts.flights.join(key, partial(counts.count, key, db, counting, arguments))

    def invalidate(self, changes: Collection[TableChange]) -> None:
        """Drop every count that these changes may affect. Callers that wait for a count under way still use it, later ones do not."""
        for table, columns in changes:
            counts = self._counts.get(table, {})
            for uncounted in list(counts):
                if columns is None or not columns <= uncounted:
                    del counts[uncounted]
