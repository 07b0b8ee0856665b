"""JSON as RFC 8259 defines it, without the liberties that parsers take: one value, UTF-8, no NaN, no member twice, bounded nesting.

jiter parses and says what is wrong. Here is what it leaves open: how deep a value may be, and that 5.0 is an integer.
"""

import re
from typing import Any

import jiter

# Far deeper than any body of the contract, and far less deep than what crashes parsers.
MAX_DEPTH = 32

# jiter's message, and the message of this server. The place follows.
_SENTENCES = [
    (re.compile(r'Detected duplicate key "(?P<name>.*)"', re.DOTALL), "The member '{name}' is there twice"),
    (re.compile("invalid unicode code point"), "The body is not UTF-8"),
    (re.compile("lone leading surrogate|unexpected end of hex escape"), "A string holds an escape that is not a character"),
    (re.compile("number out of range"), "A number has too many digits"),
    (re.compile("recursion limit exceeded"), f"The body is nested deeper than {MAX_DEPTH} levels"),
]
# A name that is there twice is quoted to this length, so that the place behind it is not cut off.
_MAX_NAME = 100


class InvalidJson(ValueError):
    """The bytes are not acceptable JSON; the message says why and, where it helps, at which place."""


def decode_json(raw: bytes) -> Any:
    """The value of a body, or InvalidJson."""
    try:
        # Names recur from body to body and are remembered; values may be secret and are not.
        value = jiter.from_json(raw, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        raise InvalidJson(_sentence(raw, str(error))) from error
    return _settled(value)


def _settled(value: Any) -> Any:
    """The same value with 5.0 and 5e0 as the integer 5, which they are in JSON Schema; as such they compare and hash like it.

    Walks level by level, because depth is what is being measured.
    """
    whole = [value]
    level: list[Any] = [whole]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for node in level:
            for key, child in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(child, (dict, list)):
                    below.append(child)
                elif isinstance(child, float) and child.is_integer():
                    node[key] = int(child)
        if not below:
            return whole[0]
        level = below
    raise InvalidJson(f"The body is nested deeper than {MAX_DEPTH} levels")


def _sentence(raw: bytes, message: str) -> str:
    """The message for an error of jiter."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "The body is not UTF-8"
    text, _, place = message.rpartition(" at ")
    for pattern, sentence in _SENTENCES:
        if match := pattern.match(text):
            name = match.groupdict().get("name", "")
            return f"{sentence.format(name=name[:_MAX_NAME])} at {place}"
    return f"{text[:1].upper()}{text[1:]} at {place}"
