"""A pool of few objects, each lent to one caller at a time.

The last object put back is lent first, so that few stay warm; the longest waiter is served first, so that none starves.
"""

import asyncio
from bisect import bisect_left
from collections import deque
from typing import Generic, TypeVar

from steelyard.db.errors import DatabaseUnavailable

T = TypeVar("T")
# Each five times the one before, up to the longest wait that the settings allow by default.
WAIT_BOUNDS_S = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)


class WaitTimes:
    """How many callers waited, by WAIT_BOUNDS_S, and how long all of them together."""

    def __init__(self) -> None:
        self.counts = [0] * (len(WAIT_BOUNDS_S) + 1)
        self.total_s = 0.0

    def note(self, took_s: float) -> None:
        self.counts[bisect_left(WAIT_BOUNDS_S, took_s)] += 1
        self.total_s += took_s


class FairPool(Generic[T]):
    """Call `take_idle()`, or `await wait()` if it returns None, then `put_back()` exactly once."""

    def __init__(self, *, queue: int, wait_s: float, what: str, waits: WaitTimes) -> None:
        self.idle: deque[T] = deque()
        self._waiting: deque[asyncio.Future[T]] = deque()
        self._queue = queue
        self._wait_s = wait_s
        self._what = what
        self._waits = waits
        self._over: str | None = None

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take_idle(self) -> T | None:
        """The object put back last, or None. It overtakes no waiter: nothing is idle while a caller waits."""
        return self.idle.pop() if self.idle else None

    async def wait(self) -> T:
        """The next object that is put back, after all earlier waiters."""
        if self._over is not None:
            raise DatabaseUnavailable(self._over)
        if len(self._waiting) >= self._queue:
            raise DatabaseUnavailable(f"{self._queue} callers already wait for {self._what}")
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[T] = loop.create_future()
        self._waiting.append(turn)
        began_s = loop.time()
        timer = loop.call_later(self._wait_s, self._too_late, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # Lent and cancelled in the same tick: pass it on, or it is lost.
                self.put_back(turn.result())
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise
        finally:
            timer.cancel()
            self._waits.note(loop.time() - began_s)

    def _too_late(self, turn: "asyncio.Future[T]") -> None:
        if not turn.done():
            self._waiting.remove(turn)
            turn.set_exception(DatabaseUnavailable(f"no turn for {self._what} within {self._wait_s} s"))

    def put_back(self, lent: T) -> None:
        """Lend it to the longest waiter, or keep it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(lent)
                return
        self.idle.append(lent)

    def open(self) -> None:
        self._over = None

    def close(self, reason: str) -> list[T]:
        """Lend nothing any more: waiters and later callers get this reason. Returns the idle objects."""
        self._over = reason
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(DatabaseUnavailable(reason))
        idle = list(self.idle)
        self.idle.clear()
        return idle
