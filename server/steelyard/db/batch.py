"""Rows that are asked for at the same time, each by its key, are fetched together."""

from collections.abc import Callable, Collection, Coroutine, Hashable, Mapping
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

from steelyard.db.errors import DatabaseError, DatabaseUnavailable
from steelyard.db.single_flight import SingleFlight

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row")

# Keys of one statement.
_MAX_KEYS = 100
# In place of a row, if its statement failed: one bad key must not fail the others.
_ALONE: Any = object()


class Batch(Generic[Key, Row]):
    """Rows of one statement. One statement is under way at a time, unless it is late."""

    def __init__(
        self,
        fetch_one: Callable[[Key], Coroutine[Any, Any, Row | None]],
        fetch_many: Callable[[Collection[Key]], Coroutine[Any, Any, Mapping[Key, Row]]],
    ) -> None:
        self._fetch_one = fetch_one
        self._fetch_many = fetch_many
        self._flights: SingleFlight[None, Any] = SingleFlight()
        # In the order in which they were asked for.
        self._keys: dict[Key, None] = {}

    def row(self, key: Key) -> Coroutine[Any, Any, Row | None]:
        """The row of that key, or None."""
        if self._flights.is_under_way(None):
            return self._join(key)
        return self._flights.join_next(None, partial(self._fetch_one, key))

    async def _join(self, key: Key) -> Row | None:
        while True:
            self._keys[key] = None
            rows: Mapping[Key, Row | None] = await self._flights.join_next(None, self._fetch)
            # Not among them if more keys waited than one statement takes.
            if key in rows:
                row = rows[key]
                return await self._fetch_one(key) if row is _ALONE else row

    async def _fetch(self) -> dict[Key, Row | None]:
        keys = list(islice(self._keys, _MAX_KEYS))
        for key in keys:
            del self._keys[key]
        if not keys:
            return {}
        try:
            found = await self._fetch_many(keys)
        except DatabaseUnavailable:
            raise
        except DatabaseError:
            return dict.fromkeys(keys, _ALONE)
        return {key: found.get(key) for key in keys}
