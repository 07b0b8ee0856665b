"""The edge's journal: lines written together in the background, faults without their texts."""

import asyncio
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from steelyard.contract.observer import ContractViolation
from steelyard.contract.response.validator import Mismatch
from steelyard.sources import Sources
from steelyard.telemetry import access_log, logs
from steelyard.telemetry.otlp import SpanSender
from steelyard.telemetry.tracing import Tracing
from steelyard.tracing import Moment, Span
from tests.unit.telemetry.lines import NOON, log_into, parsed, trace


def test_exchanges_are_written_together_in_one_piece() -> None:
    chunks: list[bytes] = []
    log = log_into(chunks)

    log.request_finished("GET", trace())
    log.request_finished("GET", trace(404))
    log.flush()
    log.flush()

    assert len(chunks) == 1
    first, second = parsed(chunks)
    assert first == {
        "time": "2026-01-02T12:00:00.000000Z",
        "level": "info",
        "event": "request",
        "request_id": str(UUID(int=1)),
        "operation": "getItem",
        "method": "GET",
        "path": "/items/{item_id}",
        "status": 200,
        "problem": None,
        "duration_ms": 1.23,
        "address": "192.0.2.1",
        "user_id": None,
    }
    assert second["status"] == 404
    assert first.keys() <= logs.FIELDS


def test_the_line_of_a_traced_request_has_its_trace() -> None:
    chunks: list[bytes] = []
    log = log_into(chunks)
    traced = trace()
    traced.span = Span(
        Tracing(Sources(), SpanSender("http://localhost:9", service="", version=""), sample=1), "SERVER", "", Moment(NOON, 0)
    )

    log.request_finished("GET", traced)
    log.flush()

    (line,) = parsed(chunks)
    assert line["trace_id"] == traced.span.trace_id.hex()
    assert line.keys() <= logs.FIELDS


@pytest.mark.parametrize(
    ("error", "reason"), [(ValueError("hunter2"), None), (ContractViolation("/items/0/price: type"), "/items/0/price: type")]
)
def test_a_fault_is_logged_with_its_request_and_a_reason_only_for_a_contract_violation(error: Exception, reason: str | None) -> None:
    with capture_logs() as captured:
        log_into([]).unhandled_error(error, trace())

    (line,) = captured
    assert (line["event"], line["reason"], line["request_id"], line["operation"]) == ("fault", reason, str(UUID(int=1)), "getItem")
    assert line["exc_info"] is error


def test_calls_of_deprecated_operations_are_counted_by_credential() -> None:
    log = log_into([])
    for credential_id in (7, 7, None):
        log.deprecated_call(trace(credential_id=credential_id))

    with capture_logs() as lines:
        log.report_deprecated_calls()
        log.report_deprecated_calls()

    assert [(line["event"], line["operation"], line["credential_id"], line["count"]) for line in lines] == [
        ("deprecated", "getItem", 7, 2),
        ("deprecated", "getItem", None, 1),
    ]
    assert {key for line in lines for key in line} - {"log_level"} <= logs.FIELDS


def test_callers_beyond_the_limit_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "MAX_CALLERS", 2)
    log = log_into([])
    for credential_id in (1, 2, 3, 4, 1):
        log.deprecated_call(trace(credential_id=credential_id))

    with capture_logs() as lines:
        log.report_deprecated_calls()

    assert {line["credential_id"]: line["count"] for line in lines} == {1: 2, 2: 1, None: 2}


async def test_deprecated_calls_are_reported_at_intervals_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "WRITE_INTERVAL_S", 0)
    now = [NOON]
    log = access_log.AccessLog(lambda: now[0], None)
    with capture_logs() as lines:
        running = asyncio.create_task(log.run())
        log.deprecated_call(trace(credential_id=7))
        for _ in range(5):
            await asyncio.sleep(0)
        before = len(lines)
        now[0] += access_log.COUNTS_INTERVAL
        for _ in range(5):
            await asyncio.sleep(0)
        after = len(lines)
        log.deprecated_call(trace(credential_id=8))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert (before, after, len(lines)) == (0, 1, 2)


def test_a_mismatch_is_logged_once_with_a_request_and_then_counted_by_operation_and_keyword() -> None:
    log = log_into([])
    title, price = Mismatch("getItem", 200, "/title", "type"), Mismatch("getItem", 200, "/price/amount", "type")

    with capture_logs() as lines:
        for mismatches in ([title], [title, price], [title]):
            log.mismatches_found(mismatches, trace())
        log.report_mismatches()
        log.report_mismatches()

    assert [(line["event"], line.get("pointer"), line.get("count")) for line in lines] == [
        ("contract_drift", "/title", None),
        ("contract_drift", "/price/amount", None),
        ("contract_drifts", None, 4),
    ]
    assert lines[0]["request_id"] == str(UUID(int=1))
    assert (lines[2]["operation"], lines[2]["keyword"]) == ("getItem", "type")
    assert all(line.keys() - {"log_level"} <= logs.FIELDS for line in lines)


async def test_counts_are_reported_when_the_server_stops() -> None:
    log = log_into([])

    with capture_logs() as lines:
        task = asyncio.create_task(log.run())
        log.mismatches_found([Mismatch("getItem", 200, "/title", "type")], trace())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert [line["event"] for line in lines] == ["contract_drift", "contract_drifts"]


def test_an_origin_is_logged_without_characters_that_a_terminal_obeys() -> None:
    with capture_logs() as lines:
        # CSI, which begins a command to a terminal, as one byte.
        log_into([]).rejected_origin(b"https://shop.example\x9b2J")

    assert lines[0]["origin"] == r"https://shop.example\x9b2J"


def test_an_origin_that_is_not_allowed_is_named_once_and_no_caller_fills_the_log() -> None:
    log = log_into([])

    with capture_logs() as lines:
        log.rejected_origin(b"https://shop.example")
        log.rejected_origin(b"https://shop.example")
        for number in range(1000):
            log.rejected_origin(b"https://%d.example/" % number + b"x" * 1000)

    assert lines[0] == {
        "event": "origin_rejected",
        "log_level": "warning",
        "origin": "https://shop.example",
        "setting": "STEELYARD_CORS_ORIGINS",
    }
    assert len(lines) == access_log.MAX_ORIGINS
    assert max(len(line["origin"]) for line in lines) == 200
    assert {key for line in lines for key in line} - {"log_level"} <= logs.FIELDS
