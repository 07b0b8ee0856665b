"""The metrics for Prometheus. Processes of one server report the counts of all of them.

No caller can add a line: labels are names of the contract and statuses, and whatever is no operation has one name together.
"""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from steelyard.contract.observer import RequestRecord
from steelyard.contract.response.validator import Mismatch
from steelyard_contract.operations import Operation

# Where prometheus_client looks, once, when it is imported; `steelyard serve` sets it for several workers.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Web pages and unknown paths, whose number callers could choose.
OTHER = "other"
# Each five times the one before, up to the time at which an operation is given up. Every one is a line for each operation.
SECONDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)


class Metrics:
    """Counts as long as it is open.

    `pool` returns the state of the database's connections; `cache` whether the store of shared limits responds, if there is one.
    """

    def __init__(
        self, operations: Mapping[str, Operation], pool: Callable[[], Mapping[str, int]], cache: Callable[[], bool] | None = None
    ) -> None:
        self._operations = operations
        self._look_at_pool = pool
        self._look_at_cache = cache
        self._seen: Mapping[str, int] = {}

    def open(self) -> None:
        """From here on there is something to count into: in memory, or in files that the other processes read."""
        self._folder = os.environ.get(METRICS_FOLDER)
        self._registry = CollectorRegistry()
        # The process that responds reads the files of all processes.
        registry = self._registry if self._folder is None else None
        # The creation time of each counter would add a line that no query needs.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs
        self._requests = Counter("steelyard_requests", "Finished requests.", ("operation", "status"), registry=registry)
        self._seconds = Histogram(
            "steelyard_request_duration_seconds",
            "Time from the head of a request to the head of its response.",
            ("operation",),
            buckets=SECONDS,
            registry=registry,
        )
        self._deprecated = Counter("steelyard_deprecated_calls", "Calls of an operation that will go.", ("operation",), registry=registry)
        self._mismatches = Counter(
            "steelyard_contract_drifts",
            "Mismatches between validated responses and the contract.",
            ("operation", "keyword"),
            registry=registry,
        )
        self._faults = Counter("steelyard_faults", "Unexpected exceptions.", ("operation",), registry=registry)
        self._pool = {
            name: Gauge(f"steelyard_database_{unit}", about, multiprocess_mode="livesum", registry=registry)
            for name, unit, about in (
                ("open", "connections", "Connections to the database."),
                ("idle", "connections_idle", "Idle connections."),
                ("busy", "connections_busy", "Connections that are in use."),
                ("waiting", "waiting", "Requests that wait for a connection."),
            )
        }
        self._lost = Counter("steelyard_database_connections_lost", "Connections that broke.", registry=registry)
        if self._look_at_cache is not None:
            about = "Whether every process reaches the store of shared limits."
            self._cache = Gauge("steelyard_cache_up", about, multiprocess_mode="livemin", registry=registry)
        if self._folder is not None:
            MultiProcessCollector(self._registry, path=self._folder)  # type: ignore[no-untyped-call]  # theirs
            _remove_dead(Path(self._folder))
        # Prometheus sees no increase in a series that begins with 1. An operation without calls must be a 0, not missing.
        for operation_id in (*self._operations, OTHER):
            self._faults.labels(operation_id)
        for operation_id, operation in self._operations.items():
            if operation.deprecation is not None:
                self._deprecated.labels(operation_id)
        self.sample()

    def close(self) -> None:
        """What this process has counted stays counted; the connections that it had are gone."""
        if self._folder is not None:
            mark_process_dead(os.getpid(), self._folder)  # type: ignore[no-untyped-call]  # theirs

    def count_requests(self, traces: Iterable[RequestRecord]) -> None:
        """Count finished exchanges. Many at once cost a tenth of what they would cost one by one."""
        together: dict[tuple[str | None, int, int], list[float]] = {}
        for trace in traces:
            key = (trace.operation_id, trace.status, bisect_left(SECONDS, trace.took_s))
            counted = together.get(key)
            if counted is None:
                together[key] = [1, trace.took_s]
            else:
                counted[0] += 1
                counted[1] += trace.took_s
        for (operation_id, status, bucket), (count, took_s) in together.items():
            operation = operation_id or OTHER
            self._requests.labels(operation, status).inc(count)
            # Nothing was sent: the caller had gone before.
            if status:
                seconds = self._seconds.labels(operation)
                # `observe` takes one value at a time; the same, for many in one bucket.
                seconds._sum.inc(took_s)  # noqa: SLF001
                seconds._buckets[bucket].inc(count)  # noqa: SLF001

    def count_error(self, operation_id: str | None) -> None:
        self._faults.labels(operation_id or OTHER).inc()

    def count_mismatches(self, mismatches: Iterable[Mismatch]) -> None:
        for mismatch in mismatches:
            self._mismatches.labels(mismatch.operation_id, mismatch.keyword).inc()

    def count_deprecated_calls(self, operation_id: str | None, count: int) -> None:
        self._deprecated.labels(operation_id or OTHER).inc(count)

    def sample(self) -> None:
        """Note what the connections to the database do now, and whether the store of shared limits decides."""
        if self._look_at_cache is not None:
            self._cache.set(self._look_at_cache())
        seen, before = self._look_at_pool(), self._seen
        for name, gauge in self._pool.items():
            if seen[name] != before.get(name):
                gauge.set(seen[name])
        if lost := seen["lost"] - before.get("lost", 0):
            self._lost.inc(lost)
        self._seen = seen

    def render(self) -> bytes:
        """Everything, in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


def _remove_dead(folder: Path) -> None:
    """A killed process cannot remove its gauges; the process that replaces it does."""
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # theirs
