"""Rate limits as an operation needs them: one call taken, and the header fields that tell what is left."""

from collections.abc import Callable
from typing import Protocol

from steelyard.contract.http.forwarded import client_network
from steelyard.contract.http.responses import Header
from steelyard_contract.policy import LIMITED_BY_ADDRESS


class Verdict(Protocol):
    """What became of one call."""

    @property
    def allowed(self) -> bool:
        """Whether it may go ahead."""

    @property
    def left(self) -> int:
        """Calls that may follow at once."""

    @property
    def reset_s(self) -> int:
        """Seconds until the whole quota is back."""

    @property
    def retry_after_s(self) -> int:
        """Seconds until one call may go ahead again; 0 when allowed."""


class Quota(Protocol):
    """So many calls in each period."""

    @property
    def calls(self) -> int:
        """Calls in one period."""

    @property
    def period_s(self) -> int:
        """The period's length."""


class RateLimiter(Protocol):
    """Counts calls by class and key."""

    def take(self, rate_class: str, key: str, now_s: float) -> Verdict:
        """One call, counted if it is allowed."""

    def quota_of(self, rate_class: str) -> Quota:
        """What the class allows."""


class RateLimits:
    """Takes calls from a limiter, by credential or by address, and words the header fields of the contract."""

    def __init__(self, limiter: RateLimiter, stopwatch: Callable[[], float], *, are_on: bool) -> None:
        self.are_on = are_on
        self._limiter = limiter
        self._stopwatch = stopwatch
        self._policies: dict[str, Header] = {}

    def take(self, rate_class: str, credential_id: int | None, address: str) -> Verdict:
        """One call of a class. The client's network counts for every request without a genuine credential."""
        by_address = credential_id is None or rate_class in LIMITED_BY_ADDRESS
        key = f"@{client_network(address)}" if by_address else f"#{credential_id}"
        return self._limiter.take(rate_class, key, self._stopwatch())

    def headers(self, rate_class: str, decision: Verdict) -> list[Header]:
        """`RateLimit-Policy` and `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers)."""
        policy = self._policies.get(rate_class)
        if policy is None:
            quota = self._limiter.quota_of(rate_class)
            policy = self._policies[rate_class] = (b"ratelimit-policy", f'"{rate_class}";q={quota.calls};w={quota.period_s}'.encode())
        return [policy, (b"ratelimit", f'"{rate_class}";r={decision.left};t={decision.reset_s}'.encode())]
