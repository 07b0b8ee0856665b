"""Decides which requests and jobs are traced, and makes their spans.

A span has the name of the operation or of the kind of job, ids, times, and names of statements. It has no path, query, header or body.
"""

import re
from collections.abc import Callable
from datetime import datetime
from random import random

from steelyard.contract.observer import RequestRecord
from steelyard.jobs.observer import Result
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow
from steelyard.telemetry.otlp import SpanSender
from steelyard.tracing import Continuation, Moment, Span, Value
from steelyard_contract.operations import OPERATIONS

# Web pages and unknown paths. Callers could choose their number, and any method.
OTHER, OTHER_METHOD = "other", "_OTHER"
# Version 00, and what later versions have in common with it (W3C Trace Context, section 3.2).
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?", re.ASCII)
_IS_SAMPLED = 1
_FAILURES = frozenset({"retried", "dead"})


class Tracing:
    """Makes the spans of one process, and gives the finished ones to the sender."""

    def __init__(self, sources: Sources, sender: SpanSender, *, sample: float, random: Callable[[], float] = random) -> None:
        self.stopwatch = sources.stopwatch
        self.random_bytes = sources.random_bytes
        self.sender = sender
        self.finished = sender.add
        self._clock = sources.clock
        self._sample = sample
        self._random = random

    def request_began(self, record: RequestRecord, traceparent: bytes | None) -> Span | None:
        """The span of a request, if it is sampled. The `traceparent` of a trusted proxy decides, otherwise chance."""
        trace_id = parent_id = None
        sent = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent.decode("latin-1"))
        if sent is not None:
            if not int(sent[3], 16) & _IS_SAMPLED:
                return None
            trace_id, parent_id = bytes.fromhex(sent[1]), bytes.fromhex(sent[2])
        elif self._random() >= self._sample:
            return None
        return Span(self, "SERVER", OTHER, Moment(record.at, record.started_s), trace_id=trace_id, parent_id=parent_id)

    def request_ended(self, span: Span, method: str, record: RequestRecord) -> None:
        """Complete the span of a request and send it."""
        operation = None if record.operation_id is None else OPERATIONS.get(record.operation_id)
        attributes: dict[str, Value] = {
            "http.request.method": OTHER_METHOD if operation is None else method,
            "steelyard.request_id": record.request_id,
        }
        if operation is not None:
            span.name = operation.id
        if record.status:
            attributes["http.response.status_code"] = record.status
        if record.problem is not None:
            attributes["error.type"] = record.problem
        if record.user_id is not None:
            attributes["steelyard.user_id"] = record.user_id
        span.finish(attributes, is_failed=record.status >= 500)

    def job_began(self, kind: str, traceparent: str | None) -> Span | None:
        """The span of a job, in a trace by itself. It is sampled, and linked, if the request that caused it was; otherwise by chance."""
        link = None
        sent = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent)
        if sent is not None:
            link = Continuation(bytes.fromhex(sent[1]), bytes.fromhex(sent[2]))
        elif self._random() >= self._sample:
            return None
        now: datetime = self._clock()
        return Span(self, "CONSUMER", kind, Moment(now, self.stopwatch()), link=link)

    def job_ended(self, span: Span, job: JobRow, result: Result) -> None:
        """Complete the span of an attempt and send it."""
        attributes: dict[str, Value] = {"steelyard.job_id": job.id, "steelyard.attempt": job.attempts, "steelyard.result": result}
        span.finish(attributes, is_failed=result in _FAILURES)
