"""The version that a change asks for, and what CHANGELOG.md has to say of it."""

import re
from collections.abc import Iterable, Sequence

from codegen.compat.changes import LEVELS, Change, Level
from codegen.contract.yaml import ContractError

Version = tuple[int, int, int]
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
# Instead of their names, where a change touches all.
EVERYBODY = "every operation"


def parsed(version: str) -> Version:
    """`1.10.0` is newer than `1.9.0`."""
    found = VERSION.fullmatch(version)
    if found is None:
        raise ContractError(f"{version!r} is no version. Write three numbers, 1.2.0: major, minor, patch.")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def level(changes: Iterable[Change]) -> Level:
    """The gravest of them. Other bytes without a change are other words."""
    return min((one.level for one in changes), key=LEVELS.index, default="wording")


def least(released: str, gravest: Level) -> str:
    """The lowest version that may follow."""
    major, minor, patch = parsed(released)
    return {"breaking": f"{major + 1}.0.0", "addition": f"{major}.{minor + 1}.0", "wording": f"{major}.{minor}.{patch + 1}"}[gravest]


def section(changelog: str, version: str) -> str | None:
    """What stands under the heading that has this version, up to the next heading of its rank."""
    parts = re.split(r"^## (.*)$", changelog, flags=re.MULTILINE)
    wanted = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.])")
    return next((text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if wanted.search(heading)), None)


def touched(changes: Sequence[Change]) -> list[str]:
    """The operations whose callers want to know: not those whose shared parts are explained in other words."""
    named = (one.operation for one in changes if one.level != "wording" or one.pointer.startswith("/paths"))
    return sorted(set(filter(None, named)))


def unmentioned(text: str, changes: Sequence[Change], operations: set[str]) -> list[str]:
    """The touched operations that a section does not name."""
    names = touched(changes)
    if EVERYBODY in text.lower() and operations <= set(names):
        return []
    return [name for name in names if re.search(rf"\b{re.escape(name)}\b", text) is None]
