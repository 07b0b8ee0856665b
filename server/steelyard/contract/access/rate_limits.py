"""Counts the requests of an operation, and writes the header fields that state what is left."""

from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from steelyard.contract.http.forwarded import client_network
from steelyard.contract.http.responses import Header
from steelyard.rate_limits.memory import Decision, Quota
from steelyard_contract.policy import LIMITED_BY_ADDRESS


class RateLimiter(Protocol):
    """Counts requests by rate class and key."""

    def take(self, rate_class: str, key: str, now_s: float) -> Decision:
        """Whether a request passes; it is counted if it does."""

    def quota_of(self, rate_class: str) -> Quota:
        """The quota of the class."""


class SharedRateLimiter(Protocol):
    """Counts the requests of some rate classes for several machines together."""

    @property
    def classes(self) -> frozenset[str]:
        """The classes that it counts."""

    async def take(self, rate_class: str, key: str) -> Decision:
        """Whether a request passes; it is counted if it does."""


class RateLimits:
    """Counts requests by credential, user or network, and writes the header fields of the contract."""

    def __init__(
        self, limiter: RateLimiter, stopwatch: Callable[[], float], *, are_on: bool, shared: SharedRateLimiter | None = None
    ) -> None:
        self.are_on = are_on
        self._limiter = limiter
        self._shared = shared
        self._stopwatch = stopwatch
        self._policies: dict[str, Header] = {}
        # Those of `take`.
        self.decisions: defaultdict[tuple[str, str, bool], int] = defaultdict(int)

    def take(self, rate_class: str, holder_id: int | None, address: str) -> Decision:
        """Whether a request passes. The holder is a credential, or the user for some classes; without one the client's network counts."""
        by_address = holder_id is None or rate_class in LIMITED_BY_ADDRESS
        key = f"@{client_network(address)}" if by_address else f"#{holder_id}"
        decision = self._limiter.take(rate_class, key, self._stopwatch())
        self.decisions[rate_class, "local", decision.allowed] += 1
        return decision

    def are_shared(self, rate_class: str) -> bool:
        """Whether `take_shared` decides about this class."""
        return self._shared is not None and rate_class in self._shared.classes

    async def take_shared(self, rate_class: str, holder_id: int | None, address: str) -> Decision:
        """Like `take`, for a class that several machines count together. Only such a class pays for a coroutine."""
        assert self._shared is not None
        by_address = holder_id is None or rate_class in LIMITED_BY_ADDRESS
        return await self._shared.take(rate_class, f"@{client_network(address)}" if by_address else f"#{holder_id}")

    def headers(self, rate_class: str, decision: Decision) -> list[Header]:
        """`RateLimit-Policy` and `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers)."""
        policy = self._policies.get(rate_class)
        if policy is None:
            quota = self._limiter.quota_of(rate_class)
            policy = self._policies[rate_class] = (b"ratelimit-policy", f'"{rate_class}";q={quota.calls};w={quota.period_s}'.encode())
        return [policy, (b"ratelimit", f'"{rate_class}";r={decision.left};t={decision.reset_s}'.encode())]
