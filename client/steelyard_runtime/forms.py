"""Bodies of multipart/form-data: one file and texts."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

from .call import text_body
from .model import UNSET, text_of

MEDIA = "multipart/form-data"
# In the name of a field or file: what would end it.
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def multipart_body(fields: Mapping[str, Any]) -> bytes:
    """A form of its fields. A file is bytes, or a tuple of its name and its bytes."""
    parts = [_part(name, value) for name, value in fields.items() if value is not UNSET]
    # The digest of the parts occurs in none of them, and equal forms have equal bytes.
    line = b"--" + sha256(b"".join(parts)).hexdigest()[:32].encode()
    return b"".join([line + b"\r\n" + part for part in parts]) + line + b"--\r\n"


def content_type(content: bytes) -> str:
    """The media type of a form, with the boundary that its first line has."""
    return f"{MEDIA}; boundary={content[2 : content.index(bytes((13, 10)))].decode()}"


def fields_of(content: bytes) -> dict[str, Any]:
    """The fields of a form that `multipart_body` has made: texts, and a tuple for the file."""
    line = content[: content.index(b"\r\n")]
    fields: dict[str, Any] = {}
    for part in content.split(line)[1:-1]:
        head, _, body = part[2:-2].partition(b"\r\n\r\n")
        names = head.partition(b"\r\n")[0].decode().split('"')
        fields[names[1]] = (names[3], body) if len(names) > 3 else body.decode()
    return fields


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    content: bytes | None
    if isinstance(value, bytes | tuple):
        label, content = cast("tuple[str, bytes]", value) if isinstance(value, tuple) else ("file", value)
        head += f'; filename="{_quoted(label)}"\r\nContent-Type: application/octet-stream'
    else:
        content = text_body(text_of(value))
    return (text_body(head) or b"") + b"\r\n\r\n" + (content or b"") + b"\r\n"


def _quoted(name: str) -> str:
    return name.translate(_ESCAPES)
