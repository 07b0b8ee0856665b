"""Time and randomness that are the same in every run, for `create_app` in tests."""

import random
from datetime import UTC, datetime, timedelta

from steelyard.sources import Sources


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def stopwatch(self) -> float:
        return self.now.timestamp()

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def repeatable(clock: Clock, seed: int = 42) -> Sources:
    """Sources from this clock and a seeded generator: each run has the same ids and tokens."""
    return Sources(clock=clock, random_bytes=random.Random(seed).randbytes, stopwatch=clock.stopwatch)
