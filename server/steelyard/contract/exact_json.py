"""JSON as RFC 8259 defines it, without the liberties that parsers take: one value, UTF-8, no NaN, no member twice, bounded nesting."""

import json
from typing import Any, NoReturn

# Deeper than any body of the contract by far; what parsers crash on is far deeper still.
DEEPEST = 32


class NotJson(ValueError):
    """The bytes are not acceptable JSON; the message says why and, where it helps, at which place."""


class _Members(dict[str, Any]):
    """An object that had a member twice: kept as it came, so that the place can be named."""

    twice: str


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        broken = _Members(pairs)
        broken.twice = next(name for at, (name, _) in enumerate(pairs) if any(name == later for later, _ in pairs[at + 1 :]))
        return broken
    return members


def _number(text: str) -> int | float:
    """5.0 and 5e0 are the integer 5 in JSON Schema; as such they compare and hash like it."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not a JSON value")


_decoder = json.JSONDecoder(object_pairs_hook=_members, parse_float=_number, parse_constant=_constant)


def decode(raw: bytes) -> Any:
    """The value of a body, or NotJson."""
    try:
        text = raw.decode("utf-8")
        value = _decoder.decode(text)
    except UnicodeDecodeError as error:
        raise NotJson("The body is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise NotJson(f"The body is nested deeper than {DEEPEST} levels") from error
    except NotJson:
        raise
    except ValueError as error:  # CPython refuses to convert integers of more than 4300 digits
        raise NotJson("A number has too many digits") from error
    if raw.count(b"{") + raw.count(b"[") > 1:
        _check(value)
    elif isinstance(value, _Members):
        raise NotJson(f"The member {value.twice!r} is there twice")
    return value


def _check(value: Any) -> None:
    """Walks without recursion, because depth is what is being measured."""
    level: list[tuple[str, Any]] = [("", value)]
    for _ in range(DEEPEST):
        below: list[tuple[str, Any]] = []
        for place, node in level:
            if isinstance(node, dict):
                if isinstance(node, _Members):
                    raise NotJson(f"The member {node.twice!r} of the object at {place or '/'} is there twice")
                below += [(f"{place}/{name}", child) for name, child in node.items() if isinstance(child, (dict, list))]
            else:
                below += [(f"{place}/{index}", child) for index, child in enumerate(node) if isinstance(child, (dict, list))]
        if not below:
            return
        level = below
    raise NotJson(f"The body is nested deeper than {DEEPEST} levels")
