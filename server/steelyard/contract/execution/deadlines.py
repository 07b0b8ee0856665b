"""The time that a request has, from its credentials to its commit. One timer watches all requests, because all have the same time."""

import asyncio
import math
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

# How late a request may be ended, as a share of its budget.
_LATENESS = 0.02


class Deadline:
    """One watched request. `due` may be moved later; the time for which `is_paused` does not count."""

    __slots__ = ("_task", "due", "has_expired", "is_paused")

    def __init__(self, task: asyncio.Task[Any] | None, due: float) -> None:
        self._task = task
        self.has_expired = False
        self.due = due
        self.is_paused = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The time inside does not count."""
        self.is_paused, began_s = True, monotonic()
        try:
            yield
        finally:
            self.due += monotonic() - began_s
            self.is_paused = False

    def expire(self) -> None:
        """Cancel the task, once."""
        if not self.has_expired and self._task is not None:
            self.has_expired = True
            self._task.cancel()


class Deadlines:
    """Cancels what takes longer than so many seconds.

    `asyncio.timeout` makes and cancels a timer for each use, of which nearly none ever fires; this is a third of its cost.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watched: set[Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> Deadline:
        """Watch the current task from now on."""
        loop = asyncio.get_running_loop()
        deadline = Deadline(asyncio.current_task(loop), loop.time() + self._seconds)
        self._watched.add(deadline)
        if self._timer is None:
            self._timer = loop.call_later(self._seconds * (1 + _LATENESS), self._look, loop)
        return deadline

    def end(self, deadline: Deadline) -> None:
        """Done in time, or cancelled: no longer watched."""
        self._watched.remove(deadline)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Expire the requests that are due, and set the timer for the next. Runs are at least a lateness apart, whatever the load."""
        now, soonest = loop.time(), math.inf
        lateness = self._seconds * _LATENESS
        for deadline in self._watched:
            if deadline.is_paused:
                # It may continue at any moment, with the rest of its budget.
                soonest = min(soonest, max(deadline.due, now))
            elif deadline.due > now:
                soonest = min(soonest, deadline.due)
            else:
                deadline.expire()
        self._timer = loop.call_at(soonest + lateness, self._look, loop) if soonest < math.inf else None


async def unhurried(deadline: Deadline, reading: Awaitable[T]) -> T:
    """The result of reading from the client. Its time is bounded by the server's protocol and does not count for the deadline."""
    deadline.is_paused, began_s = True, monotonic()
    read = await reading
    deadline.due += monotonic() - began_s
    deadline.is_paused = False
    return read


def late_or(raised: BaseException) -> Exception:
    """The error itself, or TimeoutError for a cancelled request: only its deadline and a server that stops cancel it."""
    if isinstance(raised, Exception):
        return raised
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
    return TimeoutError()
