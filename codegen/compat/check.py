"""`nox -s compat`: the bundle against the newest release, its version, the changelog, and what was announced."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from codegen.compat import released, versions
from codegen.compat.changes import Change
from codegen.compat.deprecations import short_notice, too_early
from codegen.compat.document import changes
from codegen.compat.opinions import Verdict, disagreements
from codegen.contract.document import Document

# What redocly says of two files.
SecondOpinion = Callable[[Path, Path], Iterable[Verdict]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found."""

    release: str | None
    """The version of the newest release."""
    version: str
    """That of the bundle."""
    changes: list[Change] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Why it cannot stay like this."""


def compare(bundle: Path, folder: Path, changelog: Path, today: date, second_opinion: SecondOpinion | None) -> Comparison:
    """The bundle against the newest of the releases in a folder."""
    complaints, content = released.altered(folder), bundle.read_bytes()
    new, release = Document(json.loads(content)), released.newest(folder)
    version = str(new.root["info"]["version"])
    if release is None:
        return Comparison(None, version, complaints=complaints)
    old = Document(json.loads(release.read_bytes()))
    if content == release.read_bytes():
        return Comparison(release.stem, version, complaints=complaints + _of_changelog(changelog, version, [], set()))
    found = changes(old, new)
    complaints += too_early(found, today)
    everybody = {one.id for document in (old, new) for one in document.operations()}
    # What the changelog has to say is clear once the version is.
    complaints += _of_version(release.stem, version, found) or _of_changelog(changelog, version, found, everybody)
    if second_opinion is not None:
        complaints += [f"{line} {WHO_IS_RIGHT}" for line in disagreements(found, second_opinion(release, bundle))]
    return Comparison(release.stem, version, found, complaints)


def of_release(bundle: Path, folder: Path, changelog: Path, today: date) -> list[str]:
    """What only a release is asked for: the first one to name every operation, and each to announce an end in time."""
    new, release = Document(json.loads(bundle.read_bytes())), released.newest(folder)
    if release is not None:
        return short_notice(json.loads(release.read_bytes()), new.root, today)
    found = [Change("addition", "operation", one.id, "", "is new", one.pointer) for one in new.operations()]
    missing = _of_changelog(changelog, str(new.root["info"]["version"]), found, {one.operation for one in found})
    return missing + short_notice({}, new.root, today)


WHO_IS_RIGHT = "See who is right: correct codegen/compat, or write the kind into codegen/compat/opinions.py with the reason."


def _of_version(release: str, version: str, found: list[Change]) -> list[str]:
    gravest = versions.level(found)
    least = versions.least(release, gravest)
    if versions.parsed(version) >= versions.parsed(least):
        return []
    kind = {"breaking": "Something breaks", "addition": "Something is new", "wording": "Bytes have changed"}[gravest]
    return [f"{kind} since {release}, so this is {least} or later, not {version}: write it into openapi/openapi.yaml."]


def _of_changelog(changelog: Path, version: str, found: list[Change], operations: set[str]) -> list[str]:
    text = versions.section(changelog.read_text("utf-8"), version)
    missing = ", ".join(versions.unmentioned(text or "", found, operations))
    if text is None:
        told = f" Say below it what changes for the callers of {missing}." if missing else ""
        return [f"{changelog.name} has no section for {version}: a heading `## ...` with this number in it.{told}"]
    if missing:
        return [f"The section for {version} in {changelog.name} does not name {missing}. Say there what changes for their callers."]
    return []
