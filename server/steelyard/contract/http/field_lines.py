"""The lines of a request's head as one value for each name (RFC 9110, section 5.3)."""

from collections.abc import Iterable
from typing import NamedTuple

# Fields of requests that are lists: several lines mean the same as one. All others may stand there once.
_LISTS = frozenset(
    {
        *(b"accept", b"accept-charset", b"accept-encoding", b"accept-language", b"access-control-request-headers", b"cache-control"),
        *(b"connection", b"content-encoding", b"content-language", b"expect", b"forwarded", b"if-match", b"if-none-match", b"prefer"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade", b"vary", b"via", b"x-forwarded-for"),
    }
)


class Fields(NamedTuple):
    """Values by name, and the names that stand there several times although they are no lists."""

    values: dict[bytes, bytes]
    repeated: frozenset[bytes]


def combined(lines: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Lines of one name joined by commas, in their order. If the field is not a list, the joined value is malformed."""
    lines_of: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        lines_of.setdefault(name, []).append(value)
    values = {name: b", ".join(several) for name, several in lines_of.items()}
    return Fields(values, frozenset(name for name, several in lines_of.items() if len(several) > 1 and name not in _LISTS))
