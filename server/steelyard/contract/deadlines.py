"""The time that an operation may take: one timer watches them all, because all have the same."""

import asyncio
from typing import Any

# How much later than due an operation may be ended, as a part of its time.
_LATENESS = 0.02


class Watch:
    """One watched stretch of one task."""

    __slots__ = ("_expired", "_task", "due")

    def __init__(self, task: asyncio.Task[Any] | None, due: float) -> None:
        self._task = task
        self._expired = False
        self.due = due

    def expire(self) -> None:
        """Cancel the task, once."""
        if not self._expired and self._task is not None:
            self._expired = True
            self._task.cancel()

    def is_to_blame(self) -> bool:
        """Whether a cancellation that has arrived is this one's alone; then it is taken back."""
        return self._expired and self._task is not None and self._task.uncancel() == 0


class Deadlines:
    """Cancels what takes longer than so many seconds.

    `asyncio.timeout` makes and cancels a timer for each use, of which nearly none ever fires; this is a third of its cost.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # In the order of their deadlines.
        self._watched: dict[Watch, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> Watch:
        """Watch the current task from now on."""
        loop = asyncio.get_running_loop()
        watch = Watch(asyncio.current_task(loop), loop.time() + self._seconds)
        self._watched[watch] = None
        if self._timer is None:
            self._timer = loop.call_later(self._seconds * (1 + _LATENESS), self._look, loop)
        return watch

    def end(self, watch: Watch) -> None:
        """Done in time, or cancelled: no longer watched."""
        del self._watched[watch]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        self._timer = None
        for watch in self._watched:
            if watch.due > now:
                self._timer = loop.call_at(watch.due + self._seconds * _LATENESS, self._look, loop)
                return
            watch.expire()
