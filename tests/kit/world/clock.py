"""Time and randomness that repeat themselves: what `create_app` is given in tests."""

import random

from steelyard.sources import Sources
from tests.kit.world.people import Clock


def repeatable(clock: Clock, seed: int = 42) -> Sources:
    """Sources by a clock that only the test moves and by a seeded generator: the same run gives the same ids and tokens."""
    return Sources(clock=clock, random_bytes=random.Random(seed).randbytes, stopwatch=clock.stopwatch)
