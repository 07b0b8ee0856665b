"""redocly agrees with us on each labelled edit, except for the kinds of change that codegen/compat/opinions.py explains."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from codegen import redocly
from codegen.compat.changes import Change
from codegen.compat.document import changes
from codegen.compat.opinions import HARMLESS, UNSEEN, Opinion, Place, disagreements, overlap, place_of
from codegen.contract.bundle import bundle, to_text
from codegen.contract.document import Document
from codegen.npm import INSTALLED
from tests.kit.codegen.contract_edits import EDITS, Edit
from tests.kit.codegen.contracts import edited
from tests.kit.project import ROOT

BUNDLE = ROOT / "generated/server/steelyard_contract/openapi.json"


class EditGroup:
    """Edits of different places, which a single run of redocly compares, because each run takes a second."""

    def __init__(self, old: Document) -> None:
        self.edits: list[Edit] = []
        self.places: list[Place] = []
        self.document = dict(old.root)

    def add(self, edit: Edit, places: Iterable[Place]) -> bool:
        """Add the edit unless it touches a place of another edit; True if it was added."""
        touched = list(places)
        if any(overlap(place, other) for place in touched for other in self.places):
            return False
        self.edits.append(edit)
        self.places += touched
        self.document = edit.of(self.document)
        return True


def grouped(old: Document) -> list[EditGroup]:
    groups: list[EditGroup] = []
    rewritten = EditGroup(old)
    for edit in EDITS:
        touched = {place_of(change.pointer) for change in changes(old, Document(edit.of(old.root)))}
        if touched == {()}:
            # The edit changes nothing, so it conflicts with no other edit.
            rewritten.add(edit, ())
        elif not any(group.add(edit, touched) for group in groups):
            groups.append(EditGroup(old))
            assert groups[-1].add(edit, touched)
    return [*groups, rewritten]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[EditGroup, list[Change], list[Opinion]]]:
    """All edits, with our changes and the opinions of redocly."""
    old = Document(json.loads(BUNDLE.read_bytes()))
    return [(group, changes(old, Document(group.document)), _opinions(group, tmp_path_factory.mktemp("edited"))) for group in grouped(old)]


def _opinions(group: EditGroup, folder: Path) -> list[Opinion]:
    file = folder / "openapi.json"
    file.write_text(to_text(group.document), "utf-8")
    return list(redocly.diff(BUNDLE, file, INSTALLED))


def test_both_agree_or_a_table_explains_it(compared: list[tuple[EditGroup, list[Change], list[Opinion]]]) -> None:
    unexplained = list(_unexplained(compared))

    assert not unexplained, "\n".join(unexplained)
    assert sum(len(group.edits) for group, _, _ in compared) == len(EDITS)


def test_redocly_finds_most_breaking_changes(compared: list[tuple[EditGroup, list[Change], list[Opinion]]]) -> None:
    breaking = [change for _, ours, _ in compared for change in ours if change.level == "breaking"]

    assert sum(change.kind not in UNSEEN for change in breaking) > len(breaking) / 2


@pytest.mark.parametrize("kind", sorted({*UNSEEN, *HARMLESS} - {"deprecation"}))
def test_an_explanation_is_needed(
    compared: list[tuple[EditGroup, list[Change], list[Opinion]]], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in (UNSEEN, HARMLESS):
        monkeypatch.delitem(table, kind, raising=False)

    assert list(_unexplained(compared)), f"redocly agrees now: remove {kind!r} from codegen/compat/opinions.py"


def _unexplained(compared: list[tuple[EditGroup, list[Change], list[Opinion]]]) -> Iterator[str]:
    for _, ours, theirs in compared:
        yield from disagreements(ours, theirs)


def test_a_sunset_that_moves_away_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announcement = "deprecated: true\n    x-deprecation: {since: 2027-01-10, sunset: %s, use: createThing}\n    summary: A thing"
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    for file, sunset in ((before, "2027-09-01"), (after, "2027-10-01")):
        root = edited(tmp_path / file.stem, "paths/things.yaml", "summary: A thing", announcement % sunset)
        file.write_text(to_text(bundle(root)), "utf-8")
    old, new = (Document(json.loads(file.read_bytes())) for file in (before, after))
    ours, theirs = changes(old, new), redocly.diff(before, after, INSTALLED)

    assert {change.level for change in ours} == {"addition"}
    assert disagreements(ours, theirs) == []
    monkeypatch.delitem(HARMLESS, "deprecation")
    assert disagreements(ours, theirs) != []
