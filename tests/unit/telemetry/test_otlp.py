"""The sender of spans: it never makes a caller wait, whatever the collector does."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from steelyard.sources import Sources
from steelyard.telemetry import otlp
from steelyard.telemetry.otlp import SpanSender
from steelyard.telemetry.tracing import Tracing
from steelyard.tracing import MAX_STEPS, Continuation, Moment, Span, call_of, current_span
from tests.kit.servers.collectors import Collector, collector
from tests.kit.servers.waiting import until

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
NOON_NS = 1_767_355_200_000_000_000


@pytest.fixture
def spans() -> Iterator[Collector]:
    with collector() as running:
        yield running


@pytest.fixture
def sender(spans: Collector, monkeypatch: pytest.MonkeyPatch) -> SpanSender:
    monkeypatch.setattr(otlp, "SEND_INTERVAL_S", 0.01)
    monkeypatch.setattr(otlp, "SEND_TIMEOUT_S", 0.2)
    monkeypatch.setattr(otlp, "CLOSE_TIMEOUT_S", 5.0)
    return SpanSender(spans.url, service="steelyard", version="0.1.0")


def span(sender: SpanSender, name: str = "getItem", link: Continuation | None = None) -> Span:
    return Span(Tracing(Sources(), sender, sample=1), "SERVER", name, Moment(NOON, 100.0), link=link)


async def test_times_count_from_the_moment_of_the_span(sender: SpanSender, spans: Collector) -> None:
    made = span(sender, link=Continuation(b"\1" * 16, b"\2" * 8))
    made.began_s, made.ended_s = 100.25, 101.5
    sender.open()
    sender.add(made)
    sender.close()

    (arrived,) = spans.spans
    assert (arrived.began_ns - NOON_NS, arrived.ended_ns - NOON_NS) == (250_000_000, 1_500_000_000)
    assert arrived.links == [("01" * 16, "02" * 8)]
    assert (arrived.trace_id, arrived.span_id) == (made.trace_id.hex(), made.span_id.hex())


async def test_a_call_of_another_service_is_a_span_below_the_current_one(sender: SpanSender, spans: Collector) -> None:
    made = span(sender)
    sender.open()
    with call_of("SMTP"):
        pass
    token = current_span.set(made)
    with call_of("SMTP"):
        pass
    with pytest.raises(ZeroDivisionError), call_of("SMTP"):
        raise ZeroDivisionError("secret")
    current_span.reset(token)
    sender.close()

    done, failed = spans.named("SMTP")
    assert (done.kind, done.trace_id, done.parent_id) == ("CLIENT", made.trace_id.hex(), made.span_id.hex())
    assert (done.is_failed, failed.is_failed, failed.attributes) == (False, True, {"error.type": "ZeroDivisionError"})
    assert b"secret" not in b"".join(spans.raw)


async def test_the_steps_of_a_span_are_bounded(sender: SpanSender, spans: Collector) -> None:
    made = span(sender)
    for number in range(MAX_STEPS + 3):
        made.note(f"step {number}", 100.0)
    sender.open()
    made.finish({})
    sender.close()

    (arrived,) = spans.spans
    assert len(arrived.steps) == MAX_STEPS
    assert arrived.attributes["steelyard.steps_dropped"] == 3


async def test_a_frozen_collector_costs_spans_and_no_time(sender: SpanSender, spans: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "MAX_WAITING", 4)
    monkeypatch.setattr(otlp, "CLOSE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(sender._exporter._client, "_timeout", 60)
    spans.freeze()
    sender.open()
    sender.add(span(sender))
    await until(lambda: spans.requests)

    for _ in range(10):
        sender.add(span(sender))
    sender.close()

    assert sender.dropped == 6
    assert sender._thread.is_alive()
    assert sender._thread.daemon
    spans.thaw()
    sender._thread.join(10)
    assert not sender._thread.is_alive()


async def test_a_lost_collector_is_logged_once_and_its_return(sender: SpanSender, spans: Collector) -> None:
    spans.status = 400
    with capture_logs() as lines:
        sender.open()
        for _ in range(3):
            before = sender.dropped
            sender.add(span(sender))
            await until(lambda before=before: sender.dropped > before)  # type: ignore[misc]  # a lambda in a loop
        spans.status = 200
        sender.add(span(sender))
        await until(lambda: spans.raw)
        sender.close()

    assert [line["event"] for line in lines] == ["traces_lost", "traces_back"]
    assert sender.dropped == 3


async def test_nothing_of_the_sender_is_left_behind(sender: SpanSender) -> None:
    sender.open()
    sender.close()

    assert "spans" not in {thread.name for thread in threading.enumerate()}
