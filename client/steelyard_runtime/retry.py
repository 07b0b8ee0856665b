"""When to try again, decided without any I/O."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from random import uniform
from time import time
from typing import Any, Final

from .forks import renew_after_fork
from .http import httpx
from .model import Record

NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""No part of the request has left this machine."""
NEVER: Final = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.ProxyError)
"""A retry would fail in the same way."""
TRANSIENT: Final = frozenset({408, 500, 502, 503, 504})
# Retry-After is rounded up to whole seconds, so a limit per minute can require 61.
ROUNDING_S: Final = 1.0


class Budget:
    """Limits retries to a share of the traffic, so that they do not overload a failing server."""

    __slots__ = ("__weakref__", "_lock", "_tokens", "capacity", "refill")

    def __init__(self, capacity: float = 10.0, refill: float = 0.1) -> None:
        self.capacity, self.refill = capacity, refill
        self._tokens = capacity
        self._lock = threading.Lock()
        renew_after_fork(self)

    def _after_fork(self) -> None:
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Pay for one retry; False if the budget is spent."""
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def credit(self) -> None:
        """A success earns a tenth of a retry."""
        if self._tokens < self.capacity:
            with self._lock:
                self._tokens = min(self.capacity, self._tokens + self.refill)


class Retries(Record):
    """How often and how soon a call is sent again."""

    __slots__ = ("attempts", "base", "cap", "max_retry_after", "random")

    def __init__(
        self,
        attempts: int = 3,
        *,
        base: float = 0.25,
        cap: float = 8.0,
        max_retry_after: float = 60.0,
        random: Callable[[float, float], float] = uniform,
    ) -> None:
        if not _is_number(attempts, int):
            raise TypeError(f"attempts must be a whole number, such as Retries(attempts=3); given: {attempts!r}")
        for name, value in (("base", base), ("cap", cap), ("max_retry_after", max_retry_after)):
            if not _is_number(value, int | float):
                raise TypeError(f"{name} must be seconds, such as Retries({name}=2.0); given: {value!r}")
            if not value >= 0:
                raise ValueError(f"{name} must be seconds, 0 or more; given: {value!r}")
        if attempts < 1:
            raise ValueError(f"attempts counts the first send, too: 1 or more; given: {attempts}")
        self.attempts: Final = attempts
        self.base: Final = base
        """Seconds; the longest wait before the first retry, doubled for each further one."""
        self.cap: Final = cap
        """Seconds; the longest wait before a retry, unless the server requires a longer one."""
        self.max_retry_after: Final = max_retry_after
        """Seconds; a longer Retry-After prevents the retry. One second above it counts as rounding."""
        self.random: Final = random

    def after_error(self, error: httpx.TransportError, attempt: int, *, repeatable: bool) -> float | None:
        """Seconds to wait after a transport error; None: raise."""
        if attempt >= self.attempts or isinstance(error, NEVER):
            return None
        return self.pause(attempt) if repeatable or isinstance(error, NOT_SENT) else None

    def after_answer(self, response: httpx.Response, attempt: int, *, repeatable: bool, in_progress: bool = False) -> float | None:
        """Seconds to wait after an error response; None: raise."""
        status = response.status_code
        transient = status == 429 or in_progress or (repeatable and status in TRANSIENT)
        if attempt >= self.attempts or not transient:
            return None
        requested = retry_after(response.headers.get("retry-after"))
        if requested is None:
            return self.pause(attempt)
        # Later by a random pause, because all callers over a limit get the same date.
        return requested + self.pause(attempt) if requested <= self.max_retry_after + ROUNDING_S else None

    def pause(self, attempt: int) -> float:
        """A random time below a bound that doubles, so that callers that failed together do not retry together."""
        return self.random(0.0, min(self.cap, self.base * 2.0 ** (attempt - 1)))


def _is_number(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def retry_after(value: str | None) -> float | None:
    """The seconds of a Retry-After header, which has seconds or a date."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
            # RFC 9110 (5.6.7): a date of HTTP is in GMT. Python reads one without a zone as local time.
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - time()
        except (LookupError, TypeError, ValueError, ArithmeticError):
            return None
    # NaN counts as missing.
    return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124
