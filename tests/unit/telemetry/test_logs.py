"""Log lines: JSON, only allowed fields, no values from exceptions or libraries."""

import json
import logging
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from steelyard.telemetry import logs
from steelyard.tracing import Moment, Span, current_span

SECRET = "hunter2-in-a-value"


class Lines(list[bytes]):
    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for chunk in self for line in chunk.splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = Lines()
    logs.configure("info", written.append)

    yield written

    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_with_time_level_and_event_first(lines: Lines) -> None:
    structlog.get_logger().info("order placed", order_id=7)

    (line,) = lines.parsed()
    assert list(line) == ["time", "level", "event", "order_id"]
    assert (line["level"], line["event"], line["order_id"]) == ("info", "order placed", 7)
    assert datetime.fromisoformat(line["time"]).tzinfo is not None


def test_a_field_that_is_not_allowed_is_left_out_and_named(lines: Lines) -> None:
    structlog.get_logger().info("login", password=SECRET, user_id=3)

    (line,) = lines.parsed()
    assert line["left_out"] == ["password"]
    assert SECRET not in str(lines)


def test_an_exception_is_logged_by_class_place_and_codes_without_its_text(lines: Lines) -> None:
    class UniqueViolation(Exception):
        sqlstate = "23505"
        constraint_name = "users_email_key"

    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            raise UniqueViolation(SECRET) from cause
    except UniqueViolation:
        structlog.get_logger().exception("operation failed", operation="createUser")

    (line,) = lines.parsed()
    assert line["error"].endswith("UniqueViolation")
    assert line["causes"] == ["ValueError"]
    assert (line["sqlstate"], line["constraint"]) == ("23505", "users_email_key")
    assert "test_logs.py" in line["where"][-1]
    assert SECRET not in str(lines)


def test_the_frames_of_a_deep_recursion_are_cut_in_the_middle() -> None:
    def deeper(left: int) -> None:
        if left == 0:
            raise RuntimeError
        deeper(left - 1)

    with pytest.raises(RuntimeError) as caught:
        deeper(50)

    where = logs.describe_error(caught.value)["where"]
    assert isinstance(where, list)
    assert len(where) == logs.MAX_FRAMES
    assert "..." in where


def test_a_line_of_a_library_has_its_template_without_values(lines: Lines) -> None:
    logging.getLogger("asyncio").warning("connection of %s lost", SECRET)
    logging.getLogger("uvicorn.error").error(f"already {SECRET} interpolated")  # noqa: G004  # as libraries do

    first, second = lines.parsed()
    assert first["event"] == "asyncio: connection of %s lost"
    assert second["event"] == "uvicorn.error"
    assert SECRET not in str(lines)


def test_a_line_below_the_level_is_not_written(lines: Lines) -> None:
    structlog.get_logger().debug("nothing to see")
    logging.getLogger("asyncio").info("nothing to see")

    assert lines == []


def test_a_value_that_json_cannot_express_becomes_its_class(lines: Lines) -> None:
    structlog.get_logger().info("odd", reason=object())

    assert lines.parsed()[0]["reason"] == "object"


def test_a_line_has_the_trace_and_the_bound_fields_of_its_context(lines: Lines) -> None:
    span = Span(Recording(), "SERVER", "getItem", Moment(datetime.now(UTC), 0.0))
    token = current_span.set(span)
    with structlog.contextvars.bound_contextvars(job_id=7, worker="app:1", password=SECRET):
        structlog.get_logger().info("in a trace")
    current_span.reset(token)
    structlog.get_logger().info("in none")

    first, second = lines.parsed()
    assert (first["trace_id"], first["job_id"], first["worker"]) == (span.trace_id.hex(), 7, "app:1")
    assert first["left_out"] == ["password"]
    assert not {"trace_id", "job_id", "worker"} & second.keys()
    assert SECRET not in str(lines)


class Recording:
    """Keeps nothing."""

    stopwatch = time.monotonic
    random_bytes = staticmethod(secrets.token_bytes)

    def finished(self, span: Span) -> None:
        pass
