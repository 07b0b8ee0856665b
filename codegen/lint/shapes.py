"""Rules for schemas: P1-P10, P13 and P14."""

import re
from collections.abc import Iterator

import jsonschema_rs

from codegen.contract.document import Document, Node, pointer, referenced
from codegen.contract.schemas import Schema, schemas
from codegen.lint.breaches import Breach

# Validators collect all errors before they report one, so a body can make them collect this many for its elements.
MAX_ELEMENTS = 1000
MAX_INTEGER = 9007199254740991  # 2**53 - 1: JavaScript holds no larger one exactly
SHORT_FORMATS = {"uuid", "date-time"}  # formats without long texts
FORBIDDEN = ("prefixItems", "contains", "patternProperties", "dependentSchemas", "$defs", "$dynamicRef", "unevaluatedItems")
NEGATED = re.compile(r"\[\^(?P<members>(?:\\.|[^\]\\])*)\]")
NUL = re.compile(r"\\u0000|\\x00|\\0")


def types(node: Node) -> list[str]:
    """The types that a schema names, as a list."""
    named = node.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def sent(schema: Schema) -> bool:
    """Whether clients send it."""
    return schema.use in ("request", "parameter")


def p1_closed(document: Document) -> Iterator[Breach]:
    """Every object is closed, or a map."""
    for schema in schemas(document):
        node = schema.node
        if schema.condition or "object" not in types(node) or node.get("unevaluatedProperties") is False or schema.inside == "allOf":
            continue
        if isinstance(extra := node.get("additionalProperties"), dict):
            if not {"maxProperties", "propertyNames"} <= set(node):
                yield Breach("P1", schema.pointer, "a map needs maxProperties and propertyNames: otherwise any members are valid")
        elif extra is not False:
            yield Breach("P1", schema.pointer, "an object needs `additionalProperties: false`: otherwise further members are valid")


def p2_strings(document: Document) -> Iterator[Breach]:
    """Strings are short, and those that clients send have a form."""
    for schema in schemas(document):
        node = schema.node
        if "string" not in types(node) or schema.condition or {"enum", "const"} & set(node) or at_edge(document, schema):
            continue
        if "maxLength" not in node and node.get("format") not in SHORT_FORMATS:
            yield Breach("P2", schema.pointer, "a string needs maxLength")
        pattern = node.get("pattern", "")
        if not sent(schema) or ("format" in node and node["format"] != "password"):
            continue
        if not (pattern.startswith("^") and pattern.endswith("$")):
            yield Breach(
                "P2", schema.pointer, r"a string that is sent needs an enum, a format or a pattern from ^ to $; free text: '^[^\u0000]*$'"
            )
        elif allows_nul(pattern):
            yield Breach(
                "P2", schema.pointer, r"the pattern allows U+0000, which databases reject: leave \u0000 out of each `.` and `[^...]`"
            )


def at_edge(document: Document, schema: Schema) -> bool:
    """Whether it is a parameter that the compiler reads by itself: any text is valid there, so a bound would be wrong."""
    holder = document.get(schema.pointer.rpartition("/")[0])
    return "in" in holder and "x-edge" in holder


def allows_nul(pattern: str) -> bool:
    """Whether a dot or a negated class of a pattern allows U+0000."""
    if any(not NUL.search(match["members"]) for match in NEGATED.finditer(pattern)):
        return True
    outside = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern)
    return "." in outside


def p3_bounds(document: Document) -> Iterator[Breach]:
    """Numbers are integers with both bounds, and arrays have maxItems."""
    for schema in schemas(document):
        node, named = schema.node, types(schema.node)
        if "number" in named:
            yield Breach("P3", schema.pointer, "fractions are not exact: use an integer of a smaller unit")
        if node.get("format") in ("int32", "int64"):
            yield Breach("P3", schema.pointer, "write minimum and maximum instead of a format")
        if "integer" in named and not schema.condition and not {"const", "enum"} & set(node):
            low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
            if low is None or high is None:
                yield Breach("P3", schema.pointer, "an integer needs minimum and maximum")
            elif max(abs(low), abs(high)) > MAX_INTEGER:
                yield Breach("P3", schema.pointer, f"JavaScript holds integers up to {MAX_INTEGER} exactly")
        if "array" in named and "maxItems" not in node and not schema.condition:
            yield Breach("P3", schema.pointer, "an array needs maxItems")
    for operation in document.operations():
        for media, content in operation.spec.get("requestBody", {}).get("content", {}).items():
            at = operation.pointer + pointer("requestBody", "content", media, "schema")
            yield from _too_many(document, Schema(content["schema"], at, "request"), 1, ())


def _too_many(document: Document, schema: Schema, times: int, inside: tuple[tuple[str, int], ...]) -> Iterator[Breach]:
    """Lists and maps below a schema that can have too many elements in one body; the schema itself can occur so many times."""
    if (schema.pointer, times) in inside or schema.condition:
        return
    inside = (*inside, (schema.pointer, times))
    for keyword in ("maxItems", "maxProperties"):
        if times * schema.node.get(keyword, 1) > MAX_ELEMENTS:
            many = f"{schema.node[keyword]} in each of {times}" if times > 1 else f"{schema.node[keyword]}"
            yield Breach(
                "P3",
                schema.pointer,
                f"{many} are more than {MAX_ELEMENTS} elements in one body, and validators collect an error for each: "
                f"lower {keyword} to {MAX_ELEMENTS // times}, and let clients send several requests",
            )
            return
    for below in schema.subschemas():
        many = schema.node.get({"items": "maxItems", "additionalProperties": "maxProperties"}.get(below.inside, ""), 1)
        yield from _too_many(document, below, times * many, inside)
    if (name := referenced(schema.node)) is not None:
        target = pointer("components", "schemas", name)
        yield from _too_many(document, Schema(document.get(target), target, "request", name), times, inside)


def p4_patterns(document: Document) -> Iterator[Breach]:
    """Patterns mean the same in all languages."""
    for schema in schemas(document):
        pattern = schema.node.get("pattern", "")
        if match := re.search(r"\\[dDwWsSbB]", pattern):
            yield Breach("P4", schema.pointer, f"{match[0]} means other characters in other languages: write a class such as [0-9]")
        if re.search(r"\(\?(?:[=!]|<[=!])", pattern):
            yield Breach("P4", schema.pointer, "not all languages have lookaround")
        if sent(schema) and schema.node.get("format") == "date-time" and not pattern.startswith("^[12][0-9]{3}-"):
            yield Breach("P4", schema.pointer, "a date-time in a request needs `pattern: '^[12][0-9]{3}-'`: Python has no year 0")


def p5_null(document: Document) -> Iterator[Breach]:
    """Null is written where a component is used."""
    for schema in schemas(document):
        node, named = schema.node, types(schema.node)
        if "null" in named and schema.component:
            yield Breach("P5", schema.pointer, "a component is never null: write null where it is used")
        if "null" in named and ("enum" in node or "const" in node):
            yield Breach("P5", schema.pointer, "a nullable enum is `oneOf: [$ref, {type: 'null'}]`")
        if is_nullable_reference(node):
            if schema.component:
                yield Breach("P5", schema.pointer, "a component is never null: write null where it is used")
            if not all("$ref" in branch or branch == {"type": "null"} for branch in node["oneOf"]):
                yield Breach("P5", schema.pointer, "without a reference, null is a type: `type: [string, 'null']`")
        if None in node.get("enum", ()):
            yield Breach("P5", schema.pointer, "null is not a value of an enum")


def is_nullable_reference(node: Node) -> bool:
    branches = node.get("oneOf", ())
    return len(branches) == 2 and {"type": "null"} in branches


def p6_complete(document: Document) -> Iterator[Breach]:
    """Objects in responses have all their members."""
    for schema in schemas(document):
        if schema.use not in ("response", "problem") or schema.condition:
            continue
        if optional := [name for name in schema.node.get("properties", {}) if name not in schema.node.get("required", ())]:
            at = schema.pointer + pointer("properties", optional[0])
            yield Breach("P6", at, f"a response always has {', '.join(optional)}: add it to `required`, and allow null if necessary")


def p7_names(document: Document) -> Iterator[Breach]:
    """Schemas that become classes have a name: otherwise generators invent one."""
    for schema in schemas(document):
        node = schema.node
        if "enum" in node and not schema.component:
            yield Breach("P7", schema.pointer, "an enum is a component: otherwise its class is called Status2")
        limited = {"pattern", "format", "minLength", "maxLength", "minimum", "maximum"} & set(node)
        if schema.inside == "items" and limited and not schema.condition:
            yield Breach("P7", schema.pointer, "an array element with bounds is a component")
        is_status = schema.pointer.endswith("Problem/properties/status")
        values = [node["const"]] if "const" in node else node.get("enum", [])
        if not is_status and any(not isinstance(value, str) for value in values):
            yield Breach("P7", schema.pointer, "const and enum are strings: some generators drop mixed enums")


def p8_unions(document: Document) -> Iterator[Breach]:
    """One member discriminates the branches of a union."""
    for schema in schemas(document):
        node = schema.node
        for keyword in {"anyOf", "not"} & set(node):
            yield Breach("P8", schema.pointer + pointer(keyword), f"{keyword} is not portable: generators try its branches in order")
        if "oneOf" not in node or is_nullable_reference(node):
            continue
        branches = [document.dereference(branch) for branch in node["oneOf"]]
        if not all("$ref" in branch for branch in node["oneOf"]):
            yield Breach("P8", schema.pointer, "each branch of a union is a component")
        elif "discriminator" in node:
            yield from _discriminated(schema, branches)
        elif not (sent(schema) and all(_own_required(branch, branches[:i] + branches[i + 1 :]) for i, branch in enumerate(branches))):
            yield Breach(
                "P8",
                schema.pointer,
                "without a discriminator each branch needs a required member that the others lack, and only requests can have it",
            )


def _discriminated(schema: Schema, branches: list[Node]) -> Iterator[Breach]:
    name = schema.node["discriminator"]["propertyName"]
    constants = [branch.get("properties", {}).get(name, {}).get("const") for branch in branches]
    if None in constants or len(set(constants)) < len(constants) or any(name not in branch.get("required", ()) for branch in branches):
        yield Breach("P8", schema.pointer, f"{name} is required in each branch, with a different `const`")
    elif schema.node["discriminator"].get("mapping") != dict(
        zip(constants, (branch["$ref"] for branch in schema.node["oneOf"]), strict=True)
    ):
        yield Breach("P8", schema.pointer, "the mapping of the discriminator has each branch under its constant")


def _own_required(branch: Node, others: list[Node]) -> bool:
    known = {name for other in others for name in other.get("properties", {})}
    return branch.get("additionalProperties") is False and bool(set(branch.get("required", ())) - known)


def p9_extension(document: Document) -> Iterator[Breach]:
    """A schema extends one other schema, and is closed."""
    for schema in schemas(document):
        parts = schema.node.get("allOf")
        if parts is None:
            continue
        plain = len(parts) == 2 and "$ref" in parts[0] and parts[1].get("type") == "object"
        if not plain or schema.node.get("unevaluatedProperties") is not False:
            yield Breach("P9", schema.pointer, "allOf is [$ref, {type: object, ...}] with `unevaluatedProperties: false` beside it")


def p10_weak(document: Document) -> Iterator[Breach]:
    """No keyword becomes a weak type."""
    for schema in schemas(document):
        for keyword in FORBIDDEN:
            if keyword in schema.node:
                yield Breach("P10", schema.pointer + pointer(keyword), f"{keyword} becomes a weak type or stops a generator")
        strong = [name for name in types(schema.node) if name != "null"]
        if len(strong) > 1 and schema.use != "problem":  # whose location steps are names and indexes
            yield Breach("P10", schema.pointer, f"one type, not {' and '.join(strong)}")
        for keyword in ("items", "if", "then", "else", "propertyNames"):
            if isinstance(schema.node.get(keyword), bool):
                yield Breach("P10", schema.pointer + pointer(keyword), "write a schema instead of true or false")
        for name, held in schema.node.get("properties", {}).items():
            if isinstance(held, bool):
                yield Breach("P10", schema.pointer + pointer("properties", name), "write a schema instead of true or false")


def p13_defaults(document: Document) -> Iterator[Breach]:
    """Only optional members and parameters have a default."""
    for schema in schemas(document):
        node = schema.node
        if schema.component and "default" in node:
            yield Breach("P13", schema.pointer, "a default belongs where the component is used")
        for name in schema.node.get("required", ()):
            if "default" in schema.node.get("properties", {}).get(name, {}):
                yield Breach("P13", schema.pointer + pointer("properties", name), f"{name} is required, so its default is never used")
        if "default" in node and sent(schema) and not document.validator(schema.pointer).is_valid(node["default"]):
            yield Breach("P13", schema.pointer + pointer("default"), "the default is not valid by its own schema")
    for operation in document.operations():
        for parameter in operation.parameters():
            if "default" in parameter.spec["schema"] and (parameter.spec["in"] != "query" or parameter.spec.get("required")):
                yield Breach("P13", parameter.pointer, "only an optional query parameter has a default")


def p14_conditions(document: Document) -> Iterator[Breach]:
    """Conditions are explicit about members that are absent or null."""
    for schema in schemas(document):
        node, members = schema.node, schema.node.get("properties", {})
        for name, condition in node.get("if", {}).get("properties", {}).items():
            if name in node["if"].get("required", ()):
                continue
            default = members.get(name, {}).get("default")
            if default is None or not jsonschema_rs.is_valid(condition, default):
                at = schema.pointer + pointer("if")
                yield Breach(
                    "P14",
                    at,
                    f"the condition holds when {name} is absent: add it to the `required` of `if`, or give it a default that satisfies it",
                )
        for branch in ("then", "else"):
            demanded, described = node.get(branch, {}).get("required", ()), node.get(branch, {}).get("properties", {})
            for name in demanded:
                if "null" in types(members.get(name, {})) and types(described.get(name, {})) in ([], ["null"]):
                    at = schema.pointer + pointer(branch)
                    yield Breach("P14", at, f"{name} can be null, which `required` allows: add its type to `{branch}`")
