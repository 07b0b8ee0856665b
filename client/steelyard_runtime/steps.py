"""What the sans-I/O generators ask of whoever moves their bytes."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Protocol, TypeAlias, TypeVar

from .http import httpx

R = TypeVar("R")


class Lock(Protocol):
    """A threading or an anyio lock: the driver acquires it in its own colour, whoever asked releases it."""

    def release(self) -> None: ...


class Acquire:
    """Take a lock, or fail when the deadline comes first."""

    __slots__ = ("lock", "until")

    def __init__(self, lock: Lock, until: float) -> None:
        self.lock, self.until = lock, until


class Send:
    """Send a request; what comes back is its answer, read as far as `stream` says."""

    __slots__ = ("foreign", "limit", "request", "stream", "until")

    def __init__(
        self, request: httpx.Request, until: float, limit: int, foreign: httpx.Auth | None = None, *, stream: bool = False
    ) -> None:
        self.request, self.until, self.limit, self.foreign, self.stream = request, until, limit, foreign, stream


Step: TypeAlias = "Send | Acquire | float"
"""A float: wait so many seconds."""
Steps: TypeAlias = Generator[Step, Any, R]
