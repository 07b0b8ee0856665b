"""What callers were told about the end of things, and whether it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from codegen.compat.changes import Change
from codegen.deprecations import deprecation
from codegen.document import pointer

Node = Mapping[str, Any]
Told = tuple[Literal["added", "changed", "words"], str, str]


def stays(node: Node) -> date | None:
    """The day until which a thing stays, if it is deprecated."""
    told = deprecation(node)
    return None if told is None else told.sunset


def announced(old: Node, new: Node) -> Told | None:
    """What is told now and was not before: effect, kind and words."""
    before, after = deprecation(old), deprecation(new)
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        until = f", and stays until {after.sunset}" if after else ""
        return ("added", "deprecation", f"is deprecated{until}" if new.get("deprecated") else "is no longer deprecated")
    if before and after and before.sunset != after.sunset:
        closer = after.sunset < before.sunset
        return ("changed" if closer else "added", "deprecation", f"its sunset {before.sunset} becomes {after.sunset}")
    return ("words", "deprecation", "its deprecation says something else") if before != after else None


def too_early(changes: Sequence[Change], today: date) -> list[str]:
    """What is gone although it was to stay longer; no version makes that right."""
    early = [one for one in changes if one.stays is not None and one.stays > today]
    return [
        f"{' '.join(filter(None, (one.operation, one.place)))}: {one.what}, and was to stay until {one.stays}. Bring it back."
        for one in early
    ]


def overdue(document: Any, today: date, where: str = "") -> Iterator[str]:
    """What is still there although its last day has passed."""
    if isinstance(document, Mapping):
        if isinstance(document.get("x-deprecation"), Mapping) and (last := stays(document)) is not None and last < today:
            yield f"{where}: was to stay until {last}. Remove it, or move its sunset away."
        for key, held in document.items():
            yield from overdue(held, today, where + pointer(key))
    elif isinstance(document, list):
        for index, held in enumerate(document):
            yield from overdue(held, today, where + pointer(index))
