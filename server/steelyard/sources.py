"""The sources of time and randomness."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Sources:
    """Time and randomness of an application. A test passes its own to repeat a run."""

    clock: Callable[[], datetime] = wall_clock
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    # Monotonic, so that durations cannot be negative.
    stopwatch: Callable[[], float] = time.monotonic
