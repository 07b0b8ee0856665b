"""Whether the text of a value can have a separator in it, so that a reader would divide it at the wrong place."""

import re

from codegen.compat.patterns import may_hold
from codegen.contract.document import Document, Node
from codegen.lint.shapes import types

DIGITS = set("0123456789")
# Characters in the texts of numbers, as JSON writes them, and of formats.
OF_NUMBERS = DIGITS | set("+-.eE")
OF_FORMATS = {"uuid": set("0123456789abcdefABCDEF-"), "date": DIGITS | {"-"}}


def may_divide(document: Document, schema: Node, separator: str) -> bool:
    """Whether some value of the schema, a scalar, is written with the separator in it; True also if that is not certain."""
    node = {**document.dereference(schema), **{key: held for key, held in schema.items() if key != "$ref"}}
    values = [node["const"]] if "const" in node else node.get("enum")
    if values is not None:
        return any(separator in str(value) for value in values)
    kind = next((name for name in types(node) if name != "null"), "string")
    if kind == "boolean":
        return any(separator in text for text in ("true", "false"))
    if kind == "integer":
        return set(separator) <= (DIGITS if node.get("minimum", -1) >= 0 else DIGITS | {"-"})
    if kind == "number":
        return set(separator) <= OF_NUMBERS
    if node.get("format") in OF_FORMATS:
        return set(separator) <= OF_FORMATS[node["format"]]
    return "pattern" not in node or may_hold(node["pattern"], separator)


def may_be_empty(document: Document, schema: Node) -> bool:
    """Whether the empty text is a value of the schema, a scalar."""
    node = document.dereference(schema)
    values = [node["const"]] if "const" in node else node.get("enum")
    if values is not None:
        return "" in values
    if "string" not in types(node) or node.get("format") in OF_FORMATS or node.get("minLength", 0) > 0:
        return False
    return "pattern" not in node or re.search(node["pattern"], "") is not None
