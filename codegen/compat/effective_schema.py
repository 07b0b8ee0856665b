"""A schema in one form for what can be written in several: references followed, allOf joined, null and const unfolded, bounds inclusive.

It is made from a *conjunction*: the pointers of the nodes that hold for a value at once. None of them means that anything goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.contract.document import Document, Node, pointer

Conjunction = tuple[str, ...]

INCLUDED = {"number": {"number", "integer"}, "null": set[str]()}
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
WORDING = ("title", "description", "examples", "discriminator", "readOnly", "writeOnly", "x-message", "x-secret")
CONDITION = ("if", "then", "else")
STRUCTURE = ("$ref", "allOf", "oneOf", "type", "enum", "const", "pattern", "format", "uniqueItems", "items", "propertyNames", "properties")
OBJECT = ("required", "additionalProperties", "unevaluatedProperties", "dependentRequired", "default", "deprecated", "x-deprecation")
KNOWN = {*LOWER, *UPPER, *WORDING, *CONDITION, *STRUCTURE, *OBJECT}


@dataclass(slots=True)
class EffectiveSchema:
    """All that a conjunction says."""

    document: Document
    pointers: Conjunction
    at: str = ""
    """The innermost node, where a reference leads in the end."""
    places: dict[str, str] = field(default_factory=dict)
    """The nodes that say a keyword."""
    types: frozenset[str] = TYPES
    null: bool = True
    enum: list[Any] | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    patterns: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    unique: bool = False
    items: Conjunction = ()
    names: Conjunction = ()
    properties: dict[str, Conjunction] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    further: Conjunction | None = ()
    """What members are that have no name here; None: there are none."""
    branches: Conjunction = ()
    discriminator: str = ""
    conditions: list[tuple[Conjunction, Conjunction, Conjunction]] = field(default_factory=list)
    dependents: dict[str, set[str]] = field(default_factory=dict)
    default: list[Any] = field(default_factory=list)
    """The one, or none."""
    wording: dict[str, Any] = field(default_factory=dict)
    deprecation: Node = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    def takes(self, value: object) -> bool:
        """Whether a value is right."""
        return all(self.document.validator(where).is_valid(value) for where in self.pointers)


def effective_schema(document: Document, pointers: Conjunction) -> EffectiveSchema:
    """What holds for a value that keeps all of these schemas."""
    found = EffectiveSchema(document, pointers)
    for where in pointers:
        _take(found, where)
    if found.enum is not None and found.types == TYPES:
        found.types = frozenset(_kind(value) for value in found.enum)
    for exclusive, inclusive, step, tighter in (("exclusiveMinimum", "minimum", 1, max), ("exclusiveMaximum", "maximum", -1, min)):
        if found.types == {"integer"} and exclusive in found.bounds:
            found.bounds[inclusive] = tighter(
                bound for bound in (found.bounds.pop(exclusive) + step, found.bounds.get(inclusive)) if bound is not None
            )
    return found


def _kind(value: object) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "object")


def _take(found: EffectiveSchema, where: str) -> None:
    """Add what a node says."""
    node = found.document.get(where)
    if not isinstance(node, Mapping):  # `true` says nothing, `false` is nobody's member
        found.others["schema"] = node
        return
    found.at = where
    # What stands beside a reference says more than what it leads to: it comes later.
    if "$ref" in node:
        _take(found, str(node["$ref"]).removeprefix("#"))
    for index in range(len(node.get("allOf", ()))):
        _take(found, where + pointer("allOf", index))
    found.places |= dict.fromkeys(node, where)
    found.wording |= {key: node[key] for key in WORDING if key in node}
    found.deprecation = {**found.deprecation, **{key: node[key] for key in ("deprecated", "x-deprecation") if key in node}}
    found.others |= {key: held for key, held in node.items() if key not in KNOWN}
    if "default" in node:
        found.default = [node["default"]]
    _take_values(found, node)
    _take_object(found, node, where)
    if "oneOf" in node:
        _take_union(found, node, where)


def _take_values(found: EffectiveSchema, node: Node) -> None:
    if "type" in node:
        kinds = {node["type"]} if isinstance(node["type"], str) else set(node["type"])
        found.types &= set[str]().union(*(INCLUDED.get(kind, {kind}) for kind in kinds))
        found.null = found.null and "null" in kinds
    if "const" in node or "enum" in node:
        values = [node["const"]] if "const" in node else list(node["enum"])
        found.enum = [value for value in values if value is not None and (found.enum is None or value in found.enum)]
        found.null = found.null and None in values
    for keywords, tighter in ((LOWER, max), (UPPER, min)):
        for keyword in keywords:
            if keyword in node:
                found.bounds[keyword] = tighter(node[keyword], found.bounds.get(keyword, node[keyword]))
    if "pattern" in node:
        found.patterns.add(node["pattern"])
    if node.get("format", "password") != "password":  # which only hides what is typed
        found.formats.add(node["format"])
    found.unique = found.unique or bool(node.get("uniqueItems"))


def _take_object(found: EffectiveSchema, node: Node, where: str) -> None:
    if "items" in node:
        found.items += (where + pointer("items"),)
    if "propertyNames" in node:
        found.names += (where + pointer("propertyNames"),)
    for name in node.get("properties", ()):
        found.properties[name] = (*found.properties.get(name, ()), where + pointer("properties", name))
    found.required |= set(node.get("required", ()))
    for name, needed in node.get("dependentRequired", {}).items():
        found.dependents[name] = found.dependents.get(name, set()) | set(needed)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if node.get(keyword) is False:
            found.further = None
        elif isinstance(node.get(keyword), Mapping) and found.further is not None:
            found.further += (where + pointer(keyword),)
    if "if" in node:
        found.conditions.append(tuple((where + pointer(keyword),) if keyword in node else () for keyword in CONDITION))  # type: ignore[arg-type]  # three of them


def _take_union(found: EffectiveSchema, node: Node, where: str) -> None:
    """`oneOf: [X, null]` is X that may be null."""
    branches = [where + pointer("oneOf", index) for index, branch in enumerate(node["oneOf"]) if branch != {"type": "null"}]
    nullable, before = len(branches) < len(node["oneOf"]), found.null
    if len(branches) == 1:
        _take(found, branches[0])
        found.null = before and (nullable or found.null)
        return
    found.null = before and nullable
    found.branches += tuple(branches)
    found.discriminator = node.get("discriminator", {}).get("propertyName", found.discriminator)
