"""The end of the running call. Imported with the first request, as context variables are."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from math import inf
from time import monotonic

from .http import httpx

# And its clock.
deadline_of_call = ContextVar[tuple[float, Callable[[], float]]]("deadline_of_call", default=(inf, monotonic))


def before_deadline(timeout: float | None, passed: type[httpx.TimeoutException]) -> float | None:
    """The seconds that a wait may take. Each byte may be a new wait, so a short one would not end a response that drips."""
    until, clock = deadline_of_call.get()
    left = until - clock()
    if left <= 0:
        raise passed("the deadline has passed")
    return timeout if left == inf or (timeout is not None and timeout <= left) else left
