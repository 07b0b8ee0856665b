"""The metrics of requests. Processes of one server report the counts of all of them.

No caller can add a line: labels are names of the contract and statuses, and whatever is no operation has one name together.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping

from steelyard.contract.observer import RequestRecord
from steelyard.contract.response.validator import Mismatch
from steelyard.rate_limits.memory import Decisions
from steelyard.telemetry.process_metrics import ProcessMetrics
from steelyard.telemetry.registry import Registry, add
from steelyard_contract.operations import Operation

# Web pages and unknown paths, whose number callers could choose.
OTHER = "other"
# Each five times the one before, up to the time at which an operation is given up. Every one is a line for each operation.
SECONDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)


class Metrics:
    """Counts as long as it is open.

    `decisions` returns the decisions of rate limits so far; `cache` whether the store of shared limits responds, if there is one; `logins`
    the logins with third parties so far, by provider and result; `streams` the number of open streams.
    """

    def __init__(
        self,
        registry: Registry,
        process: ProcessMetrics,
        operations: Mapping[str, Operation],
        decisions: Callable[[], Decisions],
        cache: Callable[[], bool] | None = None,
        logins: Callable[[], Mapping[tuple[str, str], int]] = dict,
        streams: Callable[[], int] = int,
    ) -> None:
        self.registry = registry
        self._process = process
        self._operations = operations
        self._look_at_decisions = decisions
        self._look_at_cache = cache
        self._look_at_logins = logins
        self._look_at_streams = streams
        self._counted_decisions: Decisions = {}
        self._counted_logins: Mapping[tuple[str, str], int] = {}

    def open(self) -> None:
        """From here on there is something to count into: in memory, or in files that the other processes read."""
        registry = self.registry
        registry.open()
        self._process.open(registry)
        self._requests = registry.counter("steelyard_requests", "Finished requests.", ("operation", "status"))
        self._seconds = registry.histogram(
            "steelyard_request_duration_seconds",
            "Time from the head of a request to the head of its response.",
            ("operation",),
            SECONDS,
        )
        self._deprecated = registry.counter("steelyard_deprecated_calls", "Calls of an operation that will go.", ("operation",))
        self._mismatches = registry.counter(
            "steelyard_contract_drifts", "Mismatches between validated responses and the contract.", ("operation", "keyword")
        )
        self._faults = registry.counter("steelyard_faults", "Unexpected exceptions.", ("operation",))
        self._replays = registry.counter("steelyard_idempotency_replays", "Responses sent again for their key.", ("operation",))
        self._decisions = registry.counter(
            "steelyard_limit_decisions", "Decisions of rate limits: where they were made, and their result.", ("class", "where", "result")
        )
        self._logins = registry.counter("steelyard_logins", "Logins with third parties, by their result.", ("provider", "result"))
        self._streams = registry.gauge("steelyard_streams_open", "Streams that are being sent.", together="livesum")
        if self._look_at_cache is not None:
            about = "Whether every process reaches the store of shared limits."
            self._cache = registry.gauge("steelyard_cache_up", about, together="livemin")
        for provider, result in self._look_at_logins():
            self._logins.labels(provider, result)
        # Prometheus sees no increase in a series that begins with 1. An operation without calls must be a 0, not missing.
        for operation_id in (*self._operations, OTHER):
            self._faults.labels(operation_id)
        for operation_id, operation in self._operations.items():
            if operation.deprecation is not None:
                self._deprecated.labels(operation_id)
        self.sample()

    def close(self) -> None:
        """What this process has counted stays counted; the connections that it had are gone."""
        self.registry.close()

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
                add(self._seconds.labels(operation), bucket, count, took_s)

    def count_error(self, operation_id: str | None) -> None:
        self._faults.labels(operation_id or OTHER).inc()

    def count_mismatches(self, mismatches: Iterable[Mismatch]) -> None:
        for mismatch in mismatches:
            self._mismatches.labels(mismatch.operation_id, mismatch.keyword).inc()

    def count_replay(self, operation_id: str) -> None:
        self._replays.labels(operation_id).inc()

    def count_deprecated_calls(self, operation_id: str | None, count: int) -> None:
        self._deprecated.labels(operation_id or OTHER).inc(count)

    def sample(self) -> None:
        """Note the state of the process, decisions and logins since the last time, and whether the store of shared limits decides."""
        self._process.sample()
        self._streams.set(self._look_at_streams())
        if self._look_at_cache is not None:
            self._cache.set(self._look_at_cache())
        decisions, before = dict(self._look_at_decisions()), self._counted_decisions
        for (rate_class, where, is_allowed), count in decisions.items():
            if more := count - before.get((rate_class, where, is_allowed), 0):
                self._decisions.labels(rate_class, where, "passed" if is_allowed else "limited").inc(more)
        self._counted_decisions = decisions
        logins, logins_before = dict(self._look_at_logins()), self._counted_logins
        for (provider, result), count in logins.items():
            if more := count - logins_before.get((provider, result), 0):
                self._logins.labels(provider, result).inc(more)
        self._counted_logins = logins
