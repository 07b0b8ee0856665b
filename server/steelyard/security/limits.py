"""How often somebody may ask: GCRA, the leaky bucket as one number per key, counted in this process.

Exact by integer arithmetic: the time of a call is multiplied by the quota, so that a period divides by any quota without a rest.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from steelyard.settings import Settings

# Each key is a hundred bytes or so. The least recently seen gives way: its bucket has had the longest time to fill up.
REMEMBERED_KEYS = 100_000

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """So many calls in each period, at once or spread."""

    calls: int
    period_s: int

    def shared_by(self, processes: int) -> "Quota":
        """The part of one of several processes, at least one call."""
        return Quota(max(1, self.calls // processes), self.period_s)


class Verdict(NamedTuple):
    """Whether the call may go ahead, and what the caller is told about the next ones."""

    allowed: bool
    left: int
    reset_s: int
    retry_after_s: int


class Limiter:
    """Takes calls of a rate class and a key; a class without a quota of its own has the default's, counted apart."""

    def __init__(self, quotas: Mapping[str, Quota], *, processes: int = 1) -> None:
        self._quotas = dict(quotas)
        self._shares = {name: quota.shared_by(processes) for name, quota in quotas.items()}
        # (class, key) -> when the bucket will be empty again, in nanoseconds times the quota.
        self._empty_at: OrderedDict[tuple[str, str], int] = OrderedDict()

    def quota_of(self, rate_class: str) -> Quota:
        """What the class allows, all processes together."""
        return self._quotas.get(rate_class, self._quotas["default"])

    def take(self, rate_class: str, key: str, now_s: float) -> Verdict:
        """One call, counted if it is allowed."""
        quota = self._shares.get(rate_class) or self._shares["default"]
        now = int(now_s * _NANOSECONDS) * quota.calls
        one = quota.period_s * _NANOSECONDS
        full = one * quota.calls
        place = (rate_class, key)

        empty_at = max(self._empty_at.get(place, now), now)
        allowed = empty_at + one - now <= full
        if allowed:
            empty_at += one
            self._empty_at[place] = empty_at
            self._empty_at.move_to_end(place)
            if len(self._empty_at) > REMEMBERED_KEYS:
                self._empty_at.popitem(last=False)
        level = empty_at - now
        per_second = _NANOSECONDS * quota.calls
        retry_after_s = 0 if allowed else max(1, -(-(level + one - full) // per_second))
        return Verdict(allowed, (full - level) // one, -(-level // per_second), retry_after_s)


def quotas_of(settings: Settings) -> dict[str, Quota]:
    """The rate classes of the contract. `login` has the default's: what it limits are failures, counted in the database."""
    return {
        "default": Quota(settings.rate_default_per_minute, 60),
        "register": Quota(settings.rate_register_per_minute, 60),
        "quote": Quota(settings.rate_quote_per_minute, 60),
        "pay": Quota(settings.rate_pay_per_minute, 60),
        "import": Quota(settings.rate_import_per_minute, 60),
        "mail": Quota(settings.rate_mail_per_hour, 3600),
    }
