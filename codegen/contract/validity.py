"""Whether the document is OpenAPI 3.1, each of its schemas JSON Schema 2020-12, and each of our tables what the bundler reads.

The meta-schemas decide; each error is reported with its file, its line and what to write instead.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from codegen.contract.document import Document, pointer
from codegen.contract.keywords import AROUND, KEYWORDS
from codegen.contract.yaml import ContractError, SourceDict

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
# Which tables are written by hand beside the document, and what the bundler reads in them.
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_MAPPINGS = {"type": "object", "additionalProperties": {"type": "object"}}
_USE = {"type": "object", "required": ["component"], "properties": {"component": {"type": "string"}, "value": {"type": "string"}}}
TABLES: dict[str, dict[str, Any]] = {
    "problems.yaml": {
        "additionalProperties": {
            "type": "object",
            "properties": {
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                **{key: {"type": "string"} for key in ("title", "detail", "says", "ambient")},
                "members": _MAPPINGS,
                "headers": {
                    "type": "object",
                    "additionalProperties": {"type": ["string", "object"], "if": {"type": "object"}, "then": _USE},
                },
                "example": {"type": "object"},
            },
        }
    },
    "headers.yaml": {"additionalProperties": {"type": "object", "required": ["schema"], "properties": {"schema": {"type": "object"}}}},
    "examples": {
        "additionalProperties": {
            "type": "object",
            "required": ["status"],
            "properties": {"summary": {"type": "string"}, "parameters": {"type": "object"}, "status": {"type": "integer"}},
        }
    },
}


def check(document: Document) -> None:
    """Stop at errors of the document."""
    _stop(dict.fromkeys([*_errors(document, _openapi()), *_schemas_of(document, document.root, "", "document")]))


def check_table(kind: str, table: SourceDict) -> None:
    """Stop at errors of a table."""
    _stop(dict.fromkeys(_errors(Document(table), _table(kind))))


def mapping(holder: SourceDict, key: str) -> SourceDict:
    """The mapping at a key, empty if there is none."""
    held = holder.get(key, SourceDict((), holder.file, holder.line, {}))
    if isinstance(held, SourceDict):
        return held
    raise ContractError(f"{holder.location(key)}: `{key}` is {_shown(held)}. Write {KINDS['object']}, or leave it out.")


def _stop(lines: Mapping[str, None]) -> None:
    if lines:
        raise ContractError("\n".join(lines))


@cache
def _openapi() -> jsonschema_rs.Draft202012Validator:
    """OpenAPI without its schemas, which are checked one by one: the two meta-schemas together report each error eight times."""
    text = (files("openapi_spec_validator") / "resources" / "schemas" / "v3.1" / "schema.json").read_text("utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


@cache
def _json_schema() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": DIALECT})


@cache
def _table(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(TABLES[kind])


def _schemas_of(document: Document, node: Any, at: str, inside: str) -> Iterator[str]:
    """The errors of all schemas below a node that is none. Examples and extensions hold data."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _schemas_of(document, child, at + pointer(index), "")
    elif isinstance(node, Mapping):
        for key, child in node.items():
            below = at + pointer(key)
            if (key == "schema" and inside not in ("properties", "headers", "parameters")) or inside == "schemas":
                yield from _errors(document, _json_schema(), below)
            elif not key.startswith("x-") and key not in ("example", "examples"):
                yield from _schemas_of(document, child, below, key)


def _errors(document: Document, validator: jsonschema_rs.Draft202012Validator, at: str = "") -> Iterator[str]:
    for error in validator.iter_errors(document.get(at)):
        where = at + pointer(*error.instance_path)
        named = f"`{error.instance_path[-1]}`" if error.instance_path else "this schema" if at else "the file"
        yield f"{document.location(where)}: {named} {_wording(error)}"


def _wording(error: jsonschema_rs.ValidationError) -> str:
    kind, shown, last = error.kind, _shown(error.instance), error.instance_path[-1] if error.instance_path else ""
    held: dict[str, Any] = kind.as_dict()
    if last == "type" and kind.name == "anyOf":
        return f"is {shown}. Write one of {', '.join(TYPES)}, or a list of them."
    if "unexpected" in held:
        return "; ".join(f"cannot have `{name}`. {_instead(name)}" for name in held["unexpected"])
    wordings = {
        "type": lambda: f"is {shown}. Write {' or '.join(KINDS[name] for name in sorted(held['types']))}.",
        "required": lambda: f"has no `{held['property']}`. Write it: the standard demands it.",
        "enum": lambda: f"is {shown}. Write one of {', '.join(map(str, held['options']))}.",
        "pattern": lambda: f"is {shown}. Write a text that matches {held['pattern']}.",
    }
    return wordings.get(kind.name, lambda: f"is not valid: {error.message}. Correct it, or leave it out.")()


def _instead(name: str) -> str:
    known = {*KEYWORDS, *(field for fields in AROUND.values() for field in fields)} - {name}
    close = get_close_matches(name, known, 1)
    return f"Write `{close[0]}`, or remove it." if close else "Remove it, or write it where the standard has it."


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
