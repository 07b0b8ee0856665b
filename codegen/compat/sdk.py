"""The SDK's own interface against that of the wheel released last: what a program that was written for the wheel would miss.

Contracts are compared elsewhere. Here are the names and the calls of Python: what the hand-written part or the generator changes while
the contract stays.
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
from codegen.compat.signatures import CALL, GIVEN, added_arguments, narrowed_call
from codegen.compat.surface import Surface, surface

GONE = Reason("Programs that name it fail.", "Keep the name until the next major version; what is better may stand beside it.")
CAUGHT = Reason("`except` and `isinstance` no longer find it.", "Keep deriving from it.")
DEMANDED = Reason("Whoever wrote a class of this form lacks it; type checkers refuse it.", "Ask for it in a protocol of its own.")
# What is new in there is new in the contract, which asks for its own version and words.
OF_THE_CONTRACT = re.compile(r"steelyard_client/(api|models|client|errors|calls|operations)\b")
MODULES = {"calls", "errors", "models", "operations", "testing", "webhooks"}
WHERE = "write it into openapi/openapi.yaml and client/pyproject.toml, for the SDK has the version of its contract."


def newest(folder: Path) -> Path | None:
    """The wheel of the last release; None before the first one."""
    wheels = sorted(folder.glob("*/*.whl"), key=lambda wheel: versions.parsed(wheel.parent.name))
    return wheels[-1] if wheels else None


def since(wheel: Path, *folders: Path) -> list[Change]:
    """What has changed from a wheel to the SDK in these folders."""
    with tempfile.TemporaryDirectory() as temporary:
        zipfile.ZipFile(wheel).extractall(temporary)
        return list(changes(surface(Path(temporary)), surface(*folders)))


def complaints(released: str, version: str, found: Sequence[Change], changelog: Path) -> list[str]:
    """What the version and the changelog do not say of these changes."""
    if not found:
        return []
    gravest = versions.level(found)
    least = versions.least(released, gravest)
    if versions.parsed(version) < versions.parsed(least):
        told = "breaks in the SDK" if gravest == "breaking" else "is new in the SDK"
        return [f"Something {told} since {released}, so this is {least} or later, not {version}: {WHERE}"]
    missing = ", ".join(_unmentioned(versions.section(changelog.read_text("utf-8"), version) or "", found))
    if not missing:
        return []
    return [f"The section for {version} in {changelog.name} does not name {missing}. Say there what changes for users of the SDK."]


def _unmentioned(text: str, found: Sequence[Change]) -> list[str]:
    """Names are as good in the contract's spelling: `listItems` for `list_items`. What both clients have is named once."""
    said = "|".join(["", *re.findall(r"[\w.]+", text.lower().replace("_", "")), ""])
    asked = [one for one in found if one.level == "breaking" or not OF_THE_CONTRACT.match(one.pointer)]
    names = sorted({_as_told(one.place) for one in asked})
    return [name for name in names if re.search(rf"[|.]{re.escape(name.lower().replace('_', ''))}[|.]", said) is None]


def _as_told(name: str) -> str:
    """`Item.title` for `models.Item.title`, `Items.list` for `AsyncItems.list`, and a class where it is called."""
    words = [word for word in name.split(".") if word != "__init__"]
    return ".".join(word.removeprefix("Async") or word for word in words if word not in MODULES) or name


def changes(old: Surface, new: Surface) -> Iterator[Change]:
    """What was there, then what is new; of what is gone or new as a whole nothing inside."""
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
    there, place = new.names[name], new.place(name)
    forms = old.ancestors.get(outside, frozenset())
    if "Protocol" in forms:
        return Change("breaking", "sdk", "", name, "is demanded of whoever writes such a class", place, DEMANDED)
    if "TypedDict" in forms and isinstance(there, griffe.Attribute) and not is_optional_key(str(there.annotation)):
        return Change("breaking", "sdk", "", name, "is a key that must be there", place, CALL)
    return Change("addition", "sdk", "", name, "is new", place)


def _changes_of(name: str, old: Surface, new: Surface) -> Iterator[Change]:
    before = old.names[name]
    if not _stays(name, old, new):
        # Who was only given a class learns from the annotation that it is given no longer.
        if name in old.listed or "." in name:
            yield Change("breaking", "sdk", "", name, "is gone", f"{old.place(name)} of the release", GONE)
        return
    after, place = new.names[name], new.place(name)
    losses = list(_losses(name, before, after, old, new))
    for what, reason in losses:
        yield Change("breaking", "sdk", "", name, what, place, reason)
    if not losses and isinstance(before, griffe.Function) and isinstance(after, griffe.Function):
        for one in added_arguments(before, after):
            yield Change("addition", "sdk", "", name, f"takes `{one}` as well", place)


def _losses(name: str, before: griffe.Object, after: griffe.Object, old: Surface, new: Surface) -> Iterator[tuple[str, Reason]]:
    if before.kind is not after.kind:
        yield f"is {_article(after)} and was {_article(before)}", GONE
    elif isinstance(before, griffe.Function) and isinstance(after, griffe.Function):
        yield from narrowed_call(before, after)
    elif isinstance(before, griffe.Attribute) and isinstance(after, griffe.Attribute):
        yield from _of_value(before, after, old.ancestors.get(name.rpartition(".")[0], frozenset()))
    elif name in old.ancestors:
        lost = sorted(one for one in old.ancestors[name] - new.ancestors[name] if not one.startswith("_"))
        if lost:
            yield f"no longer derives from {', '.join(lost)}", CAUGHT


def _article(there: griffe.Object) -> str:
    return f"{'an' if there.is_attribute else 'a'} {there.kind.value}"


def _of_value(before: griffe.Attribute, after: griffe.Attribute, forms: frozenset[str]) -> Iterator[tuple[str, Reason]]:
    if forms & {"Enum", "StrEnum", "OpenEnum"} and before.annotation is None and str(before.value) != str(after.value):
        yield f"is {after.value} and was {before.value}", GIVEN
    if before.annotation is None or after.annotation is None:
        return
    told, was = str(after.annotation), str(before.annotation)
    if "TypedDict" in forms:
        if is_optional_key(was) and not is_optional_key(told):
            yield "is a key that must be there, and could be left out", CALL
        elif not covers(told, was):
            yield f"takes {told} and took {was}", CALL
    elif not covers(was, told):
        yield f"is {told} and was {was}", GIVEN
