"""The part of an invalid value that a report about it can mention.

Validators check every element of a list, even if its length is wrong already. What they get to explain is an excerpt: one element more
than are allowed, a hundred unknown members, the beginning of an overlong text or name. It is invalid for the same reasons as the whole.
"""

import sys
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from steelyard.contract.document import Document, Schema

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object", type(None): "null"}
# Schemas that all speak about one value, as alternatives or together.
_COMBINED = ("oneOf", "anyOf", "allOf")
# For texts that only a format limits, and for unknown names as far as a report quotes them.
_MAX_TEXT, _MAX_NAME = 1000, 100
# Beyond every bound that a contract may set (2**53 - 1).
_LARGEST = 2**64


class Shape:
    """What a schema, or several for one value, say about its outline: types, members, and the most there may be of anything."""

    __slots__ = ("items", "members", "most_characters", "most_items", "most_members", "others", "required", "types")

    def __init__(self, nodes: Iterable[Schema]) -> None:
        nodes = list(nodes)
        self.types = frozenset(_types(nodes))
        self.most_characters = max(_characters(nodes), default=_MAX_TEXT)
        self.most_items = _most("maxItems", nodes)
        self.most_members = _most("maxProperties", nodes)
        self.required = frozenset[str].intersection(*(frozenset(node.get("required", ())) for node in nodes)) if nodes else frozenset()
        self.members: dict[str, Shape] = {}
        self.others: Shape | None = None
        self.items: Shape | None = None


class Shapes:
    """The shapes of one document; a schema that refers to itself has one that does, too."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[tuple[int, ...], Shape] = {}

    def of(self, *schemas: Schema) -> Shape:
        """The shape of a value of which these schemas speak."""
        nodes = [node for schema in schemas for node in self._flat(schema)]
        key = tuple(map(id, nodes))
        if key not in self._known:
            shape = self._known[key] = Shape(nodes)
            names = {name: None for node in nodes for name in node.get("properties", ())}
            for name in names:
                shape.members[name] = self.of(*(node["properties"][name] for node in nodes if name in node.get("properties", ())))
            others = [node["additionalProperties"] for node in nodes if isinstance(node.get("additionalProperties"), dict)]
            shape.others = self.of(*others) if others else None
            items = [node["items"] for node in nodes if "items" in node]
            shape.items = self.of(*items) if items else None
        return self._known[key]

    def _flat(self, schema: Schema) -> list[Schema]:
        node = self._document.dereference(schema)
        return [node, *(each for keyword in _COMBINED for branch in node.get(keyword, ()) for each in self._flat(branch))]


# More than a contract has bodies, though a process of tests has many applications and some contracts.
@lru_cache(maxsize=1000)
def shape_at(document: Document, pointer: str) -> Shape:
    """The shape of a value of the schema that a JSON pointer names."""
    return Shapes(document).of(document.get(pointer))


class Excerpt:
    """Cuts one value, and counts on the way what is obviously wrong: behind the last that is reported, lists end."""

    def __init__(self, shape: Shape, value: Any, most: int) -> None:
        self._room = most
        self.value = self._cut(shape, value)

    def _cut(self, shape: Shape, value: Any) -> Any:
        kind = _TYPES[type(value)]
        fits = not shape.types or kind in shape.types or (kind == "integer" and "number" in shape.types)
        self._room -= not fits
        if kind == "string":
            return value[: shape.most_characters + 1]
        if kind == "integer":
            return max(-_LARGEST, min(value, _LARGEST))
        if kind == "array":
            return self._list(shape, value) if fits else []
        if kind == "object":
            return self._object(shape, value) if fits else {}
        return value

    def _list(self, shape: Shape, value: list[Any]) -> list[Any]:
        self._room -= len(value) > shape.most_items
        kept = []
        for item in islice(value, shape.most_items + 1):
            kept.append(item if shape.items is None else self._cut(shape.items, item))
            if self._room <= 0:
                break
        return kept

    def _object(self, shape: Shape, value: dict[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        self._room -= len(shape.required - value.keys())
        for name, child in islice(value.items(), shape.most_members + 1):
            known = shape.members.get(name, shape.others)
            if known is not None:
                kept[name] = self._cut(known, child)
            elif self._room > 0:
                kept[name[:_MAX_NAME]] = None  # an unknown member is wrong whatever its value
                self._room -= 1
        return kept


def _types(nodes: list[Schema]) -> Iterable[str]:
    for node in nodes:
        named = node.get("type", ())
        yield from (named,) if isinstance(named, str) else named


def _characters(nodes: list[Schema]) -> Iterable[int]:
    for node in nodes:
        if "maxLength" in node:
            yield node["maxLength"]
        yield from (len(each) for each in node.get("enum", [node.get("const")]) if isinstance(each, str))


def _most(keyword: str, nodes: list[Schema]) -> int:
    """The largest of the bounds; the largest number there is where none is set."""
    return max((node[keyword] for node in nodes if keyword in node), default=sys.maxsize - 1)
