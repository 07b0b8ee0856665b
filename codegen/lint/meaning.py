"""Whether each keyword of a schema has an effect: types, bounds that fit them, bounds that some value keeps, patterns of one dialect."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import jsonschema_rs

from codegen.contract import patterns
from codegen.contract.document import Document, Node, pointer
from codegen.contract.keywords import PARSED_FORMATS
from codegen.contract.schemas import Schema, is_any, schemas
from codegen.lint.breaches import Breach
from codegen.lint.shapes import types

# The keywords that apply to values of a type, and to no other.
OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
    "object": (
        *("properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames"),
        *("dependentRequired", "if", "then", "else"),
    ),
}
NUMERIC = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
# Beside a reference: what explains the member, or says what happens without it.
BESIDE = ("$ref", "title", "description", "examples", "default", "deprecated", "writeOnly", "readOnly")
KINDS = {str: "string", type(None): "null", bool: "boolean"}
LOWER, UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
PAIRS = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"))


def typed(document: Document) -> Iterator[Breach]:
    """Every schema states which values it is for."""
    for schema in schemas(document):
        node = schema.node
        if schema.condition or schema.inside == "propertyNames":
            continue
        if is_any(node):
            yield from _alone(schema)
        elif not {"type", "$ref", "const", "enum", "oneOf", "anyOf"} & set(node):
            remedy = "write one, such as `type: string`, or `type: [object, array, string, number, boolean, 'null']`"
            yield Breach("type", schema.pointer, f"without a `type` any value is valid: {remedy}")
        elif "array" in types(node) and "items" not in node:
            yield Breach("type", schema.pointer, "an array needs `items`: without them any elements are valid")
        elif (types(node) == ["null"] or node.get("enum") == [None]) and schema.inside not in ("oneOf", "anyOf"):
            yield Breach("type", schema.pointer, "a value that is always null says nothing: write the type that it can have, too")
        elif "object" in types(node) and not {"properties", "additionalProperties"} & set(node):
            yield Breach("type", schema.pointer, "an object needs `properties`: without them any members are valid")
        elif "object" in types(node) and "properties" in node and not schema.component:
            yield Breach("type", schema.pointer, "an object is a component: it becomes a class, and its component names it")


def _alone(schema: Schema) -> Iterator[Breach]:
    """Any JSON value has no rules: they would be lost in models."""
    for keyword in schema.node.keys() - {"type", "title", "description", "examples", "deprecated", "x-deprecation"}:
        at = schema.pointer + pointer(keyword)
        yield Breach("type", at, f"`{keyword}` beside all types is lost in models: leave it out, or write the one type that it is for")


def fitting(document: Document) -> Iterator[Breach]:
    """A keyword applies to the type beside it."""
    for schema in schemas(document):
        node = schema.node
        if "$ref" in node:
            yield from _beside(schema)
            continue
        named = _types_of(schema)
        if named is None:
            continue
        for kind, keywords in OF_TYPE.items():
            if kind not in named:
                yield from _idle(schema, keywords, kind, named)
        if not {"integer", "number"} & set(named):
            yield from _idle(schema, NUMERIC, "integer", named)


def _types_of(schema: Schema) -> list[str] | None:
    """The types that a schema can be; None where another schema states them."""
    if (named := types(schema.node)) or not schema.condition:
        if not named and schema.inside == "propertyNames":
            return ["string"]
        if not named and {"oneOf", "anyOf"} & set(schema.node):
            return ["object"]
        values = [schema.node["const"]] if "const" in schema.node else schema.node.get("enum", [])
        return named or [KINDS.get(type(value), "integer") for value in values]
    return None


def _idle(schema: Schema, keywords: tuple[str, ...], kind: str, named: list[str]) -> Iterator[Breach]:
    for keyword in keywords:
        if keyword in schema.node:
            shown = " or ".join(named) or "a schema without a type"
            at = schema.pointer + pointer(keyword)
            yield Breach("type", at, f"`{keyword}` has no effect on {shown}: write `type: {kind}`, or remove it")


def _beside(schema: Schema) -> Iterator[Breach]:
    for keyword in schema.node:
        if keyword not in BESIDE and not keyword.startswith("x-"):
            remedy = "write a separate component, or the rule into the one that is referred to"
            yield Breach("type", schema.pointer + pointer(keyword), f"`{keyword}` beside a `$ref` is lost in models: {remedy}")


def possible(document: Document) -> Iterator[Breach]:
    """Some value keeps all keywords of a schema, and each of them can be broken."""
    for schema in schemas(document):
        node = schema.node
        yield from _bounds(schema)
        yield from _values(schema)
        if not schema.condition and node.get("additionalProperties") is False:
            yield from _members(schema)
        for keyword in ("then", "else"):
            if keyword in node and "if" not in node:
                yield Breach(
                    "effect", schema.pointer + pointer(keyword), f"`{keyword}` has no effect without `if`: write one, or remove it"
                )
        if "if" in node and not {"then", "else"} & set(node):
            yield Breach("effect", schema.pointer + pointer("if"), "`if` has no effect without `then` or `else`: write one, or remove it")
        if "discriminator" in node and "oneOf" not in node:
            at = schema.pointer + pointer("discriminator")
            yield Breach("effect", at, "`discriminator` has no effect without `oneOf`: write the branches, or remove it")
        if "default" in node and node.get("format") in PARSED_FORMATS:
            at = schema.pointer + pointer("default")
            yield Breach(
                "effect", at, f"the default of a {node['format']} would be a text: leave it out, and describe what happens without it"
            )
        if schema.use == "parameter" and "array" in types(node) and "default" in node:
            remedy = "leave it out, and describe what a request without it gets"
            yield Breach(
                "effect", schema.pointer + pointer("default"), f"the default of an array would be shared between requests: {remedy}"
            )


def _bounds(schema: Schema) -> Iterator[Breach]:
    node = schema.node
    for pair in (LOWER, UPPER):
        if set(pair) <= set(node):
            yield Breach("effect", schema.pointer + pointer(pair[1]), f"{pair[0]} and {pair[1]} are one bound: keep one of the two")
    low, high = _bound(node, LOWER, 1), _bound(node, UPPER, -1)
    pairs = [(low, high, "minimum", "maximum"), *((node.get(least), node.get(most), least, most) for least, most in PAIRS)]
    for least, most, lower, upper in pairs:
        if least is not None and most is not None and least > most:
            yield Breach("effect", schema.pointer, f"no value is valid: {lower} is above {upper}. Turn them around")
    if "integer" in types(node):
        for keyword in NUMERIC:
            if keyword in node and node[keyword] != int(node[keyword]):
                yield Breach("effect", schema.pointer + pointer(keyword), f"no integer is {node[keyword]}: write a whole number")


def _bound(node: Node, keywords: tuple[str, str], step: int) -> Any:
    plain, exclusive = keywords
    return node[plain] if plain in node else node[exclusive] + step if exclusive in node else None


def _values(schema: Schema) -> Iterator[Breach]:
    node = schema.node
    if "enum" in node:
        at, values = schema.pointer + pointer("enum"), node["enum"]
        if not values:
            yield Breach("effect", at, "no value is valid: list some")
        if any(first == second and type(first) is type(second) for first, second in combinations(values, 2)):
            yield Breach("effect", at, "a value is listed twice: keep one of the two")
    for keyword in {"enum", "const"} & set(node) if "type" in node else ():
        by_type = {"type": node["type"]}
        for value in node["enum"] if keyword == "enum" else [node["const"]]:
            if not jsonschema_rs.is_valid(by_type, value):
                at = schema.pointer + pointer(keyword)
                yield Breach("effect", at, f"{value!r} is never valid, because the type is {node['type']}: correct one of the two")


def _members(schema: Schema) -> Iterator[Breach]:
    node, known = schema.node, set(schema.node.get("properties", {}))
    demanded = [("required", name) for name in node.get("required", ())]
    demanded += [("dependentRequired", name) for key, names in node.get("dependentRequired", {}).items() for name in (key, *names)]
    for keyword in ("if", "then", "else"):
        part = node.get(keyword, {})
        if isinstance(part, dict) and "$ref" not in part:
            demanded += [(keyword, name) for name in (*part.get("required", ()), *part.get("properties", {}))]
    for keyword, name in demanded:
        if name not in known:
            at = schema.pointer + pointer(keyword)
            yield Breach("effect", at, f"{name} is no member: correct the name, or add it to `properties`")


def one_dialect(document: Document) -> Iterator[Breach]:
    """Patterns are those of ECMA-262 that Rust reads alike."""
    for schema in schemas(document):
        pattern = schema.node.get("pattern")
        if pattern is None:
            continue
        at = schema.pointer + pointer("pattern")
        complaint = patterns.complaint(pattern)
        if complaint is None and (failure := _failure(pattern)) is not None:
            complaint = f"the engine refuses it: {failure}. Write a shorter one"
        if complaint is not None:
            yield Breach("pattern", at, f"{pattern}: {complaint}")


def _failure(pattern: str) -> str | None:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid("")
    except ValueError as error:
        return str(error).partition("\n")[0]
    return None
