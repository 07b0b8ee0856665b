"""Rows that are requested at the same time, each by its key, are fetched together."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable, Mapping
from functools import partial
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
        # In the order of the requests.
        self._keys: dict[Key, None] = {}

    def row(self, key: Key) -> Coroutine[Any, Any, Row | None]:
        turn = self._flights.next_turn(None, self._fetch)
        if turn is None:
            return self._flights.lead(None, partial(self._fetch_one, key))
        self._keys[key] = None
        return self._row_of(key, turn)

    async def _row_of(self, key: Key, turn: Awaitable[Mapping[Key, Row | None]]) -> Row | None:
        row = (await turn)[key]
        return await self._fetch_one(key) if row is _ALONE else row

    def _fetch(self) -> Coroutine[Any, Any, dict[Key, Row | None]]:
        """Take the keys that wait now: those that come later belong to the next turn."""
        keys, self._keys = list(self._keys), {}
        return self._rows_of(keys)

    async def _rows_of(self, keys: list[Key]) -> dict[Key, Row | None]:
        rows: dict[Key, Row | None] = {}
        for start in range(0, len(keys), _MAX_KEYS):
            some = keys[start : start + _MAX_KEYS]
            try:
                fetched = await self._fetch_many(some)
            except DatabaseUnavailable:
                raise
            except DatabaseError:
                rows |= dict.fromkeys(some, _ALONE)
            else:
                rows |= {key: fetched.get(key) for key in some}
        return rows
