"""Rate limits: how many calls a key may make within a sliding window, for all processes of this machine together.

A window of a class is counted in a hundred slices. A call counts until its slice is a whole window old, so no window of the announced
length ever holds more than the quota, and a call is given back at most one hundredth of the window late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from steelyard.rate_limits.counts import SLICES, Counts

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """So many calls in any period of this length, at once or spread."""

    calls: int
    period_s: int


class Decision(NamedTuple):
    """Whether a request passes, and what its response states about the next ones."""

    allowed: bool
    left: int
    reset_s: int
    retry_after_s: int


# How many decisions there were: by class, where they were made (`shared` or `local`), and whether the request passed.
Decisions = Mapping[tuple[str, str, bool], int]


class MemoryLimiter:
    """Counts requests by rate class and key. A class without a quota has the default quota, and is counted separately."""

    def __init__(self, quotas: Mapping[str, Quota], counts: Counts) -> None:
        self._quotas = dict(quotas)
        self._counts = counts

    def open(self) -> None:
        """From now on the processes that share a file count together."""
        self._counts.open()

    def close(self) -> None:
        """The other processes keep the counts."""
        self._counts.close()

    def quota_of(self, rate_class: str) -> Quota:
        return self._quotas.get(rate_class, self._quotas["default"])

    def take(self, rate_class: str, key: str, now_s: float) -> Decision:
        """Whether a request passes; it is counted if it does."""
        quota = self._quotas.get(rate_class) or self._quotas["default"]
        slice_ns = quota.period_s * _NANOSECONDS // SLICES
        now_ns = int(now_s * _NANOSECONDS)
        left, newest, oldest = self._counts.take(f"{rate_class} {key}", quota.calls, slice_ns, now_ns)
        reset_s = -(-((newest + SLICES + 1) * slice_ns - now_ns) // _NANOSECONDS)
        if left >= 0:
            return Decision(allowed=True, left=left, reset_s=reset_s, retry_after_s=0)
        retry_after_s = -(-((oldest + SLICES + 1) * slice_ns - now_ns) // _NANOSECONDS)
        return Decision(allowed=False, left=0, reset_s=reset_s, retry_after_s=max(1, retry_after_s))
