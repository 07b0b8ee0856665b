"""Where time and randomness come from; the only place that asks the machine for either."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Sources:
    """What `create_app` is given so that a test can repeat a run: both may be replaced by seeded ones."""

    clock: Callable[[], datetime] = wall_clock
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    # Never set back by an administrator, so that durations cannot be negative.
    stopwatch: Callable[[], float] = time.monotonic
