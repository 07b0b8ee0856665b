"""`nox -s compat`: the bundle against the newest release, its version, the changelog, and the announced ends."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from codegen.compat import released, versions
from codegen.compat.changes import Change
from codegen.compat.deprecations import short_notice, too_early
from codegen.compat.document import changes
from codegen.compat.opinions import Opinion, disagreements
from codegen.contract.document import Document

# The result of redocly for two files.
SecondOpinion = Callable[[Path, Path], Iterable[Opinion]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of `compare`."""

    release: str | None
    """The version of the newest release."""
    version: str
    """The version of the bundle."""
    changes: list[Change] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Why the check fails; empty if it passes."""


def compare(bundle: Path, folder: Path, changelog: Path, today: date, second_opinion: SecondOpinion | None) -> Comparison:
    """Compare the bundle with the newest release in a folder."""
    complaints, content = released.altered(folder), bundle.read_bytes()
    new, release = Document(json.loads(content)), released.newest(folder)
    version = str(new.root["info"]["version"])
    if release is None:
        return Comparison(None, version, complaints=complaints)
    old = Document(json.loads(release.read_bytes()))
    if content == release.read_bytes():
        return Comparison(release.stem, version, complaints=complaints + _check_changelog(changelog, version, [], set()))
    differences = changes(old, new)
    complaints += too_early(differences, today)
    operations = {operation.id for document in (old, new) for operation in document.operations()}
    # The changelog has a section for each version, so a wrong version comes first.
    complaints += _check_version(release.stem, version, differences) or _check_changelog(changelog, version, differences, operations)
    if second_opinion is not None:
        complaints += [f"{line} {DECIDE}" for line in disagreements(differences, second_opinion(release, bundle))]
    return Comparison(release.stem, version, differences, complaints)


def of_release(bundle: Path, folder: Path, changelog: Path, today: date) -> list[str]:
    """The checks of a release alone: the first names every operation, and each announces an end in time."""
    new, release = Document(json.loads(bundle.read_bytes())), released.newest(folder)
    if release is not None:
        return short_notice(json.loads(release.read_bytes()), new.root, today)
    additions = [Change("addition", "operation", operation.id, "", "is new", operation.pointer) for operation in new.operations()]
    missing = _check_changelog(changelog, str(new.root["info"]["version"]), additions, {addition.operation for addition in additions})
    return missing + short_notice({}, new.root, today)


DECIDE = "Decide which result is right: correct codegen/compat, or add the kind to codegen/compat/opinions.py with the reason."


def _check_version(release: str, version: str, changes: list[Change]) -> list[str]:
    gravest = versions.level(changes)
    least = versions.least(release, gravest)
    if versions.parsed(version) >= versions.parsed(least):
        return []
    kind = {"breaking": "The contract has a breaking change", "addition": "The contract has an addition", "wording": "Bytes have changed"}[
        gravest
    ]
    return [f"{kind} since {release}, so this is {least} or later, not {version}: write the version into openapi/openapi.yaml."]


def _check_changelog(changelog: Path, version: str, changes: list[Change], operations: set[str]) -> list[str]:
    if not changelog.is_file():
        return [f"there is no {changelog}. Write it, with a section for each version, or name another file by --changelog."]
    text = versions.section(changelog.read_text("utf-8"), version)
    missing = ", ".join(versions.unmentioned(text or "", changes, operations))
    if text is None:
        advice = f" State below it the changes for the callers of {missing}." if missing else ""
        return [f"{changelog.name} has no section for {version}: add a heading `## ...` with this number in it.{advice}"]
    if missing:
        return [f"The section for {version} in {changelog.name} does not name {missing}. State there the changes for their callers."]
    return []
