"""The log of exchanges: one line for every response, written and counted in the background, and each fault once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog
from pydantic_core import to_json

from steelyard.contract.observer import ContractViolation, RequestRecord
from steelyard.contract.response.validator import Mismatch
from steelyard.telemetry.logs import Write, stdout, timestamp
from steelyard_contract.operations import OPERATIONS

if TYPE_CHECKING:
    from steelyard.telemetry.metrics import Metrics

# Lines that wait for the writer; beyond it they are counted instead of kept, so that a stuck reader cannot eat the memory.
MAX_WAITING = 50_000
# An access line may reach its reader this much later; it is what makes a request cheap.
WRITE_INTERVAL_S = 0.2
# So many requests are counted and formatted at a time: enough to share what that costs, and no other request waits longer than 0.2 ms.
TOGETHER = 64
# Deprecated calls and mismatches are logged as counts, at this interval.
COUNTS_INTERVAL = timedelta(minutes=1)
# Beyond so many they are counted together.
MAX_CALLERS = 10_000
# An origin is whatever a caller sends: the log is not theirs to fill.
MAX_ORIGINS = 100

log = structlog.get_logger()


class AccessLog:
    """The edge's journal. A finished exchange is appended to a list, which is formatted a part at a time; `run` writes all of it.

    Only the write has a thread. A thread that formats thousands of lines holds the interpreter, and every request waits for it.
    """

    def __init__(self, clock: Callable[[], datetime], write: Write | None = stdout) -> None:
        self._clock = clock
        self._write = write
        self._metrics: Metrics | None = None
        self._is_kept = write is not None
        self._finished: list[tuple[str, RequestRecord]] = []
        self._parts: list[bytes] = []
        self._waiting = 0
        self._lost = 0
        self._calls: Counter[tuple[str | None, int | None]] = Counter()
        self._callers: Counter[tuple[str | None, int | None]] = Counter()
        self._mismatches: Counter[Mismatch] = Counter()
        self._rejected_origins: set[bytes] = set()
        self._counts_logged_at = clock()

    def use_metrics(self, metrics: "Metrics") -> None:
        """From here on everything is counted there, too, whether it leaves a line or not."""
        self._metrics = metrics
        self._is_kept = True

    def request_finished(self, method: str, trace: RequestRecord) -> None:
        """Remember a finished exchange, unless there are neither access lines nor metrics."""
        if not self._is_kept:
            return
        self._finished.append((method, trace))
        if len(self._finished) >= TOGETHER:
            self._format()

    def unhandled_error(self, error: BaseException, trace: RequestRecord) -> None:
        """An unexpected exception: class and place, not its text. Only mismatches with the contract contain no values."""
        reason = str(error) if isinstance(error, ContractViolation) else None
        operation_id = trace.operation_id
        log.error("fault", exc_info=error, reason=reason, request_id=trace.request_id, operation=operation_id, path=_path(operation_id))
        if self._metrics is not None:
            self._metrics.count_error(trace.operation_id)

    def mismatches_found(self, mismatches: Sequence[Mismatch], trace: RequestRecord) -> None:
        """Log each kind of mismatch once, with the id of a request; then count it."""
        for mismatch in mismatches:
            if mismatch not in self._mismatches:
                log.error(
                    "contract_drift",
                    operation=mismatch.operation_id,
                    status=mismatch.status,
                    pointer=mismatch.where,
                    keyword=mismatch.keyword,
                    request_id=trace.request_id,
                )
            self._mismatches[mismatch] += 1
        if self._metrics is not None:
            self._metrics.count_mismatches(mismatches)

    def rejected_origin(self, origin: bytes) -> None:
        """One line for each origin, the first time: its developer sees a browser's error that does not say what to do."""
        if origin in self._rejected_origins or len(self._rejected_origins) >= MAX_ORIGINS:
            return
        self._rejected_origins.add(origin)
        log.warning("origin_rejected", origin=origin[:200].decode("ascii", "backslashreplace"), setting="STEELYARD_CORS_ORIGINS")

    def replayed(self, operation_id: str) -> None:
        """Count a response that was sent again for its idempotency key."""
        if self._metrics is not None:
            self._metrics.count_replay(operation_id)

    def report_mismatches(self) -> None:
        """One line for each operation and keyword, with the number of mismatches since the last time."""
        counts: Counter[tuple[str, str]] = Counter()
        for mismatch, count in self._mismatches.items():
            counts[mismatch.operation_id, mismatch.keyword] += count
            # The key stays: repeated mismatches are counted, not logged as new.
            self._mismatches[mismatch] = 0
        for (operation_id, keyword), count in counts.items():
            if count > 0:
                log.error("contract_drifts", operation=operation_id, keyword=keyword, count=count)

    def deprecated_call(self, trace: RequestRecord) -> None:
        """Count a call of an operation that will go."""
        self._calls[trace.operation_id, trace.credential_id] += 1

    def _add_calls(self) -> None:
        """Calls since the last time go to their callers, and to the metrics."""
        calls, self._calls = self._calls, Counter()
        for caller, count in calls.items():
            operation_id, _ = caller
            is_one_more = caller not in self._callers and len(self._callers) >= MAX_CALLERS
            self._callers[(operation_id, None) if is_one_more else caller] += count
            if self._metrics is not None:
                self._metrics.count_deprecated_calls(operation_id, count)

    def report_deprecated_calls(self) -> None:
        """One line for each caller of an operation that will go, and how often it was called since the last time."""
        self._add_calls()
        self._counts_logged_at = self._clock()
        callers, self._callers = self._callers, Counter()
        for (operation_id, credential_id), count in callers.items():
            log.warning("deprecated", operation=operation_id, credential_id=credential_id, count=count)

    async def run(self) -> None:
        """Write what is remembered, again and again; cancelling it writes the rest."""
        try:
            while True:
                await asyncio.sleep(WRITE_INTERVAL_S)
                self._add_calls()
                if self._metrics is not None:
                    self._metrics.sample()
                if (self._callers or self._mismatches) and self._clock() - self._counts_logged_at >= COUNTS_INTERVAL:
                    self.report_deprecated_calls()
                    self.report_mismatches()
                lines = self._take()
                if lines and self._write is not None:
                    # A reader that is slow to take its lines must not hold up the requests. What is taken is written, even if this task
                    # is cancelled before a thread is free.
                    await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._write, lines))
        finally:
            self.report_deprecated_calls()
            self.report_mismatches()
            self.flush()

    def flush(self) -> None:
        """Count what is remembered, and write it, in one piece."""
        lines = self._take()
        if lines and self._write is not None:
            self._write(lines)

    def _take(self) -> bytes:
        """The lines that are to be written."""
        self._format()
        if self._lost:
            lost, self._lost = self._lost, 0
            event = {"time": timestamp(self._clock()), "level": "warning", "event": "requests not logged", "count": lost}
            self._parts.append(to_json(event) + b"\n")
        parts, self._parts, self._waiting = self._parts, [], 0
        return b"".join(parts)

    def _format(self) -> None:
        """Count the requests that have finished since the last time, and keep their lines, as many as may wait."""
        finished, self._finished = self._finished, []
        if self._metrics is not None:
            self._metrics.count_requests(trace for _, trace in finished)
        if self._write is None or not finished:
            return
        kept = finished[: MAX_WAITING - self._waiting]
        self._waiting += len(kept)
        self._lost += len(finished) - len(kept)
        if kept:
            self._parts.append(b"\n".join([_line(method, trace) for method, trace in kept]) + b"\n")


def _line(method: str, trace: RequestRecord) -> bytes:
    at, span = trace.at, trace.span
    return _LINE % (
        _second(at.year, at.month, at.day, at.hour, at.minute, at.second),
        at.microsecond,
        trace.request_id.encode(),
        _what(trace.operation_id, method, trace.status, trace.problem),
        trace.took_s * 1000,
        _who(trace.address, trace.user_id),
        b"" if span is None else b',"trace_id":"%b"' % span.trace_id.hex().encode(),
    )


# Filled in, because the words in it are few and known: encoding the line as a whole takes several times as long.
_LINE = b'{"time":"%b.%06dZ","level":"info","event":"request","request_id":"%b",%b,"duration_ms":%.3f,%b%b}'


@lru_cache(maxsize=4)
def _second(*parts: int) -> bytes:
    """A moment without its fraction. Many requests share it, and `timestamp` takes a third of the time of a line."""
    return b"%04d-%02d-%02dT%02d:%02d:%02d" % parts


# Methods and addresses come from callers, so the memory for them is bounded.
@lru_cache(maxsize=4096)
def _what(operation_id: str | None, method: str, status: int, problem: str | None) -> bytes:
    """The path as the contract writes it: one that a caller writes may hold anything."""
    return _members(operation=operation_id, method=method, path=_path(operation_id), status=status, problem=problem)


def _path(operation_id: str | None) -> str | None:
    return OPERATIONS[operation_id].path if operation_id in OPERATIONS else None


@lru_cache(maxsize=4096)
def _who(address: str, user_id: int | None) -> bytes:
    return _members(address=address, user_id=user_id)


def _members(**members: object) -> bytes:
    return to_json(members)[1:-1]
