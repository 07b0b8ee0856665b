"""How a body is read and written, by its media type: as JSON, as text in UTF-8, as octets, or as a stream of items."""

import json
from typing import Any

NDJSON, EVENTS = "application/x-ndjson", "text/event-stream"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def is_json(media: str) -> bool:
    """Whether it is JSON: `application/json`, or a type built on it."""
    return media.endswith(("/json", "+json"))


def is_text(media: str) -> bool:
    """Whether it is text, in UTF-8."""
    return media.startswith("text/") and media != EVENTS


def is_stream(media: str | None) -> bool:
    """Whether it is sent item by item."""
    return media in (NDJSON, EVENTS)


def is_file(media: str) -> bool:
    """Whether it is octets without a meaning to the server."""
    return media not in (FORM, MULTIPART, NDJSON, EVENTS) and not is_json(media) and not is_text(media)


def content_type(media: str) -> str:
    """The header field. Without a charset, programs read text in another encoding (RFC 2046, section 4.1.2)."""
    return f"{media}; charset=utf-8" if is_text(media) else media


def value_of(media: str, body: bytes) -> Any:
    """The value that the schema of the media type describes, or the list of such values for a stream; ValueError if the body has none.

    Octets are characters of ISO 8859-1.
    """
    if is_json(media):
        return json.loads(body)
    if media == EVENTS:
        return [json.loads(line.removeprefix(b"data: ")) for line in body.split(b"\n") if line.startswith(b"data: ")]
    if is_stream(media):
        return [json.loads(line) for line in body.split(b"\n") if line]
    return body.decode("utf-8" if is_text(media) else "latin-1")
