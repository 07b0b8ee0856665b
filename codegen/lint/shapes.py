"""Rules for schemas: P1-P10, P13 and P14."""

import re
from collections.abc import Iterator

import jsonschema_rs

from codegen.contract.document import Document, Node, pointer, referenced
from codegen.contract.schemas import Schema, schemas
from codegen.lint.findings import Finding

# Validators collect every error before one is told: this many wrong elements are the most that a body can make them collect.
MOST_ELEMENTS = 1000
LARGEST = 9007199254740991  # 2**53 - 1: what JavaScript holds exactly
CLOSED_BY_ITSELF = {"uuid", "date-time"}  # formats that leave no room for long text
# Components that may be two things: steps of a location are names and indexes.
TWO_TYPES = {"Step"}
FORBIDDEN = ("prefixItems", "contains", "patternProperties", "dependentSchemas", "$defs", "$dynamicRef", "unevaluatedItems")
NEGATED = re.compile(r"\[\^(?P<members>(?:\\.|[^\]\\])*)\]")
NUL = re.compile(r"\\u0000|\\x00|\\0")


def types(node: Node) -> list[str]:
    """The types a schema names, as a list."""
    named = node.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def sent(schema: Schema) -> bool:
    """By a client."""
    return schema.use in ("request", "parameter")


def p1_closed(document: Document) -> Iterator[Finding]:
    """Every object is closed, or the one kind of map."""
    for schema in schemas(document):
        node = schema.node
        if schema.condition or "object" not in types(node) or node.get("unevaluatedProperties") is False or schema.inside == "allOf":
            continue
        if isinstance(extra := node.get("additionalProperties"), dict):
            if not {"maxProperties", "propertyNames"} <= set(node):
                yield Finding("P1", schema.pointer, "a map needs maxProperties and propertyNames, or anything may be sent in it")
        elif extra is not False:
            yield Finding(
                "P1", schema.pointer, "an object needs `additionalProperties: false`, or members that nobody meant to show are legal"
            )


def p2_strings(document: Document) -> Iterator[Finding]:
    """Strings are short, and what clients send is of a known form."""
    for schema in schemas(document):
        node = schema.node
        if "string" not in types(node) or schema.condition or {"enum", "const"} & set(node) or at_edge(document, schema):
            continue
        if "maxLength" not in node and node.get("format") not in CLOSED_BY_ITSELF:
            yield Finding("P2", schema.pointer, "a string needs maxLength")
        pattern = node.get("pattern", "")
        if not sent(schema) or ("format" in node and node["format"] != "password"):
            continue
        if not (pattern.startswith("^") and pattern.endswith("$")):
            yield Finding(
                "P2", schema.pointer, r"a string that is sent needs an enum, a format or a pattern from ^ to $; free text: '^[^\u0000]*$'"
            )
        elif takes_nul(pattern):
            yield Finding(
                "P2", schema.pointer, r"the pattern lets U+0000 in, which no database takes: leave \u0000 out of each `.` and `[^...]`"
            )


def at_edge(document: Document, schema: Schema) -> bool:
    """Of a parameter that the compiler reads and no handler sees: it takes any text, so a bound would be an untrue word."""
    holder = document.get(schema.pointer.rpartition("/")[0])
    return "in" in holder and "x-edge" in holder


def takes_nul(pattern: str) -> bool:
    """Whether a dot or a negated class of a pattern lets U+0000 in."""
    if any(not NUL.search(found["members"]) for found in NEGATED.finditer(pattern)):
        return True
    outside = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern)
    return "." in outside


def p3_bounds(document: Document) -> Iterator[Finding]:
    """Numbers are integers with both bounds, arrays have a most."""
    for schema in schemas(document):
        node, named = schema.node, types(schema.node)
        if "number" in named:
            yield Finding("P3", schema.pointer, "there are no fractions: write an integer of a smaller unit")
        if node.get("format") in ("int32", "int64"):
            yield Finding("P3", schema.pointer, "write minimum and maximum instead of a format")
        if "integer" in named and not schema.condition and not {"const", "enum"} & set(node):
            low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
            if low is None or high is None:
                yield Finding("P3", schema.pointer, "an integer needs minimum and maximum")
            elif max(abs(low), abs(high)) > LARGEST:
                yield Finding("P3", schema.pointer, f"JavaScript holds integers up to {LARGEST} exactly")
        if "array" in named and "maxItems" not in node and not schema.condition:
            yield Finding("P3", schema.pointer, "an array needs maxItems")
    for operation in document.operations():
        for media, content in operation.spec.get("requestBody", {}).get("content", {}).items():
            at = operation.pointer + pointer("requestBody", "content", media, "schema")
            yield from _too_many(document, Schema(content["schema"], at, "request"), 1, ())


def _too_many(document: Document, schema: Schema, times: int, inside: tuple[tuple[str, int], ...]) -> Iterator[Finding]:
    """Lists and maps below a schema that a body may have too many elements of; the schema itself may be there so many times."""
    if (schema.pointer, times) in inside or schema.condition:
        return
    inside = (*inside, (schema.pointer, times))
    for keyword in ("maxItems", "maxProperties"):
        if times * schema.node.get(keyword, 1) > MOST_ELEMENTS:
            many = f"{schema.node[keyword]} in each of {times}" if times > 1 else f"{schema.node[keyword]}"
            yield Finding(
                "P3",
                schema.pointer,
                f"{many} are more than {MOST_ELEMENTS} elements in one body, and validators collect an error of each: "
                f"lower {keyword} to {MOST_ELEMENTS // times}, and let clients send several requests",
            )
            return
    for below in schema.subschemas():
        many = schema.node.get({"items": "maxItems", "additionalProperties": "maxProperties"}.get(below.inside, ""), 1)
        yield from _too_many(document, below, times * many, inside)
    if (name := referenced(schema.node)) is not None:
        target = pointer("components", "schemas", name)
        yield from _too_many(document, Schema(document.get(target), target, "request", name), times, inside)


def p4_patterns(document: Document) -> Iterator[Finding]:
    """Patterns mean the same everywhere."""
    for schema in schemas(document):
        pattern = schema.node.get("pattern", "")
        if found := re.search(r"\\[dDwWsSbB]", pattern):
            yield Finding("P4", schema.pointer, f"{found[0]} means other characters elsewhere: write a class such as [0-9]")
        if re.search(r"\(\?(?:[=!]|<[=!])", pattern):
            yield Finding("P4", schema.pointer, "there is no lookaround in all engines")
        if sent(schema) and schema.node.get("format") == "date-time" and not pattern.startswith("^[12][0-9]{3}-"):
            yield Finding("P4", schema.pointer, "a date-time that is sent needs `pattern: '^[12][0-9]{3}-'`: Python has no year 0")


def p5_null(document: Document) -> Iterator[Finding]:
    """Null is written where something is used."""
    for schema in schemas(document):
        node, named = schema.node, types(schema.node)
        if "null" in named and schema.component:
            yield Finding("P5", schema.pointer, "a component is never null: write null where it is used")
        if "null" in named and ("enum" in node or "const" in node):
            yield Finding("P5", schema.pointer, "a nullable enum is `oneOf: [$ref, {type: 'null'}]`")
        if is_nullable_reference(node):
            if schema.component:
                yield Finding("P5", schema.pointer, "a component is never null: write null where it is used")
            if not all("$ref" in one or one == {"type": "null"} for one in node["oneOf"]):
                yield Finding("P5", schema.pointer, "without a reference null is a type: `type: [string, 'null']`")
        if None in node.get("enum", ()):
            yield Finding("P5", schema.pointer, "null is no member of an enum")


def is_nullable_reference(node: Node) -> bool:
    branches = node.get("oneOf", ())
    return len(branches) == 2 and {"type": "null"} in branches


def p6_complete(document: Document) -> Iterator[Finding]:
    """What is answered has all its members; nothing is absent."""
    for schema in schemas(document):
        if schema.use not in ("response", "problem") or schema.condition:
            continue
        if optional := [name for name in schema.node.get("properties", {}) if name not in schema.node.get("required", ())]:
            at = schema.pointer + pointer("properties", optional[0])
            yield Finding("P6", at, f"an answer always has {', '.join(optional)}: add to `required`, and let it be null if it must")


def p7_names(document: Document) -> Iterator[Finding]:
    """What generators would have to invent a name for has one."""
    for schema in schemas(document):
        node = schema.node
        if "enum" in node and not schema.component:
            yield Finding("P7", schema.pointer, "an enum is a component, or its class is called Status2")
        limited = {"pattern", "format", "minLength", "maxLength", "minimum", "maximum"} & set(node)
        if schema.inside == "items" and limited and not schema.condition:
            yield Finding("P7", schema.pointer, "what stands in an array and has limits is a component")
        is_status = schema.pointer.endswith("Problem/properties/status")
        values = [node["const"]] if "const" in node else node.get("enum", [])
        if not is_status and any(not isinstance(value, str) for value in values):
            yield Finding("P7", schema.pointer, "const and enum hold strings; mixed enums vanish in some generators")


def p8_unions(document: Document) -> Iterator[Finding]:
    """A union can be told apart by looking at one member."""
    for schema in schemas(document):
        node = schema.node
        for keyword in {"anyOf", "not"} & set(node):
            yield Finding("P8", schema.pointer + pointer(keyword), f"there is no {keyword}: branches would be tried in order")
        if "oneOf" not in node or is_nullable_reference(node):
            continue
        branches = [document.dereference(one) for one in node["oneOf"]]
        if not all("$ref" in one for one in node["oneOf"]):
            yield Finding("P8", schema.pointer, "each branch of a union is a component")
        elif "discriminator" in node:
            yield from _discriminated(schema, branches)
        elif not (sent(schema) and all(_own_required(one, branches[:i] + branches[i + 1 :]) for i, one in enumerate(branches))):
            yield Finding(
                "P8", schema.pointer, "without a discriminator each branch needs a required member of its own, and may only be sent"
            )


def _discriminated(schema: Schema, branches: list[Node]) -> Iterator[Finding]:
    name = schema.node["discriminator"]["propertyName"]
    constants = [branch.get("properties", {}).get(name, {}).get("const") for branch in branches]
    if None in constants or len(set(constants)) < len(constants) or any(name not in branch.get("required", ()) for branch in branches):
        yield Finding("P8", schema.pointer, f"{name} is required in each branch, with a `const` of its own")
    elif schema.node["discriminator"].get("mapping") != dict(zip(constants, (one["$ref"] for one in schema.node["oneOf"]), strict=True)):
        yield Finding("P8", schema.pointer, "the mapping of the discriminator names each branch by its constant")


def _own_required(branch: Node, others: list[Node]) -> bool:
    known = {name for one in others for name in one.get("properties", {})}
    return branch.get("additionalProperties") is False and bool(set(branch.get("required", ())) - known)


def p9_extension(document: Document) -> Iterator[Finding]:
    """A schema extends one other, and is closed afterwards."""
    for schema in schemas(document):
        parts = schema.node.get("allOf")
        if parts is None:
            continue
        plain = len(parts) == 2 and "$ref" in parts[0] and parts[1].get("type") == "object"
        if not plain or schema.node.get("unevaluatedProperties") is not False:
            yield Finding("P9", schema.pointer, "allOf is [$ref, {type: object, ...}] with `unevaluatedProperties: false` beside it")


def p10_weak(document: Document) -> Iterator[Finding]:
    """Nothing that becomes a weak type."""
    for schema in schemas(document):
        for keyword in FORBIDDEN:
            if keyword in schema.node:
                yield Finding("P10", schema.pointer + pointer(keyword), f"{keyword} becomes a weak type or stops a generator")
        strong = [name for name in types(schema.node) if name != "null"]
        if len(strong) > 1 and schema.component not in TWO_TYPES:
            yield Finding("P10", schema.pointer, f"one type, not {' and '.join(strong)}")
        for keyword in ("items", "if", "then", "else", "propertyNames"):
            if isinstance(schema.node.get(keyword), bool):
                yield Finding("P10", schema.pointer + pointer(keyword), "true and false are no schemas")
        for name, held in schema.node.get("properties", {}).items():
            if isinstance(held, bool):
                yield Finding("P10", schema.pointer + pointer("properties", name), "true and false are no schemas")


def p13_defaults(document: Document) -> Iterator[Finding]:
    """A default is something that one may leave out."""
    for schema in schemas(document):
        node = schema.node
        if schema.component and "default" in node:
            yield Finding("P13", schema.pointer, "a default stands where a component is used")
        for name in schema.node.get("required", ()):
            if "default" in schema.node.get("properties", {}).get(name, {}):
                yield Finding(
                    "P13", schema.pointer + pointer("properties", name), f"{name} is required, so nobody can leave it out for its default"
                )
        if "default" in node and sent(schema) and not document.validator(schema.pointer).is_valid(node["default"]):
            yield Finding("P13", schema.pointer + pointer("default"), "the default breaks its own schema")
    for operation in document.operations():
        for given in operation.parameters():
            if "default" in given.spec["schema"] and (given.spec["in"] != "query" or given.spec.get("required")):
                yield Finding("P13", given.pointer, "only an optional query parameter has a default")


def p14_conditions(document: Document) -> Iterator[Finding]:
    """Conditions say what they mean when their member is absent or null."""
    for schema in schemas(document):
        node, members = schema.node, schema.node.get("properties", {})
        for name, condition in node.get("if", {}).get("properties", {}).items():
            if name in node["if"].get("required", ()):
                continue
            default = members.get(name, {}).get("default")
            if default is None or not jsonschema_rs.is_valid(condition, default):
                at = schema.pointer + pointer("if")
                yield Finding(
                    "P14",
                    at,
                    f"the condition holds when {name} is absent: add it to the `required` of `if`, or give it a default that fits",
                )
        for branch in ("then", "else"):
            demanded, told = node.get(branch, {}).get("required", ()), node.get(branch, {}).get("properties", {})
            for name in demanded:
                if "null" in types(members.get(name, {})) and types(told.get(name, {})) in ([], ["null"]):
                    at = schema.pointer + pointer(branch)
                    yield Finding("P14", at, f"{name} may be null, which `required` lets pass: demand its type in `{branch}`, too")
