"""The interface of the SDK against the wheel of the newest release: the changes that a program for this wheel meets.

`document` compares contracts. This module compares Python names and calls, which the hand-written part or the generator may change
while the contract stays the same.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import griffe

from codegen.compat import versions
from codegen.compat.annotations import covers, is_optional_key
from codegen.compat.changes import Change, Reason
from codegen.compat.signatures import CALL, RESULT, added_arguments, narrowed_call
from codegen.compat.surface import Surface, surface

GONE = Reason("Programs that name it fail.", "Keep the name until the next major version; a better name may exist beside it.")
CAUGHT = Reason("`except` and `isinstance` no longer find it.", "Keep deriving from it.")
DEMANDED = Reason("Classes that implement the protocol lack it; type checkers reject them.", "Put it into a new protocol.")
# An addition in these modules is an addition to the contract, and the check of the contract covers it.
OF_THE_CONTRACT = re.compile(r"steelyard_client/(api|models|client|errors|calls|operations)\b")
MODULES = {"calls", "errors", "models", "operations", "testing", "webhooks"}
WHERE = "write the version into openapi/openapi.yaml and client/pyproject.toml, because the SDK has the version of its contract."


def newest(folder: Path) -> Path | None:
    """The wheel of the newest release; None before the first release."""
    wheels = sorted(folder.glob("*/*.whl"), key=lambda wheel: versions.parsed(wheel.parent.name))
    return wheels[-1] if wheels else None


def since(wheel: Path, *folders: Path) -> list[Change]:
    """The changes from a wheel to the SDK in these folders."""
    with tempfile.TemporaryDirectory() as temporary:
        zipfile.ZipFile(wheel).extractall(temporary)
        return list(changes(surface(Path(temporary)), surface(*folders)))


def complaints(released: str, version: str, differences: Sequence[Change], changelog: Path) -> list[str]:
    """One line if the version does not fit these changes, or the changelog does not name them."""
    if not differences:
        return []
    gravest = versions.level(differences)
    least = versions.least(released, gravest)
    if versions.parsed(version) < versions.parsed(least):
        kind = "a breaking change" if gravest == "breaking" else "an addition"
        return [f"The SDK has {kind} since {released}, so this is {least} or later, not {version}: {WHERE}"]
    missing = ", ".join(_unmentioned(versions.section(changelog.read_text("utf-8"), version) or "", differences))
    if not missing:
        return []
    return [f"The section for {version} in {changelog.name} does not name {missing}. State there the changes for users of the SDK."]


def _unmentioned(text: str, differences: Sequence[Change]) -> list[str]:
    """The names that a text lacks, in either spelling: `listItems` or `list_items`. Members of both clients count once."""
    mentioned = "|".join(["", *re.findall(r"[\w.]+", text.lower().replace("_", "")), ""])
    required = [change for change in differences if change.level == "breaking" or not OF_THE_CONTRACT.match(change.pointer)]
    names = sorted({_short_name(change.place) for change in required})
    return [name for name in names if re.search(rf"[|.]{re.escape(name.lower().replace('_', ''))}[|.]", mentioned) is None]


def _short_name(name: str) -> str:
    """`Item.title` for `models.Item.title`, `Items.list` for `AsyncItems.list`, and a class for its `__init__`."""
    words = [word for word in name.split(".") if word != "__init__"]
    return ".".join(word.removeprefix("Async") or word for word in words if word not in MODULES) or name


def changes(old: Surface, new: Surface) -> Iterator[Change]:
    """The changes of old names, then the new names; nothing inside a class or module that is gone or new."""
    for name in sorted(old.names):
        outside = name.rpartition(".")[0]
        if outside not in old.names or _stays(outside, old, new):
            yield from _changes_of(name, old, new)
    for name in sorted(new.names.keys() - old.names.keys()):
        outside, _, last = name.rpartition(".")
        if outside in old.names and not last.startswith("_"):
            yield _added(name, outside, old, new)
        elif name in new.listed and not outside:
            yield Change("addition", "sdk", "", name, "is new", new.place(name))


def _stays(name: str, old: Surface, new: Surface) -> bool:
    return name in new.names and not (name in old.listed and name not in new.listed)


def _added(name: str, outside: str, old: Surface, new: Surface) -> Change:
    definition, place = new.names[name], new.place(name)
    forms = old.ancestors.get(outside, frozenset())
    if "Protocol" in forms:
        return Change("breaking", "sdk", "", name, "is required of each class that implements the protocol", place, DEMANDED)
    if "TypedDict" in forms and isinstance(definition, griffe.Attribute) and not is_optional_key(str(definition.annotation)):
        return Change("breaking", "sdk", "", name, "is a required key", place, CALL)
    return Change("addition", "sdk", "", name, "is new", place)


def _changes_of(name: str, old: Surface, new: Surface) -> Iterator[Change]:
    before = old.names[name]
    if not _stays(name, old, new):
        # For a class that users cannot import, the changed annotation is reported instead.
        if name in old.listed or "." in name:
            yield Change("breaking", "sdk", "", name, "is gone", f"{old.place(name)} of the release", GONE)
        return
    after, place = new.names[name], new.place(name)
    losses = list(_losses(name, before, after, old, new))
    for what, reason in losses:
        yield Change("breaking", "sdk", "", name, what, place, reason)
    if not losses and isinstance(before, griffe.Function) and isinstance(after, griffe.Function):
        for argument in added_arguments(before, after):
            yield Change("addition", "sdk", "", name, f"takes `{argument}` as well", place)


def _losses(name: str, before: griffe.Object, after: griffe.Object, old: Surface, new: Surface) -> Iterator[tuple[str, Reason]]:
    if before.kind is not after.kind:
        yield f"is {_article(after)} and was {_article(before)}", GONE
    elif isinstance(before, griffe.Function) and isinstance(after, griffe.Function):
        yield from narrowed_call(before, after)
    elif isinstance(before, griffe.Attribute) and isinstance(after, griffe.Attribute):
        yield from _of_value(before, after, old.ancestors.get(name.rpartition(".")[0], frozenset()))
    elif name in old.ancestors:
        lost = sorted(base for base in old.ancestors[name] - new.ancestors[name] if not base.startswith("_"))
        if lost:
            yield f"no longer derives from {', '.join(lost)}", CAUGHT


def _article(definition: griffe.Object) -> str:
    return f"{'an' if definition.is_attribute else 'a'} {definition.kind.value}"


def _of_value(before: griffe.Attribute, after: griffe.Attribute, forms: frozenset[str]) -> Iterator[tuple[str, Reason]]:
    if forms & {"Enum", "StrEnum", "OpenEnum"} and before.annotation is None and str(before.value) != str(after.value):
        yield f"is {after.value} and was {before.value}", RESULT
    if before.annotation is None or after.annotation is None:
        return
    now, was = str(after.annotation), str(before.annotation)
    if "TypedDict" in forms:
        if is_optional_key(was) and not is_optional_key(now):
            yield "is a required key, and could be left out", CALL
        elif not covers(now, was):
            yield f"takes {now} and took {was}", CALL
    elif not covers(was, now):
        yield f"is {now} and was {was}", RESULT
