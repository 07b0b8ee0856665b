"""`x-deprecation: {since, sunset, use}`: since when something is deprecated, until when it stays, and what comes instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

# So long, at least, is anybody told before it goes.
NOTICE = timedelta(days=180)
EDGE = "deprecation"
# The headers of a deprecated operation.
HEADERS = ("Deprecation", "Sunset", "Link")
SUCCESSOR = '<[^<>]+>; rel="successor-version"'

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What is announced."""

    since: date
    sunset: date
    use: str
    """The operation or member to use instead."""


def deprecation(node: Mapping[str, Any]) -> Deprecation | None:
    """What an operation or member announces of itself; ValueError where a day is none."""
    told = node.get("x-deprecation")
    return None if told is None else Deprecation(date.fromisoformat(told["since"]), date.fromisoformat(told["sunset"]), told["use"])


def headers(told: Deprecation) -> Json:
    """The headers of all answers of a deprecated operation."""
    since, sunset = (datetime.combine(day, time(), UTC) for day in (told.since, told.sunset))
    schemas = (
        _header("Since when this operation is deprecated (RFC 9745), in Unix time.", const=f"@{int(since.timestamp())}"),
        _header("Until when this operation stays (RFC 8594).", const=format_datetime(sunset, usegmt=True)),
        _header(f"Where {told.use} is, which comes instead of it.", maxLength=4000, pattern=f"^{SUCCESSOR}$"),
    )
    return dict(zip(HEADERS, schemas, strict=True))


def _header(description: str, **schema: object) -> Json:
    return {"required": True, "description": description, "schema": {"type": "string", **schema}, "x-edge": EDGE}


def linked(own: Mapping[str, Any]) -> Json:
    """A Link header that an answer has of its own, with the successor behind it."""
    pattern = own["schema"]["pattern"].removeprefix("^").removesuffix("$")
    schema = {"type": "string", "maxLength": 8000, "pattern": f"^({pattern}, )?{SUCCESSOR}$"}
    return {**own, "description": f"{own['description']} What comes instead of this operation is always in it.", "schema": schema}
