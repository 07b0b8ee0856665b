"""What detected mutants runs once more without a mutant, and a failure there fails the run."""

from collections.abc import Collection
from dataclasses import replace

from tests.contract.mutants.calm import calm_tasks, run_calm, unsound
from tests.contract.mutants.engine import Evidence, Outcome, rounds
from tests.contract.mutants.operators import Mutant

TEST = "tests/test_it.py::test_a"


def detected(mutant: str, layer: str | None, test: str) -> Outcome:
    return Outcome(mutant, "pages", "a mutant", layer, "evidence", layer or "", 0.1, test)


def test_only_what_detected_mutants_runs_without_a_mutant() -> None:
    seen = [
        detected("deaf: getItem", "O", TEST),
        detected("mute: getItem", "O", TEST),
        detected("loose: createItem", "E", ""),
        detected("one request id", "U", "a_listing"),
        detected("missed", None, ""),
        detected("text: a text without a bound", "L", ""),
    ]

    assert [(task.mutant.name, task.layers, task.tests) for task in calm_tasks(seen)] == [
        ("no mutant", "O", frozenset({TEST})),
        ("no mutant", "U", frozenset({"a_listing"})),
        ("no mutant: createItem", "E", frozenset()),
    ]
    assert [list(rounds(task)) for task in calm_tasks(seen)] == [[("O", {TEST})], [("U", {"a_listing"})], [("E", None)]]


class Noisy:
    """A bench on which these tests fail without a mutant."""

    def __init__(self, *failing: str) -> None:
        self.failing, self.slips = failing, list[str]()

    def look(self, letter: str, mutant: Mutant, tests: Collection[str] | None = None) -> Evidence | None:  # noqa: ARG002  # a `Bench`
        return next((Evidence(f"{letter} fails", test) for test in sorted(tests or ()) if test in self.failing), None)


def test_each_test_that_fails_without_a_mutant_is_reported() -> None:
    seen = [detected(f"deaf: {name}", "O", f"{TEST}[{name}]") for name in ("getItem", "getUser", "listItems")]
    ended = run_calm(Noisy(f"{TEST}[getItem]", f"{TEST}[listItems]"), seen, 1, lambda _: None)

    assert [(outcome.layer, outcome.test) for outcome in ended] == [("O", f"{TEST}[getItem]"), ("O", f"{TEST}[listItems]"), (None, "")]


def test_a_test_that_fails_without_a_mutant_proves_nothing_about_its_mutants() -> None:
    seen = [detected("deaf: getItem", "O", TEST), detected("mute: getUser", "O", f"{TEST}[other]")]
    noise = unsound([detected("no mutant", "O", TEST)], seen)

    assert noise == {"without a mutant, layer O reports evidence": ["deaf: getItem"]}


def test_a_layer_that_was_not_examined_without_a_mutant_proves_nothing() -> None:
    stopped = replace(detected("no mutant", None, ""), evidence="not examined: no server", tried="O")

    assert list(unsound([stopped], [])) == ["without a mutant, layer O reports not examined: no server"]
    assert unsound([replace(stopped, evidence="")], []) == {}
