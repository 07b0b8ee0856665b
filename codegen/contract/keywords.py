"""What enforces which keyword. Generation stops at a keyword that nothing enforces, with its name and place.

The enforcers:

dispatch, binder, access, limits, decoder, edge   steps of the compiled operation and of its start
model       the generated model or parameter type
document    the schema itself, by jsonschema-rs, beside the model (`by_document` in operations.py)
validator   the schema itself, on every response
tests       an oracle or a lint rule
violations  the message of a violation
wording     nothing: it explains
"""

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.contract.document import METHODS, Document, Node, pointer, referenced
from codegen.contract.schemas import Schema, Use, reached, schemas
from codegen.contract.yaml import ContractError

WORDING = dict.fromkeys(("title", "description", "examples", "writeOnly", "readOnly"), "wording")
TEXT = ("minLength", "maxLength", "pattern")
NUMBER = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
SHAPE = ("$ref", "type", "enum", "const", "format", *TEXT, *NUMBER, "items", "minItems", "maxItems")
OBJECT = ("properties", "required", "additionalProperties", "oneOf", "discriminator")
# Keywords that models do not express.
BY_DOCUMENT = ("uniqueItems", "if", "then", "else", "dependentRequired", "minProperties", "maxProperties", "propertyNames")

SCHEMA: dict[Use, dict[str, str]] = {
    "request": {
        **WORDING,
        **dict.fromkeys((*SHAPE, *OBJECT, "default"), "model"),
        **dict.fromkeys(BY_DOCUMENT, "document"),
        "x-message": "violations",
        **dict.fromkeys(("deprecated", "x-deprecation", "x-secret"), "wording"),
    },
    "parameter": {**WORDING, **dict.fromkeys((*SHAPE, "default"), "decoder"), "uniqueItems": "document", "x-message": "violations"},
    "response": {
        **WORDING,
        **dict.fromkeys((*SHAPE, *OBJECT, *BY_DOCUMENT, "allOf", "unevaluatedProperties"), "validator"),
        **dict.fromkeys(("default", "x-message"), "wording"),  # on components that requests have, too
        **dict.fromkeys(("deprecated", "x-deprecation", "x-secret"), "wording"),
    },
    "problem": {**WORDING, **dict.fromkeys((*SHAPE, *OBJECT, "uniqueItems"), "validator")},
    "header": {**WORDING, **dict.fromkeys(SHAPE, "validator")},
}
# Formats that models and parameter types check (templates/scalars.py), and those that only the document checks.
TYPED_FORMATS = {"date-time", "uuid", "email", "uri"}
FORMATS = {*TYPED_FORMATS, "uri-reference"}
# Formats that models parse, so that they cannot check the length or pattern of the text.
PARSED_FORMATS = {"date-time", "uuid"}

AROUND: dict[str, dict[str, str]] = {
    "document": {
        **dict.fromkeys(("openapi", "info", "servers", "tags", "jsonSchemaDialect", "externalDocs"), "wording"),
        **dict.fromkeys(("paths", "components"), "dispatch"),
        "security": "access",
    },
    "path": {**dict.fromkeys(METHODS, "dispatch"), "parameters": "decoder"},
    "operation": {
        **dict.fromkeys(("operationId", "tags"), "binder"),
        **dict.fromkeys(("summary", "description", "x-safe"), "wording"),
        **dict.fromkeys(("deprecated", "x-deprecation"), "edge"),
        **dict.fromkeys(("security", "x-access"), "access"),
        "x-rate-class": "limits",
        "parameters": "decoder",
        "requestBody": "document",
        "responses": "validator",
    },
    "parameter": {
        **dict.fromkeys(("name", "in", "required", "schema", "x-edge"), "decoder"),
        **dict.fromkeys(("description", "example", "examples", "deprecated", "x-deprecation"), "wording"),
    },
    "body": {**dict.fromkeys(("content", "required", "x-max-bytes"), "edge"), "description": "wording"},
    "media": {"schema": "document", **dict.fromkeys(("example", "examples"), "tests")},
    "response": {"description": "wording", **dict.fromkeys(("headers", "content"), "validator"), "links": "tests"},
    "header": {
        "schema": "validator",
        "required": "validator",
        "x-edge": "edge",
        **dict.fromkeys(("description", "example", "examples"), "wording"),
    },
    "link": {**dict.fromkeys(("operationId", "parameters"), "tests"), "description": "wording"},
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A keyword at a place, and its enforcer there, if any."""

    keyword: str
    pointer: str
    holder: str
    enforcer: str | None


def occurrences(document: Document) -> Iterator[Occurrence]:
    """Every keyword of the bundle."""
    yield from _around(document)
    for schema in schemas(document):
        yield from _of_schema(schema)


def check(document: Document) -> None:
    """Stop at keywords that nothing enforces."""
    lines = [
        f"{document.location(occurrence.pointer)}: nothing enforces `{occurrence.keyword}` in {occurrence.holder}."
        for occurrence in occurrences(document)
        if occurrence.enforcer is None
    ]
    if lines:
        raise ContractError("\n".join([*dict.fromkeys(lines), "Remove it, or name its enforcer in codegen/contract/keywords.py."]))


def by_document(document: Document, schema: Schema) -> bool:
    """Whether it reaches a keyword that its model or type does not enforce."""
    return any(occurrence.enforcer == "document" for part in reached(document, [schema]) for occurrence in _of_schema(part))


def _of_schema(schema: Schema) -> Iterator[Occurrence]:
    holder = f"the schema of a {schema.use}"
    for keyword, held in schema.node.items():
        enforcer = SCHEMA[schema.use].get(keyword)
        shown = keyword
        if keyword == "format" and held == "password":
            enforcer = "wording"
        elif keyword == "format" and held not in FORMATS:
            shown, enforcer = f"format: {held}", None
        elif _only_by_document(schema, keyword):
            enforcer = "document"
        yield Occurrence(shown, schema.pointer + pointer(keyword), holder, enforcer)


def _only_by_document(schema: Schema, keyword: str) -> bool:
    """Whether a model does not check it: a format without a type, or bounds of text that the model parses."""
    kind = schema.node.get("format")
    if schema.use not in ("request", "parameter") or kind is None or kind == "password":
        return False
    return (keyword == "format" and kind not in TYPED_FORMATS) or (schema.use == "request" and keyword in TEXT and kind in PARSED_FORMATS)


def _around(document: Document) -> Iterator[Occurrence]:
    """Everything but schemas."""
    yield from _of("document", document.root, "")
    for path, item in document.root["paths"].items():
        yield from _of("path", item, pointer("paths", path))
    for operation in document.operations():
        yield from _of("operation", operation.spec, operation.pointer)
        for parameter in operation.parameters():
            yield from _of("parameter", parameter.spec, parameter.pointer)
        if body := operation.spec.get("requestBody"):
            yield from _of("body", body, f"{operation.pointer}/requestBody")
            yield from _content(body, f"{operation.pointer}/requestBody")
        for response in operation.responses():
            yield from _of("response", response.spec, response.pointer)
            yield from _content(response.spec, response.pointer)
            for name, link in response.spec.get("links", {}).items():
                yield from _of("link", link, response.pointer + pointer("links", name))
            for name, node in response.spec.get("headers", {}).items():
                if referenced(node) is None:
                    yield from _of("header", node, response.pointer + pointer("headers", name))
    for name, node in document.components("headers").items():
        yield from _of("header", node, pointer("components", "headers", name))


def _content(holder: Node, at: str) -> Iterator[Occurrence]:
    for media, content in holder.get("content", {}).items():
        yield from _of("media", content, at + pointer("content", media))


def _of(kind: str, node: Node, at: str) -> Iterator[Occurrence]:
    for keyword in node:
        yield Occurrence(keyword, at + pointer(keyword), f"an {kind}" if kind == "operation" else f"a {kind}", AROUND[kind].get(keyword))
