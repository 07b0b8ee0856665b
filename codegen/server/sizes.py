r"""How large a valid body can be: the bytes that an operation has to read, and the values that it has to build.

A body above either number is invalid, whatever it holds, so the server rejects it before it does any work on it. Every bound of the
contract counts with its most expensive spelling: a character as `\ud83d\ude00`, each value on a separate, indented line.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from codegen.contract.document import Document, Node, schema_field
from codegen.contract.media import FORM, MULTIPART, codec, is_binary

# Where the contract bounds nothing, or would allow more: the limit that bodies without a schema have.
UNBOUNDED_BYTES = 1 << 20
# Limits are multiples of this. Less is not worth a second number: the head of a request may be larger.
STEP_BYTES = 16 * 1024
# A body with this many values more than the largest valid one still gets a list of its violations.
SPARE_VALUES = 1000
# Space for the boundary and the headers of a part of multipart/form-data.
PART_BYTES = 1024
# Space for the parameters of a form that the server ignores (RFC 6749, section 3.2).
IGNORED_BYTES = 8 * 1024

# `\ud83d\ude00`, and `%F0%9F%98%80`: one character. Formats other than `password` are ASCII, so `\u0041`.
CHARACTER_BYTES, ASCII_BYTES = 12, 6
# Digits of a number, with room for a fraction or an exponent that a sender may write.
NUMBER_BYTES = 40
# A date-time or UUID, whose format bounds its text.
FORMATTED_CHARACTERS = 64
INDENT = 4
# Deeper schemas refer to themselves; the decoder accepts no deeper body.
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Size:
    """Bounds of the largest value of a schema."""

    bytes: int = 0
    values: int = 0
    """How many of its characters can begin a value: commas and opening brackets, also those inside of its texts."""

    def __add__(self, other: "Size") -> "Size":
        return Size(self.bytes + other.bytes, self.values + other.values)

    def times(self, count: int) -> "Size":
        return Size(self.bytes * count, self.values * count)


class _Unbounded(Exception):
    """The schema allows values of any size."""


def limits(document: Document, media: str, body: Node) -> tuple[int, int | None]:
    """The most bytes of a body, and the most values; None where the contract does not bound them."""
    if codec(media) == "binary":
        return int(document.dereference(body["content"][media]["schema"])["maxLength"]), None
    try:
        size = largest(document, body["content"][media][schema_field(body["content"][media])])
    except _Unbounded:
        return body.get("x-max-bytes", UNBOUNDED_BYTES), None
    spare = IGNORED_BYTES if media == FORM else 0
    if media == MULTIPART:
        # The headers of its parts; no file has escapes.
        spare = PART_BYTES * len(document.dereference(body["content"][media]["schema"])["properties"])
    rounded = -(-(size.bytes + spare) // STEP_BYTES) * STEP_BYTES
    return body.get("x-max-bytes", rounded), size.values + SPARE_VALUES


def item_limit(document: Document, schema: Node) -> int | None:
    """The most bytes of an item of a stream; None where the contract does not bound them."""
    try:
        return largest(document, schema).bytes
    except _Unbounded:
        return None


def largest(document: Document, node: Node, depth: int = 0, inside: tuple[str, ...] = ()) -> Size:
    """The bounds of the largest valid value."""
    if "$ref" in node:
        if node["$ref"] in inside:
            raise _Unbounded
        return largest(document, document.dereference(node), depth, (*inside, node["$ref"]))
    if "const" in node or "enum" in node:
        return _most(_literal(branch) for branch in node.get("enum", [node.get("const")]))
    for keyword in ("oneOf", "anyOf"):
        if keyword in node:
            return _most(largest(document, branch, depth, inside) for branch in node[keyword])
    if "allOf" in node:
        return sum((largest(document, branch, depth, inside) for branch in node["allOf"]), Size())
    named = node.get("type", ())
    return _most(_of_type(document, kind, node, depth, inside) for kind in ([named] if isinstance(named, str) else named))


def _of_type(document: Document, kind: str, node: Node, depth: int, inside: tuple[str, ...]) -> Size:
    match kind:
        case "string":
            return _text(node)
        case "array":
            if "maxItems" not in node:
                raise _Unbounded
            return _container(node["maxItems"], largest(document, node["items"], depth + 1, inside).times(node["maxItems"]), depth)
        case "object":
            return _object(document, node, depth, inside)
        case "integer" | "number":
            return Size(NUMBER_BYTES)
    return Size(len("false"))


def _object(document: Document, node: Node, depth: int, inside: tuple[str, ...]) -> Size:
    members = Size()
    count = len(node.get("properties", {}))
    for name, held in node.get("properties", {}).items():
        members += _literal(name) + Size(len(": ")) + largest(document, held, depth + 1, inside)
    others = node.get("additionalProperties", True)
    if others is not False:
        if not isinstance(others, dict) or not {"maxProperties", "propertyNames"} <= node.keys():
            raise _Unbounded
        other = (
            largest(document, {"type": "string", **node["propertyNames"]}) + Size(len(": ")) + largest(document, others, depth + 1, inside)
        )
        members += other.times(node["maxProperties"])
        count += node["maxProperties"]
    return _container(count, members, depth)


def _text(node: Node) -> Size:
    if is_binary(node):
        return Size(node["maxLength"])
    own = node.get("format") not in (None, "password")
    characters = node.get("maxLength", FORMATTED_CHARACTERS if own else None)
    if characters is None:
        raise _Unbounded
    return Size(len('""') + characters * (ASCII_BYTES if own else CHARACTER_BYTES), characters)


def _container(count: int, held: Size, depth: int) -> Size:
    """Brackets and commas around so many values, each on a separate line."""
    return held + Size(2 + INDENT * depth + count * (2 + INDENT * (depth + 1)), 1 + count)


def _literal(value: Any) -> Size:
    text = json.dumps(value)
    return Size(ASCII_BYTES * len(text), sum(text.count(mark) for mark in ",[{"))


def _most(sizes: Iterable[Size]) -> Size:
    """The larger of each bound; a schema without keywords allows everything."""
    known = list(sizes)
    if not known:
        raise _Unbounded
    return Size(max(size.bytes for size in known), max(size.values for size in known))
