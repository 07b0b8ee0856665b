"""Sends spans by OTLP over HTTP, from a thread: no request and no job waits for the collector."""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from steelyard.tracing import Span, Step

PATH = "/v1/traces"
# Spans that wait for the collector; beyond it they are dropped and counted.
MAX_WAITING = 2048
BATCH = 512
SEND_INTERVAL_S = 1.0
# Retries included.
SEND_TIMEOUT_S = 5.0
# A stopping process waits no longer for the collector.
CLOSE_TIMEOUT_S = 2.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)

log = structlog.get_logger()


class SpanSender:
    """Sends finished spans to a collector between `open` and `close`."""

    def __init__(self, url: str, *, service: str, version: str) -> None:
        self.dropped = 0
        self._exporter = OTLPSpanExporter(url.rstrip("/") + PATH, timeout=SEND_TIMEOUT_S)
        self._converter = _Converter(Resource.create({"service.name": service, "service.version": version}))
        self._waiting: deque[Span] = deque()
        self._closing = threading.Event()
        self._is_lost = False

    def open(self) -> None:
        """Start the thread."""
        # The library would log every failed attempt, with the address of the collector. A loss is logged once: see `_send`.
        for name in ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "urllib3.connectionpool"):
            logging.getLogger(name).disabled = True
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def add(self, span: Span) -> None:
        """Send it soon, or count it as dropped if too many are waiting."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(span)
        else:
            self.dropped += 1

    def close(self) -> None:
        """Send what is waiting, for CLOSE_TIMEOUT_S at most. A thread that still waits for the collector ends with the process."""
        self._closing.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        if self._thread.is_alive():
            self._exporter.shutdown()  # type: ignore[no-untyped-call]  # theirs

    def _run(self) -> None:
        while not self._closing.wait(SEND_INTERVAL_S):
            self._send()
        self._send()
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # theirs

    def _send(self) -> None:
        """Everything that is waiting, in batches. A batch that the collector does not take is dropped."""
        while batch := [self._waiting.popleft() for _ in islice(range(BATCH), len(self._waiting))]:
            is_sent = self._exporter.export(self._converter.convert(batch)) is SpanExportResult.SUCCESS
            if not is_sent:
                self.dropped += len(batch)
            if is_sent == self._is_lost:
                self._is_lost = not is_sent
                log.info("traces_back") if is_sent else log.warning("traces_lost", setting="STEELYARD_OTLP_URL")


class _Converter(SpanProcessor, IdGenerator):
    """Makes spans of OpenTelemetry, which have their ids already. Only one thread may use it."""

    def __init__(self, resource: Resource) -> None:
        provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False, id_generator=self)
        provider.add_span_processor(self)
        self._tracer = provider.get_tracer("steelyard")
        self._converted: list[ReadableSpan] = []

    def convert(self, spans: Iterable[Span]) -> Sequence[ReadableSpan]:
        self._converted = []
        for span in spans:
            self._convert(span)
        return self._converted

    def generate_trace_id(self) -> int:
        return int.from_bytes(self._next.trace_id)

    def generate_span_id(self) -> int:
        return int.from_bytes(self._next.span_id)

    def on_end(self, span: ReadableSpan) -> None:
        self._converted.append(span)

    def _convert(self, span: Span) -> None:
        self._next = span
        began_ns = (span.moment.at - _EPOCH) // _MICROSECOND * 1000

        def at(moment_s: float) -> int:
            return began_ns + int((moment_s - span.moment.s) * 1_000_000_000)

        parent = None
        if span.parent_id is not None:
            parent = set_span_in_context(NonRecordingSpan(_context(span.trace_id, span.parent_id, is_remote=span.kind == "SERVER")))
        converted = self._tracer.start_span(
            span.name,
            parent,
            SpanKind[span.kind],
            attributes=span.attributes,
            links=[Link(_context(*span.link, is_remote=True))] if span.link is not None else [],
            start_time=at(span.began_s),
        )
        for step in span.steps:
            converted.add_event(_name(step), _attributes(step), at(step.began_s))
        if span.dropped:
            converted.set_attribute("steelyard.steps_dropped", span.dropped)
        if span.is_failed:
            converted.set_status(Status(StatusCode.ERROR))
        converted.end(at(span.ended_s))


def _context(trace_id: bytes, span_id: bytes, *, is_remote: bool) -> SpanContext:
    return SpanContext(int.from_bytes(trace_id), int.from_bytes(span_id), is_remote=is_remote, trace_flags=_SAMPLED)


def _name(step: Step) -> str:
    return step.what if isinstance(step.what, str) else step.what.name


def _attributes(step: Step) -> dict[str, str | float]:
    took: dict[str, str | float] = {"duration_ms": round((step.ended_s - step.began_s) * 1000, 3)}
    return took if step.error is None else {**took, "error.type": step.error}
