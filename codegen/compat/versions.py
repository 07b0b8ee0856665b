"""The version that a change requires, and the operations that CHANGELOG.md has to name."""

import re
from collections.abc import Iterable, Sequence

from codegen.compat.changes import LEVELS, Change, Level
from codegen.contract.yaml import ContractError

Version = tuple[int, int, int]
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
# Stands for their names if a change touches every operation.
ALL_OPERATIONS = "every operation"


def parsed(version: str) -> Version:
    """`1.10.0` is newer than `1.9.0`."""
    match = VERSION.fullmatch(version)
    if match is None:
        raise ContractError(f"{version!r} is no version. Write three numbers, 1.2.0: major, minor, patch.")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def level(changes: Iterable[Change]) -> Level:
    """The gravest level. Other bytes without a change have the level `wording`."""
    return min((change.level for change in changes), key=LEVELS.index, default="wording")


def least(released: str, gravest: Level) -> str:
    """The lowest version that may follow the released version."""
    major, minor, patch = parsed(released)
    return {"breaking": f"{major + 1}.0.0", "addition": f"{major}.{minor + 1}.0", "wording": f"{major}.{minor}.{patch + 1}"}[gravest]


def section(changelog: str, version: str) -> str | None:
    """The text below the heading with this version, up to the next heading of the same rank."""
    parts = re.split(r"^## (.*)$", changelog, flags=re.MULTILINE)
    number = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.])")
    return next((text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if number.search(heading)), None)


def touched(changes: Sequence[Change]) -> list[str]:
    """The operations whose callers a change concerns. A change of wording in a shared part concerns no caller."""
    named = (change.operation for change in changes if change.level != "wording" or change.pointer.startswith("/paths"))
    return sorted(set(filter(None, named)))


def unmentioned(text: str, changes: Sequence[Change], operations: set[str]) -> list[str]:
    """The touched operations that a section does not name."""
    names = touched(changes)
    if ALL_OPERATIONS in text.lower() and operations <= set(names):
        return []
    return [name for name in names if re.search(rf"\b{re.escape(name)}\b", text) is None]
