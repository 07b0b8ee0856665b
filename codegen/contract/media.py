"""How the bytes of a body become the value that its schema describes, by its media type.

json     JSON
form     the fields of a form, as an object of texts
multipart  the fields of a form with one file, as an object of scalars and a text of octets
text     UTF-8, as one text
binary   octets, as one text with a character for each octet (`format: binary`), so that `maxLength` counts octets
lines    a stream of items: one JSON value on each line, of which `x-item-schema` describes each
events   a stream of server-sent events: `x-item-schema` describes the JSON value of each, which may have an id
"""

import json
from collections.abc import Iterable
from typing import Any, Literal

from codegen.contract.document import Node, Operation

Codec = Literal["json", "form", "multipart", "text", "binary", "lines", "events"]

JSON, PATCH, FORM = "application/json", "application/merge-patch+json", "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
TEXT = ("text/plain", "text/csv")
BINARY = (
    *("application/octet-stream", "application/pdf", "application/zip", "application/gzip"),
    *("image/png", "image/jpeg", "image/webp", "image/gif", "audio/mpeg", "video/mp4"),
)
EVENTS = "text/event-stream"
STREAMS = ("application/x-ndjson", EVENTS)
# By which a client of events continues, which it sends as the header of this name.
LAST_EVENT_ID = "Last-Event-ID"

# In names, where it is another word than the second half of the media type.
_WORDS = {"text/plain": "text", "application/octet-stream": "octets"}


def codec(media: str) -> Codec | None:
    """How a media type is read and written; None for those that nothing knows."""
    if media in (JSON, PATCH, "application/problem+json"):
        return "json"
    if media in STREAMS:
        return "events" if media == EVENTS else "lines"
    if media in (FORM, MULTIPART):
        return "form" if media == FORM else "multipart"
    return "text" if media in TEXT else "binary" if media in BINARY else None


def is_raw(media: str) -> bool:
    """Whether the body is one text or file, and no object."""
    return codec(media) in ("text", "binary")


def suffix(operation: Operation, media: str | None) -> str:
    """What distinguishes the names of the further media types of an operation: csv; nothing for the first one."""
    if media is None or media == operation.offers[0]:
        return ""
    return _WORDS.get(media, media.rpartition("/")[2].replace("-", "_"))


def is_stream(media: str) -> bool:
    """Whether the body is sent item by item."""
    return media in STREAMS


def stream_text(media: str, items: Iterable[Any]) -> str:
    """The body of a stream. An event is a mapping of its `data` and, perhaps, its `id`."""
    if media != EVENTS:
        return "".join(f"{_json(item)}\n" for item in items)
    return "".join(f"{_id_line(event)}data: {_json(event['data'])}\n\n" for event in items)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _id_line(event: Any) -> str:
    return f"id: {event['id']}\n" if "id" in event else ""


def is_event(item: Any) -> bool:
    """Whether an item of an example is an event."""
    return isinstance(item, dict) and "data" in item and item.keys() <= {"id", "data"} and isinstance(item.get("id", ""), str)


def stream_items(media: str, text: str) -> list[Any]:
    """What the schema of the items describes in a body that `stream_text` has made."""
    lines = text.split("\n")
    if media == EVENTS:
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line]


def is_binary(schema: Node) -> bool:
    """Whether the value is octets."""
    return schema.get("format") == "binary"
