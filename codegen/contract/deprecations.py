"""`x-deprecation: {since, sunset, use}`: the day of the announcement, the last day, and the replacement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

# The shortest time between announcement and removal.
NOTICE = timedelta(days=180)
EDGE = "deprecation"
# The headers of a deprecated operation.
HEADERS = ("Deprecation", "Sunset", "Link")
SUCCESSOR = '<[^<>]+>; rel="successor-version"'

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deprecation:
    """An announcement."""

    since: date
    sunset: date
    use: str
    """The operation or member to use instead."""


def deprecation(node: Mapping[str, Any]) -> Deprecation | None:
    """The announcement of an operation or member; ValueError for an invalid date."""
    written = node.get("x-deprecation")
    if written is None:
        return None
    return Deprecation(date.fromisoformat(written["since"]), date.fromisoformat(written["sunset"]), written["use"])


def headers(announcement: Deprecation) -> Json:
    """The headers of all responses of a deprecated operation."""
    since, sunset = (datetime.combine(day, time(), UTC) for day in (announcement.since, announcement.sunset))
    schemas = (
        _header("Since when this operation is deprecated (RFC 9745), in Unix time.", const=f"@{int(since.timestamp())}"),
        _header("Until when this operation stays (RFC 8594).", const=format_datetime(sunset, usegmt=True)),
        _header(f"Where {announcement.use} is, which comes instead of it.", maxLength=4000, pattern=f"^{SUCCESSOR}$"),
    )
    return dict(zip(HEADERS, schemas, strict=True))


def _header(description: str, **schema: object) -> Json:
    return {"required": True, "description": description, "schema": {"type": "string", **schema}, "x-edge": EDGE}


def linked(own: Mapping[str, Any]) -> Json:
    """The Link header of a response, with the successor appended."""
    pattern = own["schema"]["pattern"].removeprefix("^").removesuffix("$")
    schema = {"type": "string", "maxLength": 8000, "pattern": f"^({pattern}, )?{SUCCESSOR}$"}
    return {**own, "description": f"{own['description']} What comes instead of this operation is always in it.", "schema": schema}
