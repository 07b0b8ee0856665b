"""The end of the running call. Imported with the first request, because a program that sends none does not need context variables."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from math import inf
from time import monotonic

from .http import httpx

# And the clock that it is measured by.
deadline_of_call = ContextVar[tuple[float, Callable[[], float]]]("deadline_of_call", default=(inf, monotonic))


def before_deadline(timeout: float | None, *, reads: bool = False) -> float | None:
    """The seconds that a wait may take."""
    until, clock = deadline_of_call.get()
    left = until - clock()
    if left < 0 and reads:
        # Each byte is a new read, so a short timeout would not end a response that drips.
        raise httpx.ReadTimeout("the deadline passed while the response arrived")
    return timeout if left == inf or (timeout is not None and timeout <= left) else max(left, 0.001)
