"""The steps that the generators without I/O yield to their drivers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Protocol, TypeAlias, TypeVar

from .http import httpx

R = TypeVar("R")


class Lock(Protocol):
    """A threading or an anyio lock: the driver acquires it, and the generator releases it."""

    def release(self) -> None: ...


class Acquire:
    """Acquire a lock, or fail at the deadline."""

    __slots__ = ("lock", "until")

    def __init__(self, lock: Lock, until: float) -> None:
        self.lock, self.until = lock, until


class Send:
    """Send a request; the driver returns its response, with the body unless `stream` is true."""

    __slots__ = ("foreign", "limit", "request", "stream", "until")

    def __init__(
        self, request: httpx.Request, until: float, limit: int, foreign: httpx.Auth | None = None, *, stream: bool = False
    ) -> None:
        self.request, self.until, self.limit, self.foreign, self.stream = request, until, limit, foreign, stream


Step: TypeAlias = "Send | Acquire | float"
"""A float: the seconds to wait."""
Steps: TypeAlias = Generator[Step, Any, R]
