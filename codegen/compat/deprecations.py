"""The announced ends of deprecated parts, and whether a contract keeps to them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from codegen.compat.changes import Change
from codegen.contract.deprecations import NOTICE, Deprecation, deprecation
from codegen.contract.document import pointer

Node = Mapping[str, Any]
Announcement = tuple[Literal["added", "changed", "wording"], str, str]


def promised_until(node: Node) -> date | None:
    """The day until which a deprecated part stays; None if it is not deprecated."""
    notice = deprecation(node)
    return None if notice is None else notice.sunset


def announcement(old: Node, new: Node) -> Announcement | None:
    """The difference between two deprecations: effect, kind and text."""
    before, after = deprecation(old), deprecation(new)
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        until = f", and stays until {after.sunset}" if after else ""
        return ("added", "deprecation", f"is deprecated{until}" if new.get("deprecated") else "is no longer deprecated")
    if before and after and before.sunset != after.sunset:
        closer = after.sunset < before.sunset
        return ("changed" if closer else "added", "deprecation", f"its sunset {before.sunset} becomes {after.sunset}")
    return ("wording", "deprecation", "its deprecation has changed") if before != after else None


def too_early(changes: Sequence[Change], today: date) -> list[str]:
    """One line for each removal before the announced day; no version allows it."""
    lines = []
    for change in changes:
        name = " ".join(filter(None, (change.operation, change.place)))
        if change.promised_until is not None and change.promised_until > today:
            lines.append(f"{name}: {change.what}, but has to stay until {change.promised_until}. Restore it.")
        elif change.promised_until is None and (change.kind, change.level) == ("operation", "breaking"):
            lines.append(f"{name}: {change.what} without notice. Restore it, release it as deprecated, remove it after its sunset.")
    return lines


def short_notice(old: Any, new: Any, today: date) -> list[str]:
    """One line for each deprecation that a release of today announces too late."""
    announced, earliest = dict(_deprecations(old)), today + NOTICE
    return [
        f"{where}: a release announces a sunset {NOTICE.days} days ahead, so its sunset is {earliest} or later, not {notice.sunset}."
        for where, notice in _deprecations(new)
        if where not in announced and notice.sunset < earliest
    ]


def overdue(document: Any, today: date) -> list[str]:
    """One line for each part that outlives its sunset."""
    return [
        f"{where}: its sunset was {notice.sunset}. Remove it, or move its sunset away."
        for where, notice in _deprecations(document)
        if notice.sunset < today
    ]


def _deprecations(document: Any, where: str = "") -> Iterator[tuple[str, Deprecation]]:
    """Every deprecation, with its pointer."""
    if isinstance(document, Mapping):
        if isinstance(document.get("x-deprecation"), Mapping) and (notice := deprecation(document)) is not None:
            yield where, notice
        for key, held in document.items():
            yield from _deprecations(held, where + pointer(key))
    elif isinstance(document, list):
        for index, held in enumerate(document):
            yield from _deprecations(held, where + pointer(index))
