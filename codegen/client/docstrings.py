"""Texts about a schema, for docstrings and the reference."""

import re
import textwrap
from typing import Any

from codegen.contract.document import Document, Node

WIDTH = 120


def sentence(text: str) -> str:
    """The text on one line, fit for a docstring."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")


def wrapped(text: str, indent: str, further: str | None = None) -> list[str]:
    """The text in lines; `further` indents all but the first."""
    made = textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent if further is None else further, break_long_words=False
    )
    return [line.rstrip() for line in made]


def bounds(document: Document, schema: Node) -> str:
    """The bounds of a value as text: `1 to 200 characters`."""
    node: dict[str, Any] = {**document.dereference(schema), **{key: value for key, value in schema.items() if key != "$ref"}}
    if "oneOf" in node or "anyOf" in node:
        some = [branch for branch in [*node.get("oneOf", ()), *node.get("anyOf", ())] if branch.get("type") != "null"]
        return bounds(document, some[0]) if len(some) == 1 else ""
    parts = [
        _span(node.get("minimum"), node.get("maximum"), ""),
        _span(node.get("minLength"), node.get("maxLength"), " characters"),
        _span(node.get("minItems"), node.get("maxItems"), " entries"),
        "unique" if node.get("uniqueItems") else "",
        f"{node['default']!r} if left out" if node.get("default") not in (None, [], "") else "",
    ]
    return "; ".join(part for part in parts if part)


def with_bounds(document: Document, text: str, schema: Node) -> str:
    """The text, with the bounds of a value in brackets."""
    limits = bounds(document, schema)
    return f"{text} ({limits})" if limits and text else text or limits


def _span(least: float | None, most: float | None, unit: str) -> str:
    # The largest integer of JavaScript is not a useful bound.
    most = None if most is not None and most > 2**50 else most
    least = None if not least and unit else least
    if least is None and most is None:
        return ""
    if least is None:
        return f"up to {most:,}{unit}".replace(",", " ")
    if most is None:
        return f"{least:,} or more{unit}".replace(",", " ")
    return (f"{least}{unit}" if least == most else f"{least:,} to {most:,}{unit}".replace(",", " ")).replace("1 characters", "1 character")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a description, each on one line."""
    return [sentence(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
