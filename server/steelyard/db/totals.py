"""How many rows a listing has, remembered for a moment: the one answer that costs more the more there is."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from steelyard.db.statements import Query
from steelyard.db.work import ReadOnly, Transaction

# Counting stops here: `skip` ends at 10 000, so one more only says that there is more than a caller can reach.
MOST_COUNTED = 10_001
# What another process wrote may be missing for this long; the contract says so.
KEPT_FOR = timedelta(seconds=5)
# Counts kept per topic; the oldest gives way.
MOST_KEPT = 1000


@dataclass(slots=True, eq=False)
class _Count:
    """A count on its way or arrived."""

    since: datetime
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    total: int | None = None
    error: Exception | None = None


class Totals:
    """Counts by topic (what is counted: "items"), statement and parameters; equal ones asked at once are counted once."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[tuple[object, ...], _Count]] = {}

    async def of(self, db: ReadOnly, topic: str, counting: Query[int], **params: object) -> int:
        """The number that `counting` (which itself stops at MOST_COUNTED) answers, at most five seconds old."""
        key = (counting, *params.values())
        while True:
            now = db.now
            kept = self._kept.setdefault(topic, {})
            count = kept.get(key)
            # A clock that was set back must not keep a count alive.
            if count is None or not (count.since <= now < count.since + KEPT_FOR):
                return await self._lead(db, kept, key, counting, params)
            if count.total is None:
                await count.arrived.wait()
            if count.error is not None:
                raise count.error
            if count.total is not None:
                return count.total
            # Whoever counted was cancelled: somebody who still waits counts instead.

    def forget(self, topic: str) -> None:
        """Nothing counted so far is told to anybody who asks from now on."""
        self._kept.pop(topic, None)

    def changed_by(self, tx: Transaction, topic: str) -> None:
        """What `tx` writes changes the counts of `topic` once it is committed."""
        tx.on_commit(lambda: self.forget(topic))

    async def _lead(
        self, db: ReadOnly, kept: dict[tuple[object, ...], _Count], key: tuple[object, ...], counting: Query[int], params: dict[str, object]
    ) -> int:
        # A write that commits while this runs takes the whole topic away, and with it this entry: its callers still get the number,
        # which was true when they asked; nobody later does.
        kept.pop(key, None)
        count = kept[key] = _Count(since=db.now)
        if len(kept) > MOST_KEPT:
            del kept[next(iter(kept))]
        try:
            total = await db.scalar(counting, **params)
            assert total is not None
            count.total = total
        except Exception as error:
            count.error = error
            raise
        finally:
            if count.total is None and kept.get(key) is count:
                del kept[key]
            count.arrived.set()
        return total
