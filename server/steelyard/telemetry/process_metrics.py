"""The metrics of every process, whether it serves requests or runs jobs."""

from collections.abc import Callable, Mapping

from steelyard.db.fair_pool import WAIT_BOUNDS_S, WaitTimes
from steelyard.telemetry.registry import Registry, add

_GAUGES = (
    ("open", "connections", "Connections to the database."),
    ("idle", "connections_idle", "Idle connections."),
    ("busy", "connections_busy", "Connections that are in use."),
    ("waiting", "waiting", "Requests and jobs that wait for a connection."),
)


class ProcessMetrics:
    """Version, connections to the database, and dropped spans. Values are read by `sample`; `dropped_spans` is passed with tracing."""

    def __init__(
        self,
        pool: Callable[[], Mapping[str, int]],
        waits: WaitTimes,
        versions: tuple[str, str],
        dropped_spans: Callable[[], int] | None = None,
    ) -> None:
        self._look_at_pool = pool
        self._waits = waits
        self._versions = versions
        self._look_at_spans = dropped_spans
        self._seen: Mapping[str, int] = {}
        self._counted_waits = [0] * len(waits.counts)
        self._counted_total_s = 0.0
        self._counted_spans = 0

    def open(self, registry: Registry) -> None:
        """Make the metrics."""
        versions = registry.gauge(
            "steelyard_build_info", "The versions of server and contract.", ("version", "contract"), together="livemax"
        )
        versions.labels(*self._versions).set(1)
        self._pool = {name: registry.gauge(f"steelyard_database_{unit}", about, together="livesum") for name, unit, about in _GAUGES}
        self._lost = registry.counter("steelyard_database_connections_lost", "Connections that broke.")
        self._wait_seconds = registry.histogram(
            "steelyard_pool_wait_seconds", "How long callers waited for a connection, if none was idle.", (), WAIT_BOUNDS_S
        )
        if self._look_at_spans is not None:
            self._spans = registry.counter("steelyard_trace_spans_dropped", "Spans that the collector did not get.")

    def sample(self) -> None:
        """Note what the connections to the database do now, and count what has been added since the last time."""
        seen, before = self._look_at_pool(), self._seen
        for name, gauge in self._pool.items():
            if seen[name] != before.get(name):
                gauge.set(seen[name])
        if lost := seen["lost"] - before.get("lost", 0):
            self._lost.inc(lost)
        self._seen = seen
        self._add_waits()
        if self._look_at_spans is not None and (dropped := self._look_at_spans() - self._counted_spans):
            self._spans.inc(dropped)
            self._counted_spans += dropped

    def _add_waits(self) -> None:
        if self._waits.counts == self._counted_waits:
            return
        counts, total_s = list(self._waits.counts), self._waits.total_s
        for bucket, count in enumerate(counts):
            add(self._wait_seconds, bucket, count - self._counted_waits[bucket], 0)
        add(self._wait_seconds, 0, 0, total_s - self._counted_total_s)
        self._counted_waits, self._counted_total_s = counts, total_s
