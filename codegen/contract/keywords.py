"""What enforces which keyword of JSON Schema 2020-12 and OpenAPI 3.1, and what to write in place of those that nothing enforces.

A keyword is enforced by one of the enforcers at a place, or it is refused there: there is no third column. docs/contract-keywords.md is
written from these tables.

The enforcers:

dispatch, binder, access, limits, decoder, edge   steps of the compiled operation and of its start
model       the generated model or parameter type
document    the schema itself, by jsonschema-rs, beside the model (`by_document` in operations.py)
validator   the schema itself, on every response
tests       an oracle or a lint rule
violations  the message of a violation
wording     nothing: it explains
"""

from collections.abc import Mapping
from difflib import get_close_matches

from codegen.contract.document import METHODS
from codegen.contract.schemas import Use

# All keywords of JSON Schema 2020-12, by vocabulary, and those that OpenAPI adds.
KEYWORDS = (
    *("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "$comment", "$defs"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"),
    *("prefixItems", "items", "contains", "properties", "patternProperties", "additionalProperties", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties"),
    *("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
    *("maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains"),
    *("maxProperties", "minProperties", "required", "dependentRequired"),
    *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples", "format"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
    *("discriminator", "xml", "externalDocs", "example"),
)
WORDING = dict.fromkeys(("title", "description", "examples"), "wording")
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
        **dict.fromkeys(("deprecated", "x-deprecation", "x-secret", "writeOnly"), "wording"),
    },
    "parameter": {**WORDING, **dict.fromkeys((*SHAPE, "default"), "decoder"), "uniqueItems": "document", "x-message": "violations"},
    "response": {
        **WORDING,
        **dict.fromkeys((*SHAPE, *OBJECT, *BY_DOCUMENT, "allOf", "unevaluatedProperties"), "validator"),
        **dict.fromkeys(("default", "x-message"), "wording"),  # on components that requests have, too
        **dict.fromkeys(("deprecated", "x-deprecation", "x-secret", "readOnly"), "wording"),
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
    "components": {
        **dict.fromkeys(("schemas", "parameters", "headers", "responses"), "dispatch"),
        "securitySchemes": "access",
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
    "example": dict.fromkeys(("summary", "description", "value"), "wording"),
    "discriminator": dict.fromkeys(("propertyName", "mapping"), "model"),
    "link": {**dict.fromkeys(("operationId", "parameters"), "tests"), "description": "wording"},
}

# Keywords that an enforcer knows only where the value is an object or a list.
_SCALAR = "the value here is a scalar or, in a parameter, a list of scalars: move it into a body"
_REFERENCE = "name a component by `$ref`, the only kind of reference: each one becomes a class"
_CONTENT = "text is sent as it is: leave it out, and describe the contents"
_OBJECT = (*OBJECT, *BY_DOCUMENT, "allOf", "unevaluatedProperties")
_SCHEMA_INSTEAD = {
    **dict.fromkeys(("$anchor", "$dynamicAnchor", "$dynamicRef", "$id"), _REFERENCE),
    **dict.fromkeys(("$schema", "$vocabulary"), "leave it out: every schema is JSON Schema 2020-12"),
    "$comment": "write a comment of YAML, which begins with #",
    **dict.fromkeys(("$defs", "definitions"), "write a component in schemas/, and refer to it"),
    **dict.fromkeys(_OBJECT, _SCALAR),
    "allOf": "write all members in one schema",
    "unevaluatedProperties": "write `additionalProperties: false`",
    "anyOf": "write `oneOf` with a discriminator, or one schema that accepts all values",
    "not": "write the values that are valid: an enum, a pattern or bounds",
    **dict.fromkeys(("contains", "minContains", "maxContains"), "state it in the description, and raise a problem in the service"),
    **dict.fromkeys(("prefixItems", "unevaluatedItems", "additionalItems"), "write an object whose members have names, or `items`"),
    "patternProperties": "write `additionalProperties` with `propertyNames`",
    **dict.fromkeys(("dependentSchemas", "dependencies"), "write `dependentRequired`, or `if` and `then`"),
    **dict.fromkeys(("multipleOf", "divisibleBy"), "count in the larger unit: dozens, not pieces"),
    **dict.fromkeys(("contentEncoding", "contentMediaType", "contentSchema"), _CONTENT),
    "xml": "leave it out: bodies are JSON",
    "externalDocs": "write the link into the description",
    "example": "write `examples: [...]`",
    "nullable": "write `type: [string, 'null']`, or `oneOf: [$ref, {type: 'null'}]`",
    "id": _REFERENCE,
    "readOnly": "leave the member out of requests: write one schema for requests and another for responses",
    "writeOnly": "leave the member out of responses: write one schema for requests and another for responses",
    "deprecated": "announce the member or the operation around it",
    "default": "only what a caller may leave out has a default",
    "x-message": "only what a caller sends gets a message",
    "uniqueItems": "state it in the description",
}
_AROUND_INSTEAD = {
    "servers": "write `servers: [{url: /}]` in openapi.yaml: a proxy that serves a base path strips it",
    "webhooks": "describe events in a schema, and deliver them by a task",
    "callbacks": "describe events in a schema, and deliver them by a task",
    **dict.fromkeys(("head", "options"), "leave it out: the compiler adds HEAD to each GET, and OPTIONS to each path"),
    "trace": "leave it out: a TRACE repeats credentials, so the server rejects it",
    **dict.fromkeys(("summary", "description"), "write it in each operation"),
    "externalDocs": "write the link into the description",
    **dict.fromkeys(
        ("style", "explode", "allowReserved"), "leave it out: parameters are simple in path and headers, repeated in the query"
    ),
    "allowEmptyValue": "write `minLength: 0` in the schema",
    "content": "write `schema`: a parameter or header is text, not a document",
    "encoding": "leave it out: a body has one media type, and its members have no headers",
    "externalValue": "write the `value`: examples are checked",
    **dict.fromkeys(("operationRef", "requestBody", "server"), "write `operationId` and `parameters`"),
    **dict.fromkeys(
        ("responses", "examples", "requestBodies", "links", "callbacks", "pathItems"), "write it where it is used, and operations in paths/"
    ),
}


def instead(keyword: str, place: str, *, in_schema: bool = False) -> str:
    """What to write in place of a keyword that nothing enforces at this place: a use of a schema, or the holder of a field."""
    table: Mapping[str, str] = _SCHEMA_INSTEAD if in_schema else _AROUND_INSTEAD
    if keyword in table:
        return table[keyword]
    known = next(fields for use, fields in SCHEMA.items() if use == place) if in_schema else AROUND[place]
    close = get_close_matches(keyword, known, 1)
    return f"write `{close[0]}`, or remove it" if close else "remove it"
