"""A schema in a single form: references followed, allOf joined, null and const unfolded, bounds inclusive.

It is made from a *conjunction*: the pointers of the nodes that all apply to a value. An empty conjunction accepts every value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from codegen.contract.document import Document, Node, pointer
from codegen.contract.laws import LAWS

Conjunction = tuple[str, ...]

INCLUDED = {"number": {"number", "integer"}, "null": set[str]()}
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
WORDING = ("title", "description", "examples", "discriminator", "x-message", "x-secret")
# Only one side reads or sends such a member.
SIDES = ("readOnly", "writeOnly")
CONDITION = ("if", "then", "else")
UNIONS = ("oneOf", "anyOf")
STRUCTURE = (
    "$ref",
    "allOf",
    *UNIONS,
    "type",
    "enum",
    "const",
    "pattern",
    "format",
    "multipleOf",
    "uniqueItems",
    "items",
    "propertyNames",
    "properties",
)
OBJECT = ("required", "additionalProperties", "unevaluatedProperties", "dependentRequired", "default", "deprecated", "x-deprecation")
KNOWN = {*LOWER, *UPPER, *WORDING, *SIDES, *CONDITION, *STRUCTURE, *OBJECT, *LAWS}


@dataclass(slots=True)
class EffectiveSchema:
    """All keywords of a conjunction, joined."""

    document: Document
    pointers: Conjunction
    at: str = ""
    """The innermost node, at the end of the references."""
    places: dict[str, str] = field(default_factory=dict)
    """The node of each keyword."""
    types: frozenset[str] = TYPES
    null: bool = True
    enum: list[Any] | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    patterns: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    multiples: set[Decimal] = field(default_factory=set)
    unique: bool = False
    items: Conjunction = ()
    names: Conjunction = ()
    properties: dict[str, Conjunction] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    further: Conjunction | None = ()
    """The schema of members without a name here; None: there are no such members."""
    branches: Conjunction = ()
    discriminator: str = ""
    conditions: list[tuple[Conjunction, Conjunction, Conjunction]] = field(default_factory=list)
    dependents: dict[str, set[str]] = field(default_factory=dict)
    default: list[Any] = field(default_factory=list)
    """The default in a list, or an empty list."""
    wording: dict[str, Any] = field(default_factory=dict)
    sides: set[str] = field(default_factory=set)
    """Which of SIDES are set."""
    deprecation: Node = field(default_factory=dict)
    laws: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    def accepts(self, value: object) -> bool:
        """Whether a value is valid."""
        return all(self.document.validator(where).is_valid(value) for where in self.pointers)


def effective_schema(document: Document, pointers: Conjunction) -> EffectiveSchema:
    """The joined form of these schemas."""
    schema = EffectiveSchema(document, pointers)
    for where in pointers:
        _add_node(schema, where)
    if schema.enum is not None and schema.types == TYPES:
        schema.types = frozenset(_kind(value) for value in schema.enum)
    for exclusive, inclusive, step, tighter in (("exclusiveMinimum", "minimum", 1, max), ("exclusiveMaximum", "maximum", -1, min)):
        if schema.types == {"integer"} and exclusive in schema.bounds:
            schema.bounds[inclusive] = tighter(
                bound for bound in (schema.bounds.pop(exclusive) + step, schema.bounds.get(inclusive)) if bound is not None
            )
    return schema


def _kind(value: object) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "object")


def _add_node(schema: EffectiveSchema, where: str) -> None:
    """Add the keywords of a node."""
    node = schema.document.get(where)
    if not isinstance(node, Mapping):  # `true` or `false`
        schema.others["schema"] = node
        return
    schema.at = where
    # Keywords beside a reference take precedence over its target, so they are added later.
    if "$ref" in node:
        _add_node(schema, str(node["$ref"]).removeprefix("#"))
    for index in range(len(node.get("allOf", ()))):
        _add_node(schema, where + pointer("allOf", index))
    schema.places |= dict.fromkeys(node, where)
    schema.wording |= {key: node[key] for key in WORDING if key in node}
    schema.sides |= {key for key in SIDES if node.get(key)}
    schema.deprecation = {**schema.deprecation, **{key: node[key] for key in ("deprecated", "x-deprecation") if key in node}}
    schema.laws |= {key: node[key] for key in LAWS if key in node}
    schema.others |= {key: held for key, held in node.items() if key not in KNOWN}
    if "default" in node:
        schema.default = [node["default"]]
    _add_values(schema, node)
    _add_object(schema, node, where)
    for keyword in UNIONS:
        if keyword in node:
            _add_union(schema, keyword, node, where)


def _add_values(schema: EffectiveSchema, node: Node) -> None:
    if "type" in node:
        kinds = {node["type"]} if isinstance(node["type"], str) else set(node["type"])
        schema.types &= set[str]().union(*(INCLUDED.get(kind, {kind}) for kind in kinds))
        schema.null = schema.null and "null" in kinds
    if "const" in node or "enum" in node:
        values = [node["const"]] if "const" in node else list(node["enum"])
        schema.enum = [value for value in values if value is not None and (schema.enum is None or value in schema.enum)]
        schema.null = schema.null and None in values
    for keywords, tighter in ((LOWER, max), (UPPER, min)):
        for keyword in keywords:
            if keyword in node:
                schema.bounds[keyword] = tighter(node[keyword], schema.bounds.get(keyword, node[keyword]))
    if "pattern" in node:
        schema.patterns.add(node["pattern"])
    if node.get("format", "password") != "password":  # which only hides the input
        schema.formats.add(node["format"])
    if "multipleOf" in node:
        schema.multiples.add(Decimal(str(node["multipleOf"])))
    schema.unique = schema.unique or bool(node.get("uniqueItems"))


def _add_object(schema: EffectiveSchema, node: Node, where: str) -> None:
    if "items" in node:
        schema.items += (where + pointer("items"),)
    if "propertyNames" in node:
        schema.names += (where + pointer("propertyNames"),)
    for name in node.get("properties", ()):
        schema.properties[name] = (*schema.properties.get(name, ()), where + pointer("properties", name))
    schema.required |= set(node.get("required", ()))
    for name, needed in node.get("dependentRequired", {}).items():
        schema.dependents[name] = schema.dependents.get(name, set()) | set(needed)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if node.get(keyword) is False:
            schema.further = None
        elif isinstance(node.get(keyword), Mapping) and schema.further is not None:
            schema.further += (where + pointer(keyword),)
    if "if" in node:
        schema.conditions.append(tuple((where + pointer(keyword),) if keyword in node else () for keyword in CONDITION))  # type: ignore[arg-type]  # three of them


def _add_union(schema: EffectiveSchema, keyword: str, node: Node, where: str) -> None:
    """`oneOf: [X, null]` is X that may be null."""
    branches = [where + pointer(keyword, index) for index, branch in enumerate(node[keyword]) if branch != {"type": "null"}]
    nullable, before = len(branches) < len(node[keyword]), schema.null
    if len(branches) == 1:
        _add_node(schema, branches[0])
        schema.null = before and (nullable or schema.null)
        return
    schema.null = before and nullable
    schema.branches += tuple(branches)
    schema.discriminator = node.get("discriminator", {}).get("propertyName", schema.discriminator)
