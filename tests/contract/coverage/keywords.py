"""The two sides of each keyword of a schema: values that keep it at its edge, and values that break it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from codegen.contract.schemas import is_any
from tests.kit.contract.checker import Contract, Schema, escaped

Shows = Callable[[Any], bool]
Side = tuple[str, str]
"""The place of the keyword, shortened for readers, and the side."""

EDGE, BEYOND, KEPT, BROKEN = "at its edge", "one beyond", "kept", "broken"


@dataclass(frozen=True)
class Rule:
    """The sides of one keyword: of values that keep the schema, and of values that break this keyword."""

    kept: Mapping[str, Shows] = field(default_factory=dict)
    broken: tuple[str, Shows] | None = None


def always(_: Any) -> bool:
    return True


def number(value: Any) -> Any:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def length(kind: type[str] | type[list[Any]] | type[dict[str, Any]]) -> Callable[[Any], int | None]:
    def measure(value: Any) -> int | None:
        return len(value) if isinstance(value, kind) else None

    return measure


# Keyword -> its measure, the offset of its edge, and the offset of one beyond.
BOUNDS: dict[str, tuple[Callable[[Any], Any], int, int]] = {
    "minimum": (number, 0, -1),
    "maximum": (number, 0, 1),
    "exclusiveMinimum": (number, 1, 0),
    "exclusiveMaximum": (number, -1, 0),
    "minLength": (length(str), 0, -1),
    "maxLength": (length(str), 0, 1),
    "minItems": (length(list), 0, -1),
    "maxItems": (length(list), 0, 1),
    "minProperties": (length(dict), 0, -1),
    "maxProperties": (length(dict), 0, 1),
}


def in_json(keyword: str, node: Schema) -> Rule:
    """The sides of a keyword in JSON of a request."""
    held: Any = node.get(keyword)
    if keyword in BOUNDS:
        return bound(keyword, held)
    if keyword == "type":
        return Rule({} if "const" in node else kinds(held), None if is_any(node) else (BROKEN, always))
    if keyword == "enum":
        return Rule({f"= {shown_as(value)}": is_null if value is None else equals(itself, value) for value in held}, (BROKEN, always))
    if keyword in {"const", "pattern", "multipleOf"} or (keyword == "format" and held not in {"password", "byte"}):
        return Rule({KEPT: is_something}, (BROKEN, always))
    if keyword == "uniqueItems" and held:
        return Rule({KEPT: lambda value: isinstance(value, list) and len(value) > 1}, (BROKEN, always))
    return Rule({}, (BROKEN, always)) if keyword == "additionalProperties" and held is False else Rule()


def in_text(keyword: str, node: Schema) -> Rule:
    """The same in text, of parameters and forms: text has no other type."""
    rule = in_json(keyword, node)
    return Rule(rule.kept) if keyword == "type" and node["type"] not in {"integer", "number", "boolean"} else rule


def in_form(keyword: str, node: Schema) -> Rule:
    """The same in a form: unknown members are ignored, and empty ones count as left out."""
    if keyword == "additionalProperties":
        return Rule()
    rule = in_text(keyword, node)
    return Rule(rule.kept) if keyword == "minLength" and node["minLength"] == 1 else rule


def in_raw(keyword: str, node: Schema) -> Rule:
    """The same in a text or a file, which is never empty: an empty one is no body."""
    rule = in_multipart(keyword, node)
    return Rule(rule.kept) if keyword == "minLength" and node["minLength"] == 1 else rule


def in_multipart(keyword: str, node: Schema) -> Rule:
    """The same in a form with a file."""
    return Rule() if keyword == "format" and node["format"] == "binary" else in_text(keyword, node)


def in_response(keyword: str, node: Schema) -> Rule:
    """The sides of a keyword of a response with several outcomes; the checker covers all other keywords, in each response."""
    if keyword == "enum":
        return Rule(in_json(keyword, node).kept)
    if keyword == "type" and "const" not in node:
        return Rule(kinds(node["type"]))
    if keyword == "items" and not node.get("minItems"):
        return Rule({"empty": equals(length(list), 0), "not empty": bool})
    return Rule()


def bound(keyword: str, held: int) -> Rule:
    measure, edge, beyond = BOUNDS[keyword]
    nothing_beyond = held == 0 and keyword in {"minLength", "minItems", "minProperties"}
    return Rule({EDGE: equals(measure, held + edge)}, None if nothing_beyond else (BEYOND, equals(measure, held + beyond)))


def kinds(held: str | list[str]) -> dict[str, Shows]:
    if held == "boolean":
        return {"true": equals(itself, True), "false": equals(itself, False)}
    return {"null": is_null, "not null": is_something} if isinstance(held, list) and "null" in held else {}


Rules = Callable[[str, Schema], Rule]
# Keyword -> what its schemas are for, if not for a value by itself.
HOLDERS = {"if": "if", "then": "then", "propertyNames": "name"}


def itself(value: Any) -> Any:
    return value


def shown_as(value: Any) -> str:
    """A value of an enum: 1 and true are two."""
    return value if isinstance(value, str) else json.dumps(value)


def is_null(value: Any) -> bool:
    return value is None


def is_something(value: Any) -> bool:
    return value is not None


def equals(measure: Callable[[Any], Any], expected: Any) -> Shows:
    def shows(value: Any) -> bool:
        measured = measure(value)
        return measured is not None and measured == expected and isinstance(measured, bool) == isinstance(expected, bool)

    return shows


def named(index: int, branch: Schema) -> str:
    """A branch of a union."""
    name = str(branch.get("$ref", branch.get("type", index)))
    return f"as {name.rpartition('/')[2]}"


class Walk:
    """Goes through a schema, alone or along a value that keeps it."""

    def __init__(self, contract: Contract, rules: Rules) -> None:
        self._contract, self._rules, self._members = contract, rules, rules is not in_response
        self._kept: dict[str, list[tuple[str, str, Shows]]] = {}
        self._bare: dict[str, bool] = {}

    # -- the sides -----------------------------------------------------------------------------------------------------
    def sides(self, pointer: str) -> Iterator[Side]:
        """Each side of each keyword that the schema reaches."""
        seen: set[str] = set()
        yield from self._sides(pointer, seen, "rule")

    def _sides(self, pointer: str, seen: set[str], holder: str) -> Iterator[Side]:
        node = self._contract.at(pointer)
        if "$ref" in node:
            yield from self._sides(node["$ref"].removeprefix("#"), seen, holder)
            return
        if pointer in seen:
            return
        seen.add(pointer)
        for keyword, held in node.items():
            where = f"{pointer}/{keyword}"
            rule = self._rules(keyword, node)
            if holder == "if":
                yield from ((where, side) for side in self._condition(keyword, rule))
                continue
            # A wrong name of a member is reported as the member.
            broken = [rule.broken[0]] if rule.broken and holder != "name" else []
            yield from ((where, side) for side in (*rule.kept, *broken))
            if self._members:
                yield from self._of_members(where, keyword, held, node, holder)
        for keyword in ("oneOf", "anyOf"):
            yield from ((f"{pointer}/{keyword}", named(index, branch)) for index, branch in enumerate(node.get(keyword, ())))
        for below, kind in self._below(pointer, node):
            yield from self._sides(below, seen, HOLDERS.get(kind, holder))

    def _of_members(self, where: str, keyword: str, held: Any, node: Schema, holder: str) -> Iterator[Side]:
        if keyword == "required":
            yield from ((where, f"without {name}") for name in held)
        if keyword == "dependentRequired":
            for name, others in held.items():
                yield where, f"{name} with the others"
                yield from ((where, f"{name} without {other}") for other in others)
        if keyword == "properties" and holder == "rule":
            yield from ((where, f"{name} left out") for name in held if name not in node.get("required", ()))
        if keyword == "if":
            yield where, "met"
            yield where, "not met"

    def _condition(self, keyword: str, rule: Rule) -> list[str]:
        """Both sides of a condition are valid."""
        if keyword == "type" or rule.broken is None:
            return []
        return [*rule.kept, rule.broken[0]]

    def _below(self, pointer: str, node: Schema) -> Iterator[tuple[str, str]]:
        for keyword in ("oneOf", "anyOf", "allOf"):
            yield from ((f"{pointer}/{keyword}/{index}", keyword) for index in range(len(node.get(keyword, ()))))
        yield from ((f"{pointer}/properties/{escaped(name)}", "properties") for name in node.get("properties", {}))
        for keyword in ("items", "additionalProperties", "propertyNames", "if", "then", "else"):
            if isinstance(node.get(keyword), dict):
                yield f"{pointer}/{keyword}", "then" if keyword == "else" else keyword

    # -- what a value shows --------------------------------------------------------------------------------------------
    def shown(self, pointer: str, value: Any, holder: str = "rule") -> Iterator[Side]:
        """The sides that a valid value shows."""
        node = self._contract.at(pointer)
        if "$ref" in node:
            yield from self.shown(node["$ref"].removeprefix("#"), value, holder)
            return
        if self._is_bare(pointer):
            return
        yield from ((where, side) for where, side, shows in self._kept_at(pointer, node) if shows(value))
        if self._members and isinstance(value, dict):
            yield from self._shown_by_members(pointer, node, value)
        for place, index, branch in [(key, at, each) for key in ("oneOf", "anyOf") for at, each in enumerate(node.get(key, ()))]:
            if self._contract.validator(f"{pointer}/{place}/{index}").is_valid(value):
                yield f"{pointer}/{place}", named(index, branch)
                yield from self.shown(f"{pointer}/{place}/{index}", value, holder)
        for index in range(len(node.get("allOf", ()))):
            yield from self.shown(f"{pointer}/allOf/{index}", value, holder)
        yield from self._shown_inside(pointer, node, value, holder)
        if "if" in node:
            met = self._contract.validator(f"{pointer}/if").is_valid(value)
            yield from self.shown_by_condition(f"{pointer}/if", value)
            branch = "then" if met else "else"
            if self._members:
                yield f"{pointer}/if", "met" if met else "not met"
            if branch in node:
                yield from self.shown(f"{pointer}/{branch}", value, "then")

    def _kept_at(self, pointer: str, node: Schema) -> list[tuple[str, str, Shows]]:
        """The sides of the node's own keywords, and which values show them."""
        if pointer not in self._kept:
            self._kept[pointer] = [
                (f"{pointer}/{keyword}", side, shows) for keyword in node for side, shows in self._rules(keyword, node).kept.items()
            ]
        return self._kept[pointer]

    def _is_bare(self, pointer: str) -> bool:
        """Whether no keyword of the schema, or of one inside, has a side: most members of responses are such."""
        if pointer not in self._bare:
            self._bare[pointer] = next(self.sides(pointer), None) is None
        return self._bare[pointer]

    def _shown_inside(self, pointer: str, node: Schema, value: Any, holder: str) -> Iterator[Side]:
        if isinstance(value, dict):
            for name in node.get("properties", {}):
                if name in value:
                    yield from self.shown(f"{pointer}/properties/{escaped(name)}", value[name], holder)
            if isinstance(node.get("additionalProperties"), dict):
                for name in value.keys() - node.get("properties", {}).keys():
                    yield from self.shown(f"{pointer}/additionalProperties", value[name], holder)
            if isinstance(node.get("propertyNames"), dict):
                for name in value:
                    yield from self.shown(f"{pointer}/propertyNames", name, holder)
        if isinstance(value, list) and "items" in node:
            for item in value:
                yield from self.shown(f"{pointer}/items", item, holder)

    def _shown_by_members(self, pointer: str, node: Schema, value: Mapping[str, Any]) -> Iterator[Side]:
        optional = (name for name in node.get("properties", {}) if name not in node.get("required", ()))
        yield from ((f"{pointer}/properties", f"{name} left out") for name in optional if name not in value)
        owners = (name for name in node.get("dependentRequired", ()) if name in value)
        yield from ((f"{pointer}/dependentRequired", f"{name} with the others") for name in owners)

    def shown_by_condition(self, pointer: str, value: Any) -> Iterator[Side]:
        """The sides of a condition that a value shows, whether it meets the condition or not."""
        node = self._contract.at(pointer)
        is_met = self._contract.validator(pointer).is_valid(value)
        for keyword in node:
            rule = self._rules(keyword, node)
            if keyword != "type" and rule.broken is not None and value is not None:
                shows = rule.kept if is_met else dict([rule.broken])
                yield from ((f"{pointer}/{keyword}", side) for side, is_shown in shows.items() if is_shown(value))
        if isinstance(value, dict):
            for name in node.get("properties", {}):
                if name in value:
                    yield from self.shown_by_condition(f"{pointer}/properties/{escaped(name)}", value[name])


@lru_cache(maxsize=100)
def walk(contract: Contract, rules: Rules) -> Walk:
    """The same for each value: it keeps the sides of each node."""
    return Walk(contract, rules)


def sides(contract: Contract, pointer: str, rules: Rules = in_json) -> list[Side]:
    """What requests must show of the schema at that pointer."""
    return [(short(where, pointer), side) for where, side in walk(contract, rules).sides(pointer)]


def response_sides(contract: Contract, pointer: str) -> list[Side]:
    """What responses must show of it."""
    return [(short(where, pointer), side) for where, side in walk(contract, in_response).sides(pointer)]


def shown(contract: Contract, pointer: str, value: Any, rules: Rules = in_json) -> Iterator[Side]:
    """What a request with this valid value shows."""
    return ((short(where, pointer), side) for where, side in walk(contract, rules).shown(pointer, value))


def shown_by_response(contract: Contract, pointer: str, value: Any) -> Iterator[Side]:
    """What a response with this value shows."""
    return ((short(where, pointer), side) for where, side in walk(contract, in_response).shown(pointer, value))


def shown_by_condition(contract: Contract, pointer: str, value: Any) -> Iterator[Side]:
    """What a request shows of the condition at that pointer, if it is rejected for the consequence."""
    return walk(contract, in_json).shown_by_condition(pointer, value)


def broken(contract: Contract, where: str, value: Any, name: str | None) -> str | None:
    """The side of the keyword at that pointer that an invalid value shows; `name` is the missing member; None: far beyond."""
    pointer, _, keyword = where.rpartition("/")
    node = contract.at(pointer)
    if keyword == "required":
        return f"without {name}"
    if keyword == "dependentRequired":
        owner = next((owner for owner, others in node[keyword].items() if owner in value and name in others), "")
        return f"{owner} without {name}"
    rule = in_json(keyword, node)
    return rule.broken[0] if rule.broken and rule.broken[1](value) else None


@lru_cache(maxsize=10_000)
def short(where: str, root: str = "/components/schemas/") -> str:
    """A short pointer: components by name, members after a dot, and only the keyword for the schema of a parameter."""
    if where.startswith(f"{root}/") and not root.startswith("/components/schemas/"):
        where = where.removeprefix(f"{root}/")
    return re.sub("/properties/", ".", where.removeprefix("/components/schemas/"))
