"""Texts that match a schema: of a length, or different from each other."""

import re

from codegen.contract.document import Node


def text_of(node: Node, length: int) -> str:
    """A text of this length that matches the format, examples and pattern of the schema where possible."""
    if node.get("format") == "email" and length > 20:
        # RFC 5321: 64 before the @, and no label of a domain is longer than 63.
        domain = ".".join(["x" * 60] * 4)[: length - 17] + ".example"
        return f"{'a' * (length - len(domain) - 1)}@{domain}"
    base = next((text for text in node.get("examples", ()) if isinstance(text, str) and text), "x")
    # If the pattern does not allow the text to be repeated, its last character may be.
    ways = ((base * (length // len(base) + 1))[:length], base[:length].ljust(length, base[-1]))
    return next((way for way in ways if "pattern" in node and re.search(node["pattern"], way)), ways[0])


def distinct(node: Node, text: str, count: int) -> list[str]:
    """So many different texts, valid ones where one more letter or number is."""
    if "enum" in node:
        return [*node["enum"], *(f"{text}{number}" for number in range(count))][:count]
    numbered = [f"{text}{number}" for number in range(count)]
    lettered = [text + chr(ord("a") + number % 26) * (1 + number // 26) for number in range(count)]
    return next((way for way in (numbered, lettered) if all(re.search(node.get("pattern", ""), each) for each in way)), numbered)
