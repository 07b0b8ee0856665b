"""Whether the server can serve requests."""

import asyncio
from collections.abc import Callable

from steelyard.contract.response.encoder import encode
from steelyard.db.errors import DatabaseError
from steelyard.db.transaction import ReadOnly
from steelyard.jobs import outbox
from steelyard.rate_limits.shared import SharedLimiter
from steelyard_contract import models as m
from steelyard_contract import responses as r
from steelyard_contract.problems import NotReady

# Every balancer sends probes, often in bursts. One result serves all of them for this long.
_RESULT_LASTS_S = 1.0
# By then there is a newer result.
_RETRY_AFTER_S = 1
# Longer than a healthy database takes, and short enough to notice a frozen one within two seconds.
_PATIENCE_S = 0.9

_DOWN = m.ComponentHealth.model_construct(status=m.ComponentStatus.down, latency_ms=None)


class HealthCheck:
    """The state of this process and its components, checked at most once a second."""

    def __init__(
        self, version: str, stopwatch: Callable[[], float], takes_writes: Callable[[], bool], shared_limiter: SharedLimiter | None
    ) -> None:
        self._version = version
        self._stopwatch = stopwatch
        self._takes_writes = takes_writes
        self._shared_limiter = shared_limiter
        self._draining = False
        self._components: m.HealthComponents | None = None
        self._health: r.Encoded[m.Health]
        self._stale_at = 0.0

    def drain(self) -> None:
        """Report not ready from now on, so that balancers stop sending requests before the process stops."""
        self._draining = True

    async def run(self, db: ReadOnly) -> r.Encoded[m.Health]:
        """Return the state of each component; raise NotReady while the server should get no requests."""
        now = self._stopwatch()
        if self._components is None or now >= self._stale_at:
            # Calls during the check get the previous result.
            self._stale_at = now + _RESULT_LASTS_S
            components = await self._examine(db)
            self._health = encode(m.Health.model_construct(status=_overall(components), version=self._version, components=components))
            self._components = components
        if self._draining or self._components.database.status is m.ComponentStatus.down:
            raise NotReady(components=self._components, retry_after=_RETRY_AFTER_S)
        return self._health

    async def _examine(self, db: ReadOnly) -> m.HealthComponents:
        began = self._stopwatch()
        database = jobs = _DOWN
        try:
            async with asyncio.timeout(_PATIENCE_S):
                backlog = await outbox.get_backlog(db)
            took = round((self._stopwatch() - began) * 1000)
            state = m.ComponentStatus.ok if self._takes_writes() else m.ComponentStatus.degraded
            database = m.ComponentHealth.model_construct(status=state, latency_ms=took)
            state = m.ComponentStatus.degraded if backlog.is_degraded else m.ComponentStatus.ok
            jobs = m.ComponentHealth.model_construct(status=state, latency_ms=None)
        except (DatabaseError, TimeoutError):
            pass  # a component without a result is reported as down
        return m.HealthComponents.model_construct(database=database, jobs=jobs, cache=self._cache())

    def _cache(self) -> m.ComponentHealth | None:
        limiter = self._shared_limiter
        if limiter is None:
            return None
        # Without the store, each machine still counts by itself: nothing is down.
        state = m.ComponentStatus.ok if limiter.is_up else m.ComponentStatus.degraded
        return m.ComponentHealth.model_construct(status=state, latency_ms=limiter.latency_ms)


def _overall(components: m.HealthComponents) -> m.HealthStatus:
    """`degraded` if any component is."""
    each = (components.database, components.jobs, components.cache)
    is_ok = all(component is None or component.status is m.ComponentStatus.ok for component in each)
    return m.HealthStatus.ok if is_ok else m.HealthStatus.degraded
