"""The document's constraints, loosened or tightened one at a time."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from re import _parser as parser  # no public function returns the length of a match
from typing import Any

from codegen.contract.document import Document, pointer, steps
from codegen.contract.schemas import Use, schemas
from tests.kit.contract.instances import EXTRA

Json = Any

# Keyword -> its changes: name of the change, and the new value; `...` removes the keyword.
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties")
OTHER_TYPE = {"string": "integer", "integer": "string", "boolean": "string", "array": "string", "object": "array"}
OTHER_FORMAT = {"date-time": "uuid", "uuid": "date-time", "email": "uuid", "uri": "uuid", "uri-reference": "uuid"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One constraint changed."""

    pointer: str
    """The schema or object that holds it."""
    what: str
    uses: frozenset[Use]
    """How the schema is used; empty: not a schema."""
    apply: Callable[[dict[str, Json]], None]
    """Changes the object at the pointer."""

    @property
    def name(self) -> str:
        return f"{self.pointer} {self.what}"

    @property
    def kind(self) -> str:
        """The keyword, and its change."""
        return re.sub(r"[:=].*", "", self.what).strip()


def setting(keyword: str, value: Json) -> Callable[[dict[str, Json]], None]:
    def apply(node: dict[str, Json]) -> None:
        if value is ...:
            del node[keyword]
        else:
            node[keyword] = copy.deepcopy(value)

    return apply


def of_schemas(document: Document) -> Iterator[Edit]:
    """Every change of every rule of every schema in use, each place once."""
    uses: dict[str, set[Use]] = {}
    for schema in schemas(document):
        # A reference with a description beside it has no rule.
        if "/examples/" not in schema.pointer:
            uses.setdefault(schema.pointer, set()).add(schema.use)
    for where, used in uses.items():
        node = document.get(where)
        for what, keyword, value in changes(document, node):
            if what == "type nullable" and used <= {"parameter", "header"}:
                continue  # these are texts, and a text is never null
            yield Edit(where, what, frozenset(used), setting(keyword, value))


def changes(document: Document, node: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """The changes of each rule: name of the change, keyword, new value."""
    yield from _bounds(node)
    yield from _values(node)
    yield from _type(node)
    yield from _members(node)
    yield from _branches(node)
    if "default" in node:
        yield "default exchanged", "default", _other(document.dereference(node), node["default"])


def _bounds(node: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    shortest, longest = lengths(node.get("pattern", ""))
    for keyword in BOUNDS:
        if keyword not in node:
            continue
        bound, step = node[keyword], 1 if keyword.lower().startswith(("max", "exclusivemax")) else -1
        yield f"{keyword} tighter", keyword, bound - step
        if (keyword == "minLength" and shortest >= bound) or (keyword == "maxLength" and longest <= bound):
            continue  # the pattern has the same bound: without this one, the same texts are valid
        if keyword != "minLength" or bound > 1:  # otherwise it would be the same as dropping it
            yield f"{keyword} looser", keyword, bound + step
        yield f"{keyword} dropped", keyword, ...


def _values(node: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    if "pattern" in node:
        yield "pattern dropped", "pattern", ...
        yield "pattern tighter", "pattern", "^surprise$"
    if node.get("format") in OTHER_FORMAT:
        yield "format dropped", "format", ...
        yield "format exchanged", "format", OTHER_FORMAT[node["format"]]
    if "enum" in node:
        for value in node["enum"]:
            yield f"enum smaller: {value}", "enum", [value_kept for value_kept in node["enum"] if value_kept != value]
        yield "enum larger", "enum", [*node["enum"], EXTRA]
    if "const" in node:
        yield "const exchanged", "const", f"{node['const']}x" if isinstance(node["const"], str) else 7
    if node.get("uniqueItems"):
        yield "uniqueItems dropped", "uniqueItems", ...


def _branches(node: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    if len(node.get("oneOf", ())) > 1:
        for at, branch in enumerate(node["oneOf"]):
            name = str(branch.get("$ref", branch.get("type", at))).rpartition("/")[2]
            yield f"oneOf smaller: {name}", "oneOf", [*node["oneOf"][:at], *node["oneOf"][at + 1 :]]
    if "then" in node:
        yield "then dropped", "then", ...
        yield "if inverted", "if", {"not": node["if"]}


def lengths(pattern: str) -> tuple[int, float]:
    """The shortest and the longest text that a pattern matches as a whole."""
    parsed = parser.parse(pattern)
    ends = [item for item in (*parsed[:1], *parsed[-1:]) if str(item[0]) == "AT"]
    if [str(where) for _, where in ends] != ["AT_BEGINNING", "AT_END"]:
        return 0, inf
    shortest, longest = parsed.getwidth()
    return shortest, longest


def _type(node: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    kind = node.get("type")
    if isinstance(kind, str) and kind in OTHER_TYPE and not {"const", "enum"} & node.keys():
        yield "type nullable", "type", [kind, "null"]
        yield "type exchanged", "type", OTHER_TYPE[kind]
    elif isinstance(kind, list) and "null" in kind:
        yield "type not nullable", "type", next(other for other in kind if other != "null")


def _members(node: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    if "properties" not in node:
        return
    required = node.get("required", [])
    for name in required:
        if "type" in node:
            yield f"required smaller: {name}", "required", [name_kept for name_kept in required if name_kept != name]
    if "type" in node:
        for name in node["properties"]:
            if name not in required:
                yield f"required larger: {name}", "required", [*required, name]
    if node.get("additionalProperties") is False:
        yield "additionalProperties dropped", "additionalProperties", ...
        for name in node["properties"]:
            yield f"properties smaller: {name}", "properties", {key: member for key, member in node["properties"].items() if key != name}


def _other(schema: Mapping[str, Json], value: Json) -> Json:
    if "enum" in schema:
        return next(other for other in schema["enum"] if other != value)
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else ["x"] if isinstance(value, list) else f"{value}x"


# -- outside schemas ---------------------------------------------------------------------------------------------------
NONE: frozenset[Use] = frozenset()


def of_operations(document: Document) -> Iterator[Edit]:
    """Security, access, statuses, media types, headers, parameters, rate classes."""
    for operation in document.operations():
        spec, at = operation.spec, operation.pointer
        yield from _security(at, spec)
        yield from _access(at, spec)
        other = "quote" if operation.rate_class != "quote" else "default"
        yield Edit(at, "x-rate-class exchanged", NONE, setting("x-rate-class", other))
        for status in spec["responses"]:
            yield Edit(f"{at}/responses", f"status dropped: {status}", NONE, setting(status, ...))
        if operation.navigates:
            yield Edit(at, "x-navigation dropped", NONE, setting("x-navigation", ...))
        yield from _parameters(document, operation)
    for response in responses(document):
        node = document.get(response)
        for name in node.get("headers", {}):
            yield Edit(f"{response}/headers", f"header dropped: {name}", NONE, setting(name, ...))
        if node.get("content"):
            exchanged = {f"{media}x": content for media, content in node["content"].items()}
            yield Edit(response, "media type exchanged", NONE, setting("content", exchanged))
    for name, header in document.components("headers").items():
        if header.get("required"):
            yield Edit(pointer("components", "headers", name), "required dropped", NONE, setting("required", ...))


def responses(document: Document) -> list[str]:
    """Where responses are, shared ones once."""
    return list(dict.fromkeys(response.pointer for operation in document.operations() for response in operation.responses()))


def _security(at: str, spec: Mapping[str, Json]) -> Iterator[Edit]:
    ways = spec.get("security")
    if not ways:
        yield Edit(at, "security required", NONE, setting("security", [{"oauth2": []}]))
        return
    yield Edit(at, "security dropped", NONE, setting("security", []))
    if {} in ways:
        yield Edit(at, "anonymous callers rejected", NONE, setting("security", [way for way in ways if way]))
    else:
        yield Edit(at, "anonymous callers admitted", NONE, setting("security", [*ways, {}]))
    for index, way in enumerate(ways):
        for scheme, scopes in way.items():
            for scope in scopes:
                fewer = [other for other in scopes if other != scope]
                yield Edit(at, f"scope dropped: {scope}", NONE, setting("security", _with(ways, index, {scheme: fewer})))
            exchanged = {scheme: ["webhooks:manage"]}
            yield Edit(at, f"scope exchanged: {index}", NONE, setting("security", _with(ways, index, exchanged)))


def _with(ways: list[Json], index: int, way: Json) -> list[Json]:
    return [*ways[:index], way, *ways[index + 1 :]]


def _access(at: str, spec: Mapping[str, Json]) -> Iterator[Edit]:
    rows = spec.get("x-access", {})
    for who, row in rows.items():
        yield Edit(at, f"x-access row dropped: {who}", NONE, setting("x-access", {key: other for key, other in rows.items() if key != who}))
        scope = row if isinstance(row, str) else row["scope"]
        if scope != "none":
            yield Edit(at, f"x-access scope exchanged: {who}", NONE, setting("x-access", rows | {who: "webhooks:manage"}))
        if isinstance(row, dict):
            yield Edit(at, f"x-access credential dropped: {who}", NONE, setting("x-access", rows | {who: scope}))
        elif scope != "none":
            stricter = {"scope": scope, "credential": "fresh"}
            yield Edit(at, f"x-access credential required: {who}", NONE, setting("x-access", rows | {who: stricter}))


def _parameters(document: Document, operation: Any) -> Iterator[Edit]:
    for index, node in enumerate(operation.spec.get("parameters", ())):
        spec = document.dereference(node)
        where = f"{operation.pointer}/parameters/{index}"
        if "x-edge" in spec or spec["name"] == "If-None-Match":
            continue  # the edge reads it, whatever the document declares
        yield Edit(where, f"parameter renamed: {spec['name']}", NONE, setting("name", f"{spec['name']}x"))
        if spec["in"] != "path":
            flipped = not spec.get("required", False)
            yield Edit(where, f"parameter {'required' if flipped else 'optional'}: {spec['name']}", NONE, setting("required", flipped))


def applied(node: Json, edit: Edit, below: str = "") -> Json:
    """A changed copy of the object at the edit's pointer or above it."""
    copied = copy.deepcopy(node)
    place = copied
    for step in steps(below):
        place = place[int(step)] if isinstance(place, list) else place[step]
    edit.apply(place)
    return copied
