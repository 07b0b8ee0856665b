"""A real collector of traces on a loopback port: it reads the spans that a program sends by OTLP over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class CollectedSpan:
    """A span as it arrived. Ids are hexadecimal; times are nanoseconds since 1970."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    steps: list[str]
    links: list[tuple[str, str]]
    is_failed: bool
    began_ns: int
    ended_ns: int
    service: str

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-01"


@dataclass
class Collector:
    """What has arrived. `frozen` keeps requests without a response until it is cleared; another `status` rejects them."""

    url: str = ""
    status: int = 200
    raw: list[bytes] = field(default_factory=list)
    is_open: threading.Event = field(default_factory=threading.Event)
    requests: int = 0

    @property
    def spans(self) -> list[CollectedSpan]:
        return [span for raw in self.raw for span in _spans(raw)]

    def named(self, name: str) -> list[CollectedSpan]:
        return [span for span in self.spans if span.name == name]

    def freeze(self) -> None:
        self.is_open.clear()

    def thaw(self) -> None:
        self.is_open.set()


@contextmanager
def collector(port: int = 0) -> Iterator[Collector]:
    """A collector that responds at once."""
    collected = Collector()
    collected.thaw()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collected.requests += 1
            collected.is_open.wait()
            if self.path == "/v1/traces" and collected.status == 200:
                collected.raw.append(body)
            self.send_response(collected.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    collected.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="collector")
    thread.start()
    try:
        yield collected
    finally:
        collected.thaw()
        server.shutdown()
        thread.join()
        server.server_close()


def _spans(raw: bytes) -> Iterator[CollectedSpan]:
    request = ExportTraceServiceRequest.FromString(raw)
    for resource in request.resource_spans:
        service = _values(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield CollectedSpan(
                    name=span.name,
                    kind=type(span).SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    attributes=_values(span.attributes),
                    steps=[event.name for event in span.events],
                    links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
                    is_failed=span.status.code == 2,
                    began_ns=span.start_time_unix_nano,
                    ended_ns=span.end_time_unix_nano,
                    service=service,
                )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
