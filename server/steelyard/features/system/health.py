"""Whether the server is fit to serve."""

import asyncio
from collections.abc import Callable

from steelyard.contract.response.encoder import encode
from steelyard.db.errors import DatabaseError
from steelyard.db.transaction import ReadOnly
from steelyard.jobs import outbox
from steelyard_contract import models as m
from steelyard_contract import responses as r
from steelyard_contract.problems import NotReady

# Probes come from every balancer and in bursts: a finding serves all of them for this long.
_FINDING_LASTS_S = 1.0
# By then there is a newer finding.
_RETRY_AFTER_S = 1
# Longer than a healthy database ever takes, and short enough for a frozen one to be noticed within two seconds.
_PATIENCE_S = 0.9

_DOWN = m.ComponentHealth.model_construct(status=m.ComponentStatus.down, latency_ms=None)


class HealthCheck:
    """The state of this process and of what it needs, looked at no more than once a second."""

    def __init__(self, version: str, stopwatch: Callable[[], float], takes_writes: Callable[[], bool]) -> None:
        self._version = version
        self._stopwatch = stopwatch
        self._takes_writes = takes_writes
        self._draining = False
        self._found: m.HealthComponents | None = None
        self._health: r.Encoded[m.Health]
        self._stale_at = 0.0

    def drain(self) -> None:
        """From now on be not ready, so that balancers turn away before the process stops."""
        self._draining = True

    async def run(self, db: ReadOnly) -> r.Encoded[m.Health]:
        """The state of each part; NotReady when the server should get no requests."""
        now = self._stopwatch()
        if self._found is None or now >= self._stale_at:
            # Whoever comes while the database is being asked gets the finding before this one.
            self._stale_at = now + _FINDING_LASTS_S
            found = await self._examine(db)
            self._health = encode(m.Health.model_construct(status=_overall(found), version=self._version, components=found))
            self._found = found
        if self._draining or self._found.database.status is m.ComponentStatus.down:
            raise NotReady(components=self._found, retry_after=_RETRY_AFTER_S)
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
            pass  # what could not be asked is down, which is what the answer says
        return m.HealthComponents.model_construct(database=database, jobs=jobs, cache=None)


def _overall(found: m.HealthComponents) -> m.HealthStatus:
    """`degraded` when any part is."""
    fine = found.database.status is m.ComponentStatus.ok and found.jobs.status is m.ComponentStatus.ok
    return m.HealthStatus.ok if fine else m.HealthStatus.degraded
