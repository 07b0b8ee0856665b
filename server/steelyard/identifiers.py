"""UUID version 7 (RFC 9562, section 5.7): unique, and sorted by the time it was made."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def uuid7(now: datetime, random_bytes: Callable[[int], bytes]) -> UUID:
    """A UUID whose first 48 bits are milliseconds since 1970 and whose last 74 are random."""
    milliseconds = int(now.timestamp() * 1000)
    noise = int.from_bytes(random_bytes(10), "big")
    return UUID(int=milliseconds << 80 | _VERSION_7 | (noise >> 62 & 0xFFF) << 64 | _VARIANT | noise & 0x3FFFFFFFFFFFFFFF)
