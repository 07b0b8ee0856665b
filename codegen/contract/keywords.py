"""What enforces which keyword of JSON Schema 2020-12 and OpenAPI 3.1, and what to write in place of those that nothing enforces.

A keyword is enforced by one of the enforcers at a place, or it is refused there: there is no third column. docs/contract-keywords.md is
written from these tables.

The enforcers:

dispatch, binder, access, limits, decoder, edge   steps of the compiled operation and of its start
bundler     the bundle, which has another form of the schema without the keyword, or without the member
model       the generated model or parameter type
document    the schema itself, by jsonschema-rs, beside the model (`by_document` in operations.py)
validator   the schema itself, on every response
deliveries  the schema itself, on every event that is encoded for receivers
tests       an oracle or a lint rule
laws        tests made from the extension, also against a running server
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
OBJECT = ("properties", "required", "additionalProperties", "oneOf", "anyOf", "discriminator")
# Keywords that the bundle does not have (joining.py), and members that it has on one side only (sides.py).
BUNDLED = ("allOf", "unevaluatedProperties", "readOnly", "writeOnly")
# Keywords that models do not express.
BY_DOCUMENT = ("uniqueItems", "multipleOf", "if", "then", "else", "dependentRequired", "minProperties", "maxProperties", "propertyNames")

SCHEMA: dict[Use, dict[str, str]] = {
    "request": {
        **WORDING,
        **dict.fromkeys((*SHAPE, *OBJECT, "default"), "model"),
        **dict.fromkeys(BY_DOCUMENT, "document"),
        "x-message": "violations",
        **dict.fromkeys(BUNDLED, "bundler"),
        **dict.fromkeys(("x-case", "x-unique", "x-once"), "laws"),
        **dict.fromkeys(("deprecated", "x-deprecation", "x-secret"), "wording"),
    },
    "parameter": {
        **WORDING,
        **dict.fromkeys((*SHAPE, "default"), "decoder"),
        **dict.fromkeys(("uniqueItems", "multipleOf"), "document"),
        "x-message": "violations",
        "allOf": "bundler",
    },
    "response": {
        **WORDING,
        **dict.fromkeys((*SHAPE, *OBJECT, *BY_DOCUMENT), "validator"),
        **dict.fromkeys(BUNDLED, "bundler"),
        **dict.fromkeys(("default", "x-message"), "wording"),  # on components that requests have, too
        **dict.fromkeys(("x-order", "x-sum", "x-immutable", "x-read", "x-unique"), "laws"),
        **dict.fromkeys(("deprecated", "x-deprecation", "x-secret"), "wording"),
    },
    "problem": {
        **WORDING,
        **dict.fromkeys((*SHAPE, *OBJECT, "uniqueItems", "multipleOf"), "validator"),
        **dict.fromkeys(("allOf", "unevaluatedProperties"), "bundler"),
    },
    "header": {**WORDING, **dict.fromkeys(SHAPE, "validator"), "allOf": "bundler"},
}
# Formats that models and parameter types check (templates/scalars.py), and those that only the document checks. `binary`, of a file, has no
# wrong text.
TYPED_FORMATS = {"date-time", "date", "uuid", "email", "uri", "byte", "binary"}
FORMATS = {*TYPED_FORMATS, "uri-reference", "time", "duration"}
# Formats that models parse, so that they cannot check the length or pattern of the text.
PARSED_FORMATS = {"date-time", "date", "uuid", "byte", "binary"}
# The text of base64 (RFC 4648, section 4), which every `format: byte` states, because validators do not know the format.
BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"

AROUND: dict[str, dict[str, str]] = {
    "document": {
        **dict.fromkeys(("openapi", "info", "tags", "jsonSchemaDialect", "externalDocs"), "wording"),
        **dict.fromkeys(("paths", "components", "servers"), "dispatch"),
        "webhooks": "deliveries",
        "security": "access",
    },
    "components": {
        **dict.fromkeys(("schemas", "parameters", "headers", "responses"), "dispatch"),
        "securitySchemes": "access",
    },
    "webhook": {"post": "deliveries"},
    "delivery": {"requestBody": "deliveries", "responses": "tests", **dict.fromkeys(("summary", "description"), "wording")},
    "event": {"content": "deliveries", "required": "tests", "description": "wording"},
    "receipt": {"description": "wording"},
    "path": {**dict.fromkeys(METHODS, "dispatch"), "parameters": "decoder"},
    "operation": {
        **dict.fromkeys(("operationId", "tags"), "binder"),
        **dict.fromkeys(("summary", "description", "x-safe"), "wording"),
        **dict.fromkeys(("deprecated", "x-deprecation"), "edge"),
        **dict.fromkeys(("security", "x-access"), "access"),
        "x-rate-class": "limits",
        "x-navigation": "decoder",
        "parameters": "decoder",
        "requestBody": "document",
        "responses": "validator",
        "callbacks": "deliveries",
    },
    "parameter": {
        **dict.fromkeys(("name", "in", "required", "schema", "style", "explode", "x-edge"), "decoder"),
        **dict.fromkeys(("x-filter", "x-order"), "laws"),
        **dict.fromkeys(("description", "example", "examples", "deprecated", "x-deprecation"), "wording"),
    },
    "body": {**dict.fromkeys(("content", "required", "x-max-bytes"), "edge"), "description": "wording"},
    "media": {**dict.fromkeys(("schema", "x-item-schema"), "document"), **dict.fromkeys(("example", "examples"), "tests")},
    "response": {"description": "wording", **dict.fromkeys(("headers", "content"), "validator"), "links": "tests"},
    "header": {
        "schema": "validator",
        "required": "validator",
        "x-edge": "edge",
        **dict.fromkeys(("x-cache", "x-unique"), "laws"),
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
_OBJECT = (*OBJECT, *BY_DOCUMENT, "unevaluatedProperties")
_SCHEMA_INSTEAD = {
    **dict.fromkeys(("$anchor", "$dynamicAnchor", "$dynamicRef", "$id"), _REFERENCE),
    **dict.fromkeys(("$schema", "$vocabulary"), "leave it out: every schema is JSON Schema 2020-12"),
    "$comment": "write a comment of YAML, which begins with #",
    **dict.fromkeys(("$defs", "definitions"), "write a component in schemas/, and refer to it"),
    **dict.fromkeys(_OBJECT, _SCALAR),
    "not": "write the values that are valid: an enum, a pattern or bounds",
    **dict.fromkeys(("contains", "minContains", "maxContains"), "state it in the description, and raise a problem in the service"),
    **dict.fromkeys(("prefixItems", "unevaluatedItems", "additionalItems"), "write an object whose members have names, or `items`"),
    "patternProperties": "write `additionalProperties` with `propertyNames`",
    **dict.fromkeys(("dependentSchemas", "dependencies"), "write `dependentRequired`, or `if` and `then`"),
    "multipleOf": "a header is text: describe it",
    "divisibleBy": "write `multipleOf`",
    **dict.fromkeys(("contentEncoding", "contentMediaType", "contentSchema"), _CONTENT),
    "xml": "leave it out: bodies are JSON",
    "externalDocs": "write the link into the description",
    "example": "write `examples: [...]`",
    "nullable": "write `type: [string, 'null']`, or `oneOf: [$ref, {type: 'null'}]`",
    "id": _REFERENCE,
    **dict.fromkeys(("readOnly", "writeOnly"), "leave it out: only members of bodies are sent by one side alone"),
    "deprecated": "announce the member or the operation around it",
    "default": "only what a caller may leave out has a default",
    "x-message": "only what a caller sends gets a message",
    **dict.fromkeys(("x-case", "x-once"), "only what a caller sends in a body has it"),
    **dict.fromkeys(("x-sum", "x-immutable", "x-read"), "write it in the schema of a response"),
    "x-unique": "write it in a body, in the schema of a response, or beside the `schema` of a header",
    "x-order": "write it in the schema of a response, or beside the `schema` of a parameter",
    "uniqueItems": "state it in the description",
}
_AROUND_INSTEAD = {
    "servers": "write `servers` in openapi.yaml: all operations are below one path",
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
        ("responses", "examples", "requestBodies", "links", "pathItems"), "write it where it is used, and operations in paths/"
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
