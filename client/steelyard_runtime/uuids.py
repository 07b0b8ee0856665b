"""Identifiers in responses. A separate module, because importing `uuid` costs more than all other models together."""

from __future__ import annotations

from uuid import UUID, SafeUUID

_UNKNOWN_SAFETY = SafeUUID.unknown
_set = object.__setattr__


def read_uuid(text: str) -> UUID:
    """`UUID(text)` at half the cost for the canonical form; other forms use the constructor."""
    if len(text) != 36:
        return UUID(text)
    made = object.__new__(UUID)
    _set(made, "int", int(text.replace("-", ""), 16))
    _set(made, "is_safe", _UNKNOWN_SAFETY)
    return made
