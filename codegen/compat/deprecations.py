"""What callers were told about the end of things, and whether it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from codegen.compat.changes import Change
from codegen.contract.deprecations import NOTICE, Deprecation, deprecation
from codegen.contract.document import pointer

Node = Mapping[str, Any]
Response = tuple[Literal["added", "changed", "wording"], str, str]


def promised_until(node: Node) -> date | None:
    """The day until which a thing stays, if it is deprecated."""
    told = deprecation(node)
    return None if told is None else told.sunset


def announcement(old: Node, new: Node) -> Response | None:
    """What is told now and was not before: effect, kind and words."""
    before, after = deprecation(old), deprecation(new)
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        until = f", and stays until {after.sunset}" if after else ""
        return ("added", "deprecation", f"is deprecated{until}" if new.get("deprecated") else "is no longer deprecated")
    if before and after and before.sunset != after.sunset:
        closer = after.sunset < before.sunset
        return ("changed" if closer else "added", "deprecation", f"its sunset {before.sunset} becomes {after.sunset}")
    return ("wording", "deprecation", "its deprecation says something else") if before != after else None


def too_early(changes: Sequence[Change], today: date) -> list[str]:
    """What is gone although it was to stay longer; no version makes that right."""
    lines = []
    for one in changes:
        name = " ".join(filter(None, (one.operation, one.place)))
        if one.promised_until is not None and one.promised_until > today:
            lines.append(f"{name}: {one.what}, and was to stay until {one.promised_until}. Bring it back.")
        elif one.promised_until is None and (one.kind, one.level) == ("operation", "breaking"):
            lines.append(f"{name}: {one.what}, and nobody was told. Bring it back, release it as deprecated, remove it after its sunset.")
    return lines


def short_notice(old: Any, new: Any, today: date) -> list[str]:
    """What a release of today would announce too late."""
    told, least = dict(_told(old)), today + NOTICE
    return [
        f"{where}: callers are told today, and have {NOTICE.days} days from then: its sunset is {least} or later, not {one.sunset}."
        for where, one in _told(new)
        if where not in told and one.sunset < least
    ]


def overdue(document: Any, today: date) -> list[str]:
    """What is still there although its last day has passed."""
    return [
        f"{where}: was to stay until {one.sunset}. Remove it, or move its sunset away."
        for where, one in _told(document)
        if one.sunset < today
    ]


def _told(document: Any, where: str = "") -> Iterator[tuple[str, Deprecation]]:
    """Whatever is deprecated, by its pointer."""
    if isinstance(document, Mapping):
        if isinstance(document.get("x-deprecation"), Mapping) and (found := deprecation(document)) is not None:
            yield where, found
        for key, held in document.items():
            yield from _told(held, where + pointer(key))
    elif isinstance(document, list):
        for index, held in enumerate(document):
            yield from _told(held, where + pointer(index))
