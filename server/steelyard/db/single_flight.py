"""Equal calls at the same time run once. Which calls are equal, and how long a result is kept, is decided by the code that uses it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextvars import Context
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
T = TypeVar("T")

# Later callers do not wait for a call that takes longer; reads by key take milliseconds, unless a connection hangs.
_PATIENCE_S = 0.05


class SingleFlight(Generic[Key, T]):
    """Two ways to share a call with others that have the same key.

    `join` shares the call under way. Its key has to change with every write, or a caller would not see its own.
    `join_next` shares only a call that starts later, so every caller sees all that was written before it called.
    """

    def __init__(self) -> None:
        self._under_way: dict[Key, asyncio.Task[T]] = {}
        # Until when the next call waits for the one under way.
        self._late_at: dict[Key, float] = {}
        # The next call, and the callers that wait for it.
        self._next: dict[Key, tuple[Callable[[], Coroutine[Any, Any, T]], list[asyncio.Future[T]]]] = {}
        # asyncio itself keeps no reference to a running task.
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, key: Key, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the call under way, or else of this one. A cancelled caller does not cancel it."""
        task = self._under_way.get(key)
        if task is None or task.done():
            # All callers that join share it, so it has no context of the request that starts it.
            task = self._under_way[key] = asyncio.get_running_loop().create_task(call(), context=Context())
            task.add_done_callback(lambda done: self._drop(key, done))
        return await asyncio.shield(task)

    def _drop(self, key: Key, task: asyncio.Task[T]) -> None:
        if self._under_way[key] is task:
            del self._under_way[key]
        if not task.cancelled():
            task.exception()  # or asyncio would report an error for which no caller is left

    def join_next(self, key: Key, call: Callable[[], Coroutine[Any, Any, T]]) -> Awaitable[T]:
        """The result of this call, at once, if none is under way or that one is late; else of the next, with all who wait for it."""
        return self.next_turn(key, call) or self.lead(key, call)

    def next_turn(self, key: Key, call: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Future[T] | None:
        """The result of the next call, if one is under way; if it is None, the caller has to `lead`."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._late_at.get(key, 0):
            self._late_at[key] = now + _PATIENCE_S
            return None
        turn: asyncio.Future[T] = loop.create_future()
        self._next.setdefault(key, (call, []))[1].append(turn)
        return turn

    async def lead(self, key: Key, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of this call alone. The next one starts when it ends."""
        try:
            return await call()
        finally:
            self._start_next(key)

    def _start_next(self, key: Key) -> None:
        if key not in self._next:
            self._late_at.pop(key, None)
            return
        loop = asyncio.get_running_loop()
        self._late_at[key] = loop.time() + _PATIENCE_S
        call, turns = self._next.pop(key)
        # Called here and not in the task: callers of the next turn may come before the task runs.
        task = loop.create_task(self._serve(key, call(), turns), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, key: Key, call: Coroutine[Any, Any, T], turns: list[asyncio.Future[T]]) -> None:
        try:
            result = await call
        except Exception as error:  # noqa: BLE001  # it is raised by every caller
            for turn in turns:
                if not turn.done():
                    turn.set_exception(error)
        else:
            for turn in turns:
                if not turn.done():
                    turn.set_result(result)
        finally:
            # Only if the task was cancelled, with the loop: no caller is left waiting.
            for turn in turns:
                turn.cancel()
            self._start_next(key)
