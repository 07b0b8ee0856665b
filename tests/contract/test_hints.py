"""Hints: which tests a sample of mutants runs first."""

from tests.contract.mutants import hints
from tests.contract.mutants.engine import Hint, Outcome


def detected(mutant: str, layer: str | None, test: str) -> Outcome:
    return Outcome(mutant, "pages", "a mutant", layer, "evidence", layer or "", 0.1, test)


def test_hints_start_with_the_test_that_detected_the_kind_most_often() -> None:
    outcomes = [
        detected(f"silent: {name}", layer, f"tests/test_it.py::{test}[sqlite]" if test else "")
        for name, layer, test in (("one", "O", "test_a"), ("two", "O", "test_b"), ("three", "O", "test_b"), ("four", None, ""))
    ]
    started = detected("mute", "S", "")

    assert hints.collect([*outcomes, started]) == {"silent": [Hint("O", "test_b"), Hint("O", "test_a")], "mute": [Hint("S", "")]}


def test_the_hint_for_a_mutant_of_the_whole_server_has_the_parameters_of_the_test() -> None:
    assert hints.collect([detected("deaf", "D", "tests/test_it.py::test_a[sqlite-One]")]) == {"deaf": [Hint("D", "test_a[sqlite-One]")]}


def test_a_law_has_no_hint_because_it_names_its_tests() -> None:
    assert hints.collect([detected("one request id", "U", "a_listing")]) == {}


def test_a_sample_adds_its_hints_in_front_and_keeps_the_others() -> None:
    known = {"deaf": [Hint("D", "test_a"), Hint("O", "test_b")], "mute": [Hint("S", "")]}

    assert hints.refreshed(known, [detected("deaf", "D", "tests/test_it.py::test_a[sqlite-One]")]) == {
        "deaf": [Hint("D", "test_a[sqlite-One]"), Hint("O", "test_b")],
        "mute": [Hint("S", "")],
    }
