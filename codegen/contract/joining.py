"""allOf: all parts of a schema as one schema, so that each of them becomes one class with all its members.

A schema that others only extend describes no value by itself: it leaves the bundle. What cannot be joined is refused with its place.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codegen.contract.document import Document, Node, referenced
from codegen.contract.schemas import schemas
from codegen.contract.yaml import ContractError, SourceDict

Json = dict[str, Any]
# What explains a schema, or says what happens without a value: the outermost counts.
OUTERMOST = ("title", "description", "examples", "default", "deprecated", "x-deprecation", "x-message")
FLAGS = ("uniqueItems", "readOnly", "writeOnly", "x-secret")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
CLOSING = ("additionalProperties", "unevaluatedProperties")


def join(document: Document) -> None:
    """Replace each allOf in the document by one schema, or raise ContractError."""
    used = _used(document)
    errors: list[str] = []
    for schema in list(schemas(document)):
        if "unevaluatedProperties" in schema.node and "allOf" not in schema.node:
            where = document.location(schema.pointer)
            errors.append(f"{where}: `unevaluatedProperties` is for what allOf joins. Write `additionalProperties: false`.")
        elif isinstance(schema.node, SourceDict) and "allOf" in schema.node:
            try:
                made = _Joint(document).of(schema.node)
            except _Contradiction as error:
                errors.append(f"{document.location(schema.pointer)}: allOf: {error}.")
            else:
                schema.node.clear()
                schema.node.update(made)
    if errors:
        raise ContractError("\n".join(dict.fromkeys(errors)))
    for name in used - _used(document):
        del document.components("schemas")[name]


def _used(document: Document) -> set[str]:
    return {schema.component for schema in schemas(document) if schema.component is not None}


class _Contradiction(Exception):
    """The parts have no joint schema; the message says why and what to write."""


class _Joint:
    """Joins the parts of one schema."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def of(self, node: Node) -> Json:
        """The node without allOf."""
        own = {key: held for key, held in node.items() if key != "allOf"}
        if "allOf" not in node:
            return own
        parts = list(node["allOf"])
        if len(parts) == 1 and "$ref" in parts[0] and own.keys() <= set(OUTERMOST) | set(FLAGS):
            return {**parts[0], **own}  # nothing but words beside a reference
        flat = [self._whole(part) for part in parts]
        if any("oneOf" in part or "anyOf" in part for part in flat):
            raise _Contradiction("a union has no members to add to: write them into each branch")
        evaluated = own.pop("unevaluatedProperties", None)
        if isinstance(evaluated, Mapping):
            raise _Contradiction("write `unevaluatedProperties: false`, and a map as a member")
        made: Json = {}
        for part in (*flat, own) if own else flat:
            made = self._joined(made, part)
        closed = [set(part.get("properties", ())) for part in (*flat, own) if part.get("additionalProperties") is False]
        for known in closed:
            if lost := sorted(set(made.get("properties", ())) - known):
                raise _Contradiction(
                    f"{', '.join(lost)} is never valid, because another part has `additionalProperties: false`, which sees its own members "
                    "alone: leave that out of all parts, and write `unevaluatedProperties: false` beside the allOf"
                )
        if evaluated is False or closed:
            made["additionalProperties"] = False
        return made

    def _whole(self, part: Node) -> Json:
        """A part with everything that it refers to."""
        if "$ref" not in part:
            return self._closed(self.of(part))
        target = self._document.components("schemas")[str(referenced(part))]
        beside = {key: held for key, held in part.items() if key != "$ref"}
        whole = self._closed(self.of(target))
        while "$ref" in whole:
            whole = self._whole(whole)
        return self._joined(whole, beside) if beside else whole

    def _closed(self, node: Json) -> Json:
        """A part of a part sees the members of all its own parts."""
        if node.get("unevaluatedProperties") is False:
            node = {**node, "additionalProperties": False}
            del node["unevaluatedProperties"]
        return node

    def _joined(self, first: Json, second: Json) -> Json:
        made = {**first}
        for key, held in second.items():
            made[key] = self._both(key, first[key], held) if key in first and first[key] != held else held
        if {"enum", "const"} <= made.keys():
            if made["const"] not in made["enum"]:
                raise _Contradiction(f"{made['const']!r} is none of {made['enum']!r}: correct one of the two")
            del made["enum"]
        return made

    def _both(self, key: str, first: Any, second: Any) -> Any:
        """The value of a keyword that two parts have."""
        if key in OUTERMOST:
            return second
        if key in FLAGS:
            return first or second
        if key in LOWER or key in UPPER:
            return (max if key in LOWER else min)(first, second)
        if key in CLOSING and False in (first, second):
            return False
        if key in HOW:
            return HOW[key](self, first, second)
        raise _Contradiction(f"two parts have another `{key}`, {first!r} and {second!r}: write it in one of them")

    def schemas(self, first: Any, second: Any) -> Any:
        """Two schemas of one value, in a part each."""
        if first == second:
            return first
        return self.of({"allOf": [first, second]})

    def properties(self, first: Json, second: Json) -> Json:
        return {**first, **{name: self.schemas(first[name], held) if name in first else held for name, held in second.items()}}

    def types(self, first: Any, second: Any) -> Any:
        kinds = [[kind] if isinstance(kind, str) else kind for kind in (first, second)]
        both = list(_common(*kinds))
        if not both:
            raise _Contradiction(f"no value is both {first!r} and {second!r}: correct one of the two types")
        return both[0] if len(both) == 1 else both

    def values(self, first: list[Any], second: list[Any]) -> list[Any]:
        both = [value for value in first if any(value == other and type(value) is type(other) for other in second)]
        if not both:
            raise _Contradiction(f"no value is in both {first!r} and {second!r}: correct one of the two")
        return both


def _common(first: list[str], second: list[str]) -> Iterator[str]:
    """The types that both allow; an integer is a number."""
    for kind in first:
        if kind in second or (kind == "integer" and "number" in second):
            yield kind
    if "number" in first and "number" not in second and "integer" in second:
        yield "integer"


def _names(_: _Joint, first: list[str], second: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _dependents(joint: _Joint, first: Json, second: Json) -> Json:
    return {**first, **{name: _names(joint, first.get(name, []), held) for name, held in second.items()}}


HOW: dict[str, Callable[[_Joint, Any, Any], Any]] = {
    "type": _Joint.types,
    "enum": _Joint.values,
    "required": _names,
    "dependentRequired": _dependents,
    "properties": _Joint.properties,
    **dict.fromkeys(("items", "additionalProperties", "propertyNames"), _Joint.schemas),
}
