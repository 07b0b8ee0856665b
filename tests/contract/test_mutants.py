"""The proof of the proof is itself not vacuous: enough drifts of each kind, and a run fails when one of them goes unnoticed."""

from dataclasses import replace

import pytest

from tests.contract.mutants import access, answers, effects, requests, routes  # noqa: F401  # they register their drifts
from tests.contract.mutants.drifts import OPERATORS, ROWS, Drift
from tests.contract.mutants.engine import Outcome, layers_of
from tests.contract.mutants.layers import NAMES
from tests.contract.mutants.matrix import SHOWN, Score
from tests.contract.mutants.sources import EDITS, ENDPOINTS
from tests.kit.project import ROOT

OF_TEXT = "source"


def noticed(row: str, layer: str) -> Outcome:
    return Outcome(f"{row} {layer}", row, "a drift", layer, "finding", layer, 0.1)


def whole() -> Score:
    """A run in which every layer did what it must."""
    cells = [noticed(row, letter) for row, kind in ROWS.items() for letter in kind.alone]
    return Score(cells, [noticed("member", "X")], sound=True)


def test_there_are_more_than_sixty_ways_to_drift_and_each_fits_somewhere() -> None:
    assert len(OPERATORS) >= 60
    assert [one.name for one in OPERATORS.values() if not list(one.drifts())] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row != OF_TEXT])
def test_each_kind_of_drift_is_planted(row: str) -> None:
    assert [one for one in OPERATORS.values() if one.row == row]


def test_each_layer_is_known_and_must_notice_something() -> None:
    named = {letter for kind in ROWS.values() for letter in kind.alone + kind.others}

    assert named == set(SHOWN) == set(NAMES)


def test_a_drift_is_shown_first_to_those_who_must_notice_it() -> None:
    first = {one.name: layers_of(Drift(one, None))[0] for one in OPERATORS.values()}

    assert all(first[one.name] in ROWS[one.row].alone for one in OPERATORS.values()), first


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: one.text)
def test_an_edit_changes_one_place(edit: object) -> None:
    assert isinstance(edit, type(EDITS[0]))
    assert (ROOT / ENDPOINTS.format(edit.tag)).read_text("utf-8").count(edit.old) == 1


def test_a_run_passes_when_everything_is_noticed_by_whom_it_must_be() -> None:
    assert whole().passed()


def test_a_survivor_fails_the_run() -> None:
    survivor = replace(noticed("status", "R"), layer=None)

    assert not replace(whole(), first=[*whole().first, survivor]).passed()


def test_a_layer_that_never_notices_its_kind_alone_fails_the_run() -> None:
    lame = replace(whole(), first=[one for one in whole().first if (one.row, one.layer) != ("pages", "O")])

    assert lame.unproven() == [("pages", "O")]
    assert not lame.passed()


def test_a_layer_that_notices_nothing_fails_the_run() -> None:
    lame = replace(whole(), alone=[])

    assert lame.idle() == "X"
    assert not lame.passed()


def test_a_layer_that_accuses_the_server_as_it_is_fails_the_run() -> None:
    assert not replace(whole(), sound=False).passed()
