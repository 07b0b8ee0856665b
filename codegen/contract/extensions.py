"""What the values of extensions look like, so that a misspelt one is no extension that nothing heeds."""

from typing import Any

import jsonschema_rs

from codegen.contract.laws import LAWS

_DAYS = {name: {"type": "string", "format": "date"} for name in ("since", "sunset")}
_WAY = {
    "type": ["string", "object"],
    "if": {"type": "object"},
    "then": {
        "required": ["scope"],
        "additionalProperties": False,
        "properties": {"scope": {"type": "string"}, "credential": {"enum": ["any", "session", "fresh"]}},
    },
}
_MESSAGE = {
    "type": ["string", "object"],
    "if": {"type": "object"},
    "then": {
        "required": ["type", "msg"],
        "additionalProperties": False,
        "properties": {"type": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}, "msg": {"type": "string", "minLength": 1}},
    },
}

# Extension -> the schema of its values, and what to write.
VALUES: dict[str, tuple[dict[str, Any], str]] = {
    "x-access": ({"type": "object", "additionalProperties": _WAY}, "who passes by which scope: {owner: 'items:write'}"),
    "x-rate-class": ({"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}, "the name of a rate class of server.yaml, such as default"),
    "x-max-bytes": ({"type": "integer", "minimum": 1, "maximum": 1 << 40}, "a whole number of bytes, such as 10485760"),
    "x-message": (_MESSAGE, "a sentence, or {type: zero_delta, msg: A sentence}"),
    "x-edge": (
        {"enum": ["always", "limited", "idempotency", "etag", "deprecation", "browser"]},
        "always, limited, idempotency, etag or browser",
    ),
    "x-deprecation": (
        {"type": "object", "required": ["since", "sunset", "use"], "properties": {**_DAYS, "use": {"type": "string"}}},
        "{since: 2027-01-10, sunset: 2027-09-01, use: <operation or member>}",
    ),
    "x-item-schema": (
        {"type": "object", "required": ["$ref"], "maxProperties": 1},
        "{$ref: ...}, the schema of one item of a stream",
    ),
    "x-problems": ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, "names of problems.yaml: [ItemNotFound]"),
    **dict.fromkeys(("x-safe", "x-secret", "x-navigation", "x-json-problems"), ({"const": True}, "true, or leave it out")),
    **LAWS,
}
_VALIDATORS = {name: jsonschema_rs.Draft202012Validator(schema, validate_formats=True) for name, (schema, _) in VALUES.items()}


def complaint(name: str, value: Any) -> str | None:
    """What is wrong with the value of an extension, and what to write."""
    if name not in _VALIDATORS or _VALIDATORS[name].is_valid(value):
        return None
    return f"`{name}` is {value!r}, which means nothing. Write {VALUES[name][1]}."
