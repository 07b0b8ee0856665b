"""Reads that many ask for at the same time: one statement serves everybody who had asked before it was sent, and nobody who asks later.

With nothing under way a read runs at once: whoever is alone waits for nobody. What is shared belongs to whoever asks with the same
arguments, and who is asking is one of them wherever it matters.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable, Mapping
from contextvars import Context
from typing import Any, Generic, TypeVar

from steelyard.db.errors import DatabaseError, DatabaseUnavailable

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row")

# What takes longer is not waited for by those who come later; keys are found within milliseconds, unless a connection hangs.
_PATIENCE_S = 0.05
# Keys of one statement.
_MAX_KEYS = 100
# Said to those whose common statement did not come to its end: one bad key must not fail the others.
_ALONE: Any = object()


class _Tasks:
    """Work that nobody awaits but that must not be forgotten."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        # It belongs to no request, so it carries nothing of the one that happens to start it.
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._running.add(task)
        task.add_done_callback(self._running.discard)


class Batch(Generic[Key, Row]):
    """Rows of one statement, each by its key. One statement is under way at a time, unless it is late."""

    def __init__(
        self, alone: Callable[[Key], Awaitable[Row | None]], several: Callable[[Collection[Key]], Awaitable[Mapping[Key, Row]]]
    ) -> None:
        self._alone = alone
        self._several = several
        self._tasks = _Tasks()
        # Until when the next one waits for what is under way; long ago when nothing is.
        self._late_at = -math.inf
        self._waiting: dict[Key, list[asyncio.Future[Row | None]]] = {}

    async def row(self, key: Key) -> Row | None:
        """The row of that key, or None."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._late_at:
            self._late_at = now + _PATIENCE_S
            try:
                return await self._alone(key)
            finally:
                self._go_on(loop)
        turn: asyncio.Future[Row | None] = loop.create_future()
        self._waiting.setdefault(key, []).append(turn)
        found = await turn
        return await self._alone(key) if found is _ALONE else found

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._waiting:
            self._late_at = -math.inf
            return
        self._late_at = loop.time() + _PATIENCE_S
        if len(self._waiting) <= _MAX_KEYS:
            taken, self._waiting = self._waiting, {}
        else:
            taken = {key: self._waiting.pop(key) for key in list(self._waiting)[:_MAX_KEYS]}
        self._tasks.start(self._serve(taken, loop))

    async def _serve(self, taken: dict[Key, list[asyncio.Future[Row | None]]], loop: asyncio.AbstractEventLoop) -> None:
        everybody = [turn for turns in taken.values() for turn in turns]
        try:
            found = await self._several(taken.keys())
        except DatabaseUnavailable as error:
            _fail(everybody, error)
        except DatabaseError:
            pass  # whose error it is shows when each asks alone
        else:
            for key, turns in taken.items():
                _settle(turns, found.get(key))
        finally:
            _settle(everybody, _ALONE)
            self._go_on(loop)


class SingleFlight(Generic[Key, Row]):
    """Equal reads, by what makes them equal."""

    def __init__(self) -> None:
        self._tasks = _Tasks()
        # A key is here while its read is under way, with those who wait for the next one.
        self._waiting: dict[Key, list[asyncio.Future[Row]]] = {}

    async def read(self, key: Key, read: Callable[[], Awaitable[Row]]) -> Row:
        """What a read that begins now, or later, finds."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = []
            try:
                return await read()
            finally:
                self._go_on(key, read)
        turn: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        found = await turn
        return await read() if found is _ALONE else found

    def _go_on(self, key: Key, read: Callable[[], Awaitable[Row]]) -> None:
        taken = self._waiting.pop(key)
        if taken:
            self._waiting[key] = []
            self._tasks.start(self._serve(key, read, taken))

    async def _serve(self, key: Key, read: Callable[[], Awaitable[Row]], taken: list[asyncio.Future[Row]]) -> None:
        try:
            _settle(taken, await read())
        except DatabaseError as error:
            _fail(taken, error)
        finally:
            _settle(taken, _ALONE)
            self._go_on(key, read)


# Whoever was told already, or was cancelled meanwhile, is not told.
def _settle(turns: Collection[asyncio.Future[Any]], found: Any) -> None:
    for turn in turns:
        if not turn.done():
            turn.set_result(found)


def _fail(turns: Collection[asyncio.Future[Any]], error: DatabaseError) -> None:
    for turn in turns:
        if not turn.done():
            turn.set_exception(error)
