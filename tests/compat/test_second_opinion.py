"""Our verdict on each labelled edit is redocly's, but for the kinds of change that codegen/compat/opinions.py explains."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from codegen import redocly
from codegen.compat.changes import Change
from codegen.compat.document import changes
from codegen.compat.opinions import HARMLESS, UNSEEN, Place, Verdict, disagreements, overlap, place_of
from codegen.contract.bundle import bundle, to_text
from codegen.contract.document import Document
from codegen.npm import INSTALLED
from tests.kit.codegen.contract_edits import EDITS, Edit
from tests.kit.codegen.contracts import edited
from tests.kit.project import ROOT

BUNDLE = ROOT / "generated/server/steelyard_contract/openapi.json"


class Together:
    """Edits of different places, which one run of redocly can judge at once: a run takes a second, whatever it compares."""

    def __init__(self, old: Document) -> None:
        self.edits: list[Edit] = []
        self.places: list[Place] = []
        self.document = dict(old.root)

    def takes(self, edit: Edit, places: Iterable[Place]) -> bool:
        """Add the edit, if it touches nothing that another one touches."""
        wanted = list(places)
        if any(overlap(one, other) for one in wanted for other in self.places):
            return False
        self.edits.append(edit)
        self.places += wanted
        self.document = edit.of(self.document)
        return True


def grouped(old: Document) -> list[Together]:
    groups: list[Together] = []
    rewritten = Together(old)
    for edit in EDITS:
        touched = {place_of(one.pointer) for one in changes(old, Document(edit.of(old.root)))}
        if touched == {()}:
            # Nothing changes, wherever it is written: such edits are in each other's way as little as in anybody's.
            rewritten.takes(edit, ())
        elif not any(group.takes(edit, touched) for group in groups):
            groups.append(Together(old))
            assert groups[-1].takes(edit, touched)
    return [*groups, rewritten]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Together, list[Change], list[Verdict]]]:
    """All edits, ours and redocly's view of them."""
    old = Document(json.loads(BUNDLE.read_bytes()))
    return [(group, changes(old, Document(group.document)), _verdicts(group, tmp_path_factory.mktemp("edited"))) for group in grouped(old)]


def _verdicts(group: Together, folder: Path) -> list[Verdict]:
    file = folder / "openapi.json"
    file.write_text(to_text(group.document), "utf-8")
    return list(redocly.diff(BUNDLE, file, INSTALLED))


def test_both_say_the_same_or_it_is_explained(judged: list[tuple[Together, list[Change], list[Verdict]]]) -> None:
    found = [line for _, ours, theirs in judged for line in disagreements(ours, theirs)]

    assert not found, "\n".join(found)
    assert sum(len(group.edits) for group, _, _ in judged) == len(EDITS)


def test_redocly_finds_most_of_what_breaks(judged: list[tuple[Together, list[Change], list[Verdict]]]) -> None:
    breaking = [one for _, ours, _ in judged for one in ours if one.level == "breaking"]

    assert sum(one.kind not in UNSEEN for one in breaking) > len(breaking) / 2


@pytest.mark.parametrize("kind", sorted({*UNSEEN, *HARMLESS} - {"deprecation"}))
def test_an_explanation_is_needed(
    judged: list[tuple[Together, list[Change], list[Verdict]]], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in (UNSEEN, HARMLESS):
        monkeypatch.delitem(table, kind, raising=False)

    assert list(_unexplained(judged)), f"redocly agrees by now: take {kind!r} out of codegen/compat/opinions.py"


def _unexplained(judged: list[tuple[Together, list[Change], list[Verdict]]]) -> Iterator[str]:
    for _, ours, theirs in judged:
        yield from disagreements(ours, theirs)


def test_a_sunset_that_moves_away_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "deprecated: true\n    x-deprecation: {since: 2027-01-10, sunset: %s, use: createThing}\n    summary: A thing"
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    for file, sunset in ((before, "2027-09-01"), (after, "2027-10-01")):
        root = edited(tmp_path / file.stem, "paths/things.yaml", "summary: A thing", told % sunset)
        file.write_text(to_text(bundle(root)), "utf-8")
    old, new = (Document(json.loads(file.read_bytes())) for file in (before, after))
    ours, theirs = changes(old, new), redocly.diff(before, after, INSTALLED)

    assert {one.level for one in ours} == {"addition"}
    assert disagreements(ours, theirs) == []
    monkeypatch.delitem(HARMLESS, "deprecation")
    assert disagreements(ours, theirs) != []
