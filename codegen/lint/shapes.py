"""Rules for schemas: P1-P8 and P10."""

import re
from collections.abc import Iterator

from codegen.contract.document import Document, Node, pointer, referenced, schema_field
from codegen.contract.keywords import BASE64
from codegen.contract.schemas import Schema, is_any, is_enumeration, schemas
from codegen.lint.breaches import Breach

# Validators collect all errors before they report one, so a body can make them collect this many for its elements.
MAX_ELEMENTS = 1000
MAX_INTEGER = 9007199254740991  # 2**53 - 1: JavaScript holds no larger one exactly
SHORT_FORMATS = {"uuid", "date-time", "date", "time", "duration"}  # formats without long texts
FORBIDDEN = ("prefixItems", "contains", "patternProperties", "dependentSchemas", "$defs", "$dynamicRef", "unevaluatedItems")
ENDLESS = "a body that contains itself has no largest size: write `x-max-bytes` beside its `content`, such as 65536"
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
        if schema.condition or "object" not in types(node):
            continue
        if is_any(node):
            continue
        if isinstance(extra := node.get("additionalProperties"), dict):
            if not {"maxProperties", "propertyNames"} <= set(node):
                yield Breach("P1", schema.pointer, "a map needs maxProperties and propertyNames: otherwise any members are valid")
        elif extra is not False:
            remedy = "`additionalProperties: false`, or beside allOf `unevaluatedProperties: false`"
            yield Breach("P1", schema.pointer, f"an object needs {remedy}: otherwise further members are valid")


def p2_strings(document: Document) -> Iterator[Breach]:
    """Strings are short, and those that clients send have a form."""
    for schema in schemas(document):
        node = schema.node
        if "string" not in types(node) or schema.condition or {"enum", "const"} & set(node) or at_edge(document, schema):
            continue
        if is_any(node):
            continue
        if node.get("format") == "byte" and node.get("pattern") != BASE64:
            yield Breach("P2", schema.pointer, f"`format: byte` is base64, which only a pattern checks: write pattern: '{BASE64}'")
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
    """Numbers have both bounds, arrays maxItems, and bodies a largest size."""
    for schema in schemas(document):
        if not is_any(schema.node):
            yield from _numbers(schema)
    for operation in document.operations():
        for media, content in operation.spec.get("requestBody", {}).get("content", {}).items():
            field = schema_field(content)
            at = operation.pointer + pointer("requestBody", "content", media, field)
            is_bounded = "x-max-bytes" in operation.spec["requestBody"]
            for breach in _too_many(document, Schema(content[field], at, "request"), 1, ()):
                if breach.message != ENDLESS or not is_bounded:
                    yield breach


def _numbers(schema: Schema) -> Iterator[Breach]:
    node, named = schema.node, types(schema.node)
    if node.get("format") in ("int32", "int64"):
        yield Breach("P3", schema.pointer, "write minimum and maximum instead of a format")
    if {"integer", "number"} & set(named) and not schema.condition and not {"const", "enum"} & set(node):
        low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
        if low is None or high is None:
            yield Breach("P3", schema.pointer, "a number needs minimum and maximum")
        elif max(abs(low), abs(high)) > MAX_INTEGER:
            yield Breach("P3", schema.pointer, f"JavaScript holds integers up to {MAX_INTEGER} exactly")
    if "array" in named and "maxItems" not in node and not schema.condition:
        yield Breach("P3", schema.pointer, "an array needs maxItems")


def _too_many(document: Document, schema: Schema, times: int, inside: tuple[tuple[str, int], ...]) -> Iterator[Breach]:
    """Lists and maps below a schema that can have too many elements in one body; the schema itself can occur so many times."""
    if any(schema.pointer == at for at, _ in inside):
        yield Breach("P3", schema.pointer, ENDLESS)
        return
    if schema.condition:
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
        if sent(schema) and (kind := schema.node.get("format")) in ("date-time", "date") and not pattern.startswith("^[12][0-9]{3}-"):
            yield Breach("P4", schema.pointer, f"a {kind} in a request needs `pattern: '^[12][0-9]{{3}}-'`: Python has no year 0")


def p5_null(document: Document) -> Iterator[Breach]:
    """Null has one spelling for each schema, and classes are never null."""
    for schema in schemas(document):
        node, named = schema.node, types(schema.node)
        if "null" in named and schema.component and not is_any(node) and "properties" in node:
            remedy = "leave null out, and write `oneOf: [$ref, {type: 'null'}]` where it is used, or as another component"
            yield Breach("P5", schema.pointer, f"an object becomes a class, which is never null: {remedy}")
        if "null" in named and None not in node.get("enum", [node.get("const")]):
            yield Breach("P5", schema.pointer, "null is none of its values: write `oneOf: [$ref, {type: 'null'}]`, or null into the enum")
        if is_nullable_reference(node) and not all("$ref" in branch or branch == {"type": "null"} for branch in alternatives(node)):
            yield Breach("P5", schema.pointer, "without a reference, null is a type: `type: [string, 'null']`")
        twice = [at for at in range(len(node.get("oneOf", ()))) if document.validator(schema.pointer + pointer("oneOf", at)).is_valid(None)]
        if len(twice) > 1:
            remedy = "leave `{type: 'null'}` out, because another branch can be null already"
            yield Breach("P5", schema.pointer, f"null fits {len(twice)} branches, and `oneOf` means one: {remedy}")


def is_nullable_reference(node: Node) -> bool:
    branches = alternatives(node)
    return len(branches) == 2 and {"type": "null"} in branches


def alternatives(node: Node) -> list[Node]:
    """The branches of a union, in either spelling."""
    return [*node.get("oneOf", ()), *node.get("anyOf", ())]


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
        if is_enumeration(node) and not schema.component:
            yield Breach("P7", schema.pointer, "an enum is a component: otherwise its class is called Status2")
        limited = {"pattern", "format", "minLength", "maxLength", "minimum", "maximum"} & set(node)
        if schema.inside == "items" and limited and not schema.condition:
            yield Breach("P7", schema.pointer, "an array element with bounds is a component")
        values, kinds = ([node["const"]], (str, int)) if "const" in node else (node.get("enum", []), (str, int, type(None)))
        if any(not isinstance(value, kinds) for value in values):
            remedy = "write strings, whole numbers, true or false" + (", or null" if "enum" in node else "")
            yield Breach("P7", schema.pointer, f"{next(iter(node.keys() & {'const', 'enum'}))} has another value: {remedy}")
        if any(isinstance(value, int) and abs(value) > MAX_INTEGER for value in values):
            yield Breach("P7", schema.pointer, f"JavaScript holds integers up to {MAX_INTEGER} exactly")


def p8_unions(document: Document) -> Iterator[Breach]:
    """One member discriminates the branches of a union."""
    for schema in schemas(document):
        node = schema.node
        if "not" in node:
            yield Breach("P8", schema.pointer + pointer("not"), "not is not portable: generators leave it out")
        if "anyOf" in node and (not is_nullable_reference(node) or "oneOf" in node):
            remedy = "write `oneOf` with a discriminator, or `anyOf: [$ref, {type: 'null'}]`"
            yield Breach("P8", schema.pointer + pointer("anyOf"), f"anyOf is not portable: generators try its branches in order: {remedy}")
        if "oneOf" not in node or is_nullable_reference(node):
            continue
        branches = [document.dereference(branch) for branch in node["oneOf"]]
        if not all("$ref" in branch for branch in node["oneOf"]):
            remedy = "for null write `oneOf: [$ref to the union, {type: 'null'}]`"
            yield Breach("P8", schema.pointer, f"each branch of a union is a component: {remedy}")
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


def p10_weak(document: Document) -> Iterator[Breach]:
    """No keyword becomes a weak type."""
    for schema in schemas(document):
        for keyword in FORBIDDEN:
            if keyword in schema.node:
                yield Breach("P10", schema.pointer + pointer(keyword), f"{keyword} becomes a weak type or stops a generator")
        strong = [] if is_any(schema.node) else [name for name in types(schema.node) if name != "null"]
        if len(strong) > 1 and schema.use != "problem":  # whose location steps are names and indexes
            remedy = "write a member for each, or a component for each in a `oneOf` with a discriminator"
            yield Breach("P10", schema.pointer, f"one type, not {' and '.join(strong)}: {remedy}")
        for keyword in ("items", "if", "then", "else", "propertyNames"):
            if isinstance(schema.node.get(keyword), bool):
                yield Breach("P10", schema.pointer + pointer(keyword), "write a schema instead of true or false")
        for name, held in schema.node.get("properties", {}).items():
            if isinstance(held, bool):
                yield Breach("P10", schema.pointer + pointer("properties", name), "write a schema instead of true or false")
