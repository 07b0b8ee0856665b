"""Logs as JSON lines from an allow-list of fields.

What is not on the list is left out and its name reported, so that a body, a header or an interpolated value cannot slip in.
Exceptions are logged by class, place and database code: their texts may carry the values that caused them.
"""

import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from pydantic_core import to_json

from steelyard.tracing import current_span

Write = Callable[[bytes], object]
Event = MutableMapping[str, Any]

FIELDS = frozenset(
    {
        # every line
        "event",
        "level",
        "time",
        # whom and what it is about: ids and names that the contract or the code gives
        "request_id",
        "operation",
        "method",
        "path",
        "status",
        "duration_ms",
        "address",
        "user_id",
        "credential_id",
        "item_id",
        "order_id",
        "job_id",
        "job_kind",
        "attempt",
        "worker",
        "trace_id",
        "problem",
        "reason",
        "provider",
        "pointer",
        "origin",
        "setting",
        "keyword",
        "count",
        "revision",
        "host",
        "port",
        "pid",
        "workers",
        "version",
        "environment",
        "database",
        "mail",
        "smtp_step",
        "smtp_code",
        # an exception
        "error",
        "causes",
        "where",
        "sqlstate",
        "constraint",
        # how much of a line was left out
        "left_out",
    }
)
# The innermost frames say where it broke, the outermost how it got there; the middle of a deep recursion says nothing.
MAX_FRAMES = 12


def configure(level: str, write: Write | None = None) -> None:
    """From here on every log line of this process, the libraries' included, is one line of JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _times,
            _traced,
            structlog.stdlib.add_log_level,
            _exceptions,
            _allowed,
            _encoded,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(write or stdout),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_FromLibraries()]
    # Libraries log routine messages at info level, with values in the text.
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    logging.captureWarnings(capture=True)


class _Lines:
    """A logger of structlog that hands bytes to `write`, one call a line."""

    def __init__(self, write: Write) -> None:
        self.msg = write

    def __getattr__(self, _level: str) -> Write:
        return self.msg


class _FromLibraries(logging.Handler):
    """Libraries' records: the template as event, never the values that would fill it."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        template = record.msg if isinstance(record.msg, str) and record.args else record.name
        log.log(record.levelno, f"{record.name}: {template}" if template != record.name else record.name, exc_info=record.exc_info)


def stdout(line: bytes) -> None:
    """The default destination of lines: one write per line, at once. A full disk costs lines, not requests."""
    with suppress(OSError):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _times(_logger: object, _name: str, event: Event) -> Event:
    event["time"] = timestamp(datetime.now(UTC))
    return event


def _traced(_logger: object, _name: str, event: Event) -> Event:
    """The trace in whose context the line is written, if it is sampled."""
    if (span := current_span.get()) is not None:
        event["trace_id"] = span.trace_id.hex()
    return event


def _exceptions(_logger: object, _name: str, event: Event) -> Event:
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else (info[1] if isinstance(info, tuple) else sys.exception() if info else None)
    if error is not None:
        event.update(describe_error(error))
    return event


def describe_error(error: BaseException) -> dict[str, object]:
    """An exception without its text: class, causes, place, and what a database adds that names no value."""
    fields: dict[str, object] = {"error": _name(error), "where": _where(error.__traceback__)}
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < MAX_FRAMES:
        causes.append(_name(cause))
        cause = cause.__cause__ or cause.__context__
    if causes:
        fields["causes"] = causes
    for attribute, field in (("sqlstate", "sqlstate"), ("constraint_name", "constraint")):
        if isinstance(value := getattr(error, attribute, None), str):
            fields[field] = value
    return fields


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _where(trace: TracebackType | None) -> list[str]:
    frames = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in traceback.walk_tb(trace)]
    return frames if len(frames) <= MAX_FRAMES else [*frames[:2], "...", *frames[3 - MAX_FRAMES :]]


def _allowed(_logger: object, _name: str, event: Event) -> Event:
    if left_out := sorted(event.keys() - FIELDS):
        event = {name: value for name, value in event.items() if name in FIELDS}
        event["left_out"] = left_out
    return event


def _encoded(_logger: object, _name: str, event: Event) -> bytes:
    first = {"time": event.pop("time"), "level": event.pop("level"), "event": event.pop("event")}
    return to_json(first | dict(event), fallback=lambda value: type(value).__qualname__) + b"\n"


def timestamp(moment: datetime) -> str:
    """A moment as every line writes it."""
    return moment.isoformat(timespec="microseconds")[:26] + "Z"
