"""What the edge tells of each exchange: one line for every answer, written in the background, and each fault once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import structlog
from pydantic_core import to_json

from steelyard.contract.edge import Trace
from steelyard.contract.operation import ContractBroken
from steelyard.contract.referee import Finding
from steelyard.telemetry.logs import Write, stamp, stdout

# Lines that wait for the writer; beyond it they are counted instead of kept, so that a stuck reader cannot eat the memory.
MOST_WAITING = 50_000
# An access line may reach its reader this much later; it is what makes a request cheap.
WRITE_EVERY_S = 0.2
# Who calls what will go, and how often answers drift, is told in numbers, so often.
TELL_EVERY = timedelta(minutes=1)
# Beyond so many they are counted together.
MOST_CALLERS = 10_000

log = structlog.get_logger()


class AccessLog:
    """The edge's journal. A finished exchange is only appended to a list; `run` writes all that came together."""

    def __init__(self, clock: Callable[[], datetime], write: Write | None = stdout) -> None:
        self._clock = clock
        self._write = write
        self._waiting: list[tuple[str, Trace]] = []
        self._lost = 0
        self._callers: Counter[tuple[str | None, int | None]] = Counter()
        self._drifts: Counter[Finding] = Counter()
        self._told_at = clock()

    def exchange(self, method: str, trace: Trace) -> None:
        """Remember a finished exchange, unless access lines are off."""
        if self._write is None:
            return
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append((method, trace))
        else:
            self._lost += 1

    def fault(self, error: BaseException, trace: Trace) -> None:
        """An exception that nobody expected: class and place, not its text. Only the contract's own findings name no values."""
        reason = str(error) if isinstance(error, ContractBroken) else None
        log.error("fault", exc_info=error, reason=reason, request_id=trace.request_id, operation=trace.operation_id)

    def drift(self, findings: Sequence[Finding], trace: Trace) -> None:
        """Tell of each way in which answers differ from the contract once, with a request to look for; then count it."""
        for finding in findings:
            if finding not in self._drifts:
                log.error(
                    "contract_drift",
                    operation=finding.operation_id,
                    status=finding.status,
                    pointer=finding.where,
                    keyword=finding.keyword,
                    request_id=trace.request_id,
                )
            self._drifts[finding] += 1

    def tell_drifts(self) -> None:
        """One line for each operation and keyword, with how many of the answers looked at since the last time have broken it."""
        counts: Counter[tuple[str, str]] = Counter()
        for finding, count in self._drifts.items():
            counts[finding.operation_id, finding.keyword] += count
            # It stays known: what goes on is counted, not told as new.
            self._drifts[finding] = 0
        for (operation_id, keyword), count in counts.items():
            if count > 0:
                log.error("contract_drifts", operation=operation_id, keyword=keyword, count=count)

    def deprecated(self, trace: Trace, credential_id: int | None) -> None:
        """Count a call of an operation that will go."""
        caller = (trace.operation_id, credential_id)
        is_one_more = caller not in self._callers and len(self._callers) >= MOST_CALLERS
        self._callers[(trace.operation_id, None) if is_one_more else caller] += 1

    def tell_callers(self) -> None:
        """One line for each caller of an operation that will go, and how often it was called since the last time."""
        self._told_at = self._clock()
        callers, self._callers = self._callers, Counter()
        for (operation_id, credential_id), count in callers.items():
            log.warning("deprecated", operation=operation_id, credential_id=credential_id, count=count)

    async def run(self) -> None:
        """Write what is remembered, again and again; cancelling it writes the rest."""
        try:
            while True:
                await asyncio.sleep(WRITE_EVERY_S)
                if (self._callers or self._drifts) and self._clock() - self._told_at >= TELL_EVERY:
                    self.tell_callers()
                    self.tell_drifts()
                if self._waiting:
                    # A reader that is slow to take its lines must not hold up the requests.
                    await asyncio.to_thread(self.flush)
        finally:
            self.tell_callers()
            self.tell_drifts()
            self.flush()

    def flush(self) -> None:
        """Write what is remembered now, in one piece."""
        if self._write is None:
            return
        taken, self._waiting = self._waiting, []
        lost, self._lost = self._lost, 0
        lines = [_line(method, trace) for method, trace in taken]
        if lost:
            lines.append(to_json({"time": stamp(self._clock()), "level": "warning", "event": "requests not logged", "count": lost}))
        if lines:
            self._write(b"\n".join(lines) + b"\n")


def _line(method: str, trace: Trace) -> bytes:
    """The operation of the contract instead of the path, which may hold anything."""
    return _LINE % (
        stamp(trace.at).encode(),
        trace.request_id.encode(),
        _quoted(trace.operation_id),
        _quoted(method),
        trace.status,
        _quoted(trace.problem),
        trace.took_s * 1000,
        _quoted(trace.address),
        b"null" if trace.user_id is None else b"%d" % trace.user_id,
    )


# Filled in, because the words in it are few and known: encoding the line as a whole takes several times as long.
_LINE = (
    b'{"time":"%b","level":"info","event":"request","request_id":"%b","operation":%b,"method":%b,"status":%d,'
    b'"problem":%b,"duration_ms":%.3f,"address":%b,"user_id":%b}'
)


@lru_cache(maxsize=4096)
def _quoted(text: str | None) -> bytes:
    """As JSON has it. Methods and addresses come from callers, so the memory for them is bounded."""
    return to_json(text)
