"""Laws: what the contract promises beyond schemas, in extensions that tests are made from, and the members that they name.

A path names a member of an object, `price/amount`, or of the elements of a list, `lines/*/quantity`.
"""

import re
from collections.abc import Iterator
from typing import Any

from codegen.contract.document import Document, Node, Operation

_PATH = r"[^ /-][^ /]*(/[^ /]+)*"
_MEMBER = {"type": "string", "pattern": f"^{_PATH}$"}
_KEYS = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": f"^-?{_PATH}$"}}
_TERM = {"type": "string", "pattern": rf"^-?{_PATH}( \* {_PATH})*$"}
_CASE = {"const": "ignored"}

# How a filter compares its value with a member: with one, with several, or with one for each value.
OF_ONE = ("equals", "at-least", "at-most", "after", "before", "positive")
OF_SEVERAL = ("words", "text")
COMPARISONS = (*OF_ONE, *OF_SEVERAL, "caller")
_FILTER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(OF_ONE, _MEMBER),
        **{comparison: {"type": "array", "minItems": 1, "items": _MEMBER} for comparison in OF_SEVERAL},
        "caller": {"type": "object", "minProperties": 1, "additionalProperties": _MEMBER},
        "case": _CASE,
    },
    "oneOf": [{"required": [comparison]} for comparison in COMPARISONS],
}
_UNIQUE = {
    "oneOf": [
        {"const": True},
        {
            "type": "object",
            "required": ["problem"],
            "additionalProperties": False,
            "properties": {"problem": {"type": "string"}, "case": _CASE},
        },
    ]
}
_ONCE = {
    "type": "object",
    "required": ["from", "problem"],
    "additionalProperties": False,
    "properties": {
        "from": {"type": "string", "pattern": f"^[A-Za-z0-9]+/{_PATH}$"},
        "with": {"type": "object"},
        "problem": {"type": "string"},
    },
}
_READ = {
    "type": "object",
    "required": ["operationId"],
    "additionalProperties": False,
    "properties": {
        "operationId": {"type": "string"},
        "parameters": {"type": "object", "additionalProperties": _MEMBER},
        "at": _MEMBER,
    },
}
_CACHE = {
    "type": "object",
    "required": ["credential", "anonymous", "otherwise"],
    "additionalProperties": False,
    "properties": {caller: {"type": "string", "minLength": 1} for caller in ("credential", "anonymous", "otherwise")},
}

# Law -> the schema of its values, and what to write.
LAWS: dict[str, tuple[dict[str, Any], str]] = {
    "x-filter": (
        _FILTER,
        "one of " + ", ".join(COMPARISONS) + " with its member, such as {at-least: price/amount}; texts: `case: ignored`",
    ),
    "x-order": (
        {"oneOf": [_KEYS, {"type": "object", "minProperties": 1, "additionalProperties": _KEYS}]},
        "on an array its keys, [-created_at, -id]; on a parameter the keys of each value, {price: [price/amount, id]}",
    ),
    "x-case": (_CASE, "ignored, or leave it out"),
    "x-unique": (_UNIQUE, "on responses true; on requests {problem: SkuTaken}, and `case: ignored`"),
    "x-sum": (
        {"type": "object", "minProperties": 1, "additionalProperties": {"type": "array", "minItems": 1, "items": _TERM}},
        "a member and its terms, {total: [subtotal, -discount, lines/*/price * lines/*/quantity]}",
    ),
    "x-immutable": ({"type": "array", "minItems": 1, "uniqueItems": True, "items": _MEMBER}, "members that never change: [id, created_at]"),
    "x-once": (_ONCE, "where the value comes from, and the problem of its second use: {from: issueToken/refresh_token, problem: Reused}"),
    "x-read": (_READ, "the operation that reads the object, {operationId: getItem, parameters: {item_id: id}}, and `at` if it is inside"),
    "x-cache": (_CACHE, "Cache-Control by caller: {credential: 'private, no-store', anonymous: 'public, max-age=60', otherwise: no-store}"),
}


def factors(term: str) -> list[str]:
    """The paths of a term: `-a * b` has a and b."""
    return term.removeprefix("-").split(" * ")


def member(document: Document, schema: Node, path: str) -> Node | None:
    """The schema of a member, or None if there is none. Null beside one other form does not count."""
    node: Node | None = _form(document, schema)
    for step in path.split("/"):
        if node is None:
            return None
        held = node.get("items") if step == "*" else node.get("properties", {}).get(step)
        node = None if held is None else _form(document, held)
    return node


def _form(document: Document, schema: Node) -> Node:
    schema = document.dereference(schema)
    forms = [form for form in schema.get("oneOf", ()) if form != {"type": "null"}]
    return _form(document, forms[0]) if len(forms) == 1 else schema


def rows(document: Document, operation: Operation) -> Node | None:
    """The schema of the rows of a listing: the elements of the only list of objects in its success."""
    for response in operation.successes():
        if response.schema is not None:
            whole = document.dereference(response.schema)
            lists = [held for held in (whole, *map(document.dereference, whole.get("properties", {}).values())) if "items" in held]
            objects = [item for item in (document.dereference(held["items"]) for held in lists) if "properties" in item]
            if len(objects) == 1:
                return objects[0]
    return None


def keys(value: Any) -> Iterator[str]:
    """The paths in an x-order, without their minus."""
    for listed in value.values() if isinstance(value, dict) else [value]:
        yield from (re.sub("^-", "", key) for key in listed)
