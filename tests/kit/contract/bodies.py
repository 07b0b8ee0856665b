"""Bodies as the document describes them: JSON, forms, texts, files (octets are the characters of a text), and streams (lists of items).

Independent of the server and of codegen.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlencode

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
NDJSON, EVENTS = "application/x-ndjson", "text/event-stream"
BOUNDARY = "a-boundary-of-the-tests"
END = f"--{BOUNDARY}--\r\n".encode()
"""The end of a form with a file."""


def is_json(media: str) -> bool:
    return media.endswith("json") and not is_stream(media)


def is_stream(media: str | None) -> bool:
    return media in (NDJSON, EVENTS)


def schema_field(media: str | None) -> str:
    """The field of a media type that describes its values: the items of a stream, or the whole body."""
    return "x-item-schema" if is_stream(media) else "schema"


def values(media: str | None, decoded: Any) -> list[Any]:
    """What that schema describes."""
    if media == EVENTS:
        return [event["data"] for event in decoded]
    return list(decoded) if is_stream(media) else [decoded]


def is_text(media: str) -> bool:
    return media.startswith("text/") and media != EVENTS


def is_file(media: str) -> bool:
    return not (is_json(media) or is_text(media) or media in (FORM, MULTIPART, NDJSON, EVENTS))


def content_type(media: str | None) -> str | None:
    """The header of a response."""
    return f"{media}; charset=utf-8" if media is not None and is_text(media) else media


def sent_as(media: str) -> str:
    """The Content-Type of a request."""
    return f"{media}; boundary={BOUNDARY}" if media == MULTIPART else media


def encoded(media: str | None, value: Any, files: Collection[str] = ()) -> bytes | None:
    """The bytes of a value; None if the media type cannot hold it. `files` are the members of a form that are files."""
    if media is None or is_json(media):
        return json.dumps(value).encode()
    if is_stream(media):
        return b"".join(json.dumps(item).encode() + b"\n" for item in value) if isinstance(value, list) else None
    try:
        if media == MULTIPART:
            return b"".join(_form(value, files)) if isinstance(value, dict) else None
        if media == FORM:
            return urlencode({name: _text(held) for name, held in value.items()}).encode() if isinstance(value, dict) else None
        return value.encode("utf-8" if is_text(media) else "latin-1") if isinstance(value, str) else None
    except (UnicodeEncodeError, TypeError):
        return None


def _form(members: dict[str, Any], files: Collection[str]) -> Iterator[bytes]:
    for name, value in members.items():
        text, is_file = _text(value), name in files
        yield part(name, text.encode("latin-1" if is_file else "utf-8"), '; filename="file"' if is_file else "")
    yield END


def part(name: str, content: bytes, more: str = "") -> bytes:
    """A field of a form with a file, with more behind its name."""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


def _text(value: Any) -> str:
    """A member of a form."""
    if value is None or isinstance(value, list | dict):
        raise TypeError("a form holds scalars")
    return str(value).lower() if isinstance(value, bool) else str(value)


def fields(body: bytes, files: Collection[str]) -> dict[str, str]:
    """The texts of a form, and the octets of its file; ValueError if it is malformed, or a field occurs twice."""
    line = body.partition(b"\r\n")[0].removesuffix(b"--")  # which it has if there are no fields
    *parts, end = (b"\r\n" + body).split(b"\r\n" + line)[1:]
    if not line.startswith(b"--") or not end.startswith(b"--"):
        raise ValueError("the form has no end")
    made: dict[str, str] = {}
    for part in parts:
        head, _, content = part.partition(b"\r\n\r\n")
        named = re.search(rb'form-data;.*?\bname="([^"]*)"', head, re.IGNORECASE | re.DOTALL)
        if named is None or (name := named[1].decode()) in made:
            raise ValueError("a field has no name, or occurs twice")
        made[name] = content.decode("latin-1" if name in files else "utf-8")
    return made


def decoded(media: str, body: bytes, **options: Any) -> Any:
    """The value of a body; ValueError if it has none. The options are those of `json.loads`."""
    if media == EVENTS:
        return list(_events(body.decode(), options))
    if is_stream(media):
        if body and not body.endswith(b"\n"):
            raise ValueError("the last line has no end")
        return [json.loads(line, **options) for line in body.split(b"\n")[:-1]]
    return json.loads(body, **options) if is_json(media) else body.decode("utf-8" if is_text(media) else "latin-1")


def _events(text: str, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events of a stream, each with its data and perhaps its id; ValueError for what the HTML standard (9.2.6) ignores."""
    *blocks, rest = text.split("\n\n")
    if rest:
        raise ValueError("the last event has no end")
    for block in blocks:
        fields = dict(line.partition(": ")[::2] for line in block.split("\n") if not line.startswith(":"))
        if fields.keys() - {"id", "data", "retry"} or ("id" in fields and "data" not in fields):
            raise ValueError(f"an event has the fields {sorted(fields)}")
        if "data" in fields:
            data = json.loads(fields.pop("data"), **options)
            yield {**{name: value for name, value in fields.items() if name == "id"}, "data": data}
