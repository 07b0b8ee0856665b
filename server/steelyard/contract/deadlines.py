"""The time that an operation may take: one timer watches them all, because all have the same."""

import asyncio
from types import TracebackType
from typing import Any

# How much later than due an operation may be ended, as a part of its time.
_LATENESS = 0.02


class Deadlines:
    """Ends what takes longer than so many seconds, with TimeoutError.

    `async with deadlines.watch():` does what `asyncio.timeout` does, for a third of its cost: that one makes and cancels a timer
    for each use, and nearly none of them ever fires.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # In the order of their deadlines.
        self._watched: dict[_Watch, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> "_Watch":
        """The time begins when the block is entered."""
        return _Watch(self)

    def begin(self, watch: "_Watch") -> None:
        """Watch a block from now on."""
        loop = asyncio.get_running_loop()
        watch.due = loop.time() + self._seconds
        self._watched[watch] = None
        if self._timer is None:
            self._timer = loop.call_later(self._seconds * (1 + _LATENESS), self._look, loop)

    def end(self, watch: "_Watch") -> None:
        """The block is left."""
        del self._watched[watch]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        self._timer = None
        for watch in self._watched:
            if watch.due > now:
                self._timer = loop.call_at(watch.due + self._seconds * _LATENESS, self._look, loop)
                return
            watch.expire()


class _Watch:
    """One watched block of one task."""

    __slots__ = ("_deadlines", "_expired", "_task", "due")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._task: asyncio.Task[Any] | None = None
        self._expired = False
        self.due = 0.0

    def expire(self) -> None:
        """Cancel the task, once."""
        if not self._expired and self._task is not None:
            self._expired = True
            self._task.cancel()

    async def __aenter__(self) -> None:
        self._task = asyncio.current_task()
        self._deadlines.begin(self)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._deadlines.end(self)
        if self._expired and self._task is not None and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError from error
