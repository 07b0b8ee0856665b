"""The tests that detected mutants in the last runs that wrote: a sample runs them first, and need not wait for the others.

Hints decide nothing. If the tests that they name detect nothing, all layers run as without hints.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.contract.mutants.engine import Hint, Outcome, layers_of
from tests.contract.mutants.operators import ORDER, Mutant

FILE = Path(__file__).with_name("hints.json")
# Mutants of laws name the tests that report them.
WITHOUT = "U"


def read() -> dict[str, list[Hint]]:
    """By the name of the operator."""
    by_operator: dict[str, list[list[str]]] = json.loads(FILE.read_text("utf-8"))
    return {operator: [Hint(*hint) for hint in hints] for operator, hints in by_operator.items()}


def of(mutant: Mutant, known: Mapping[str, Iterable[Hint]]) -> tuple[Hint, ...]:
    """The hints for a mutant, in the order of its layers."""
    order = layers_of(mutant)
    return tuple(
        sorted((hint for hint in known.get(mutant.operator.name, ()) if hint.layer in order), key=lambda hint: order.index(hint.layer))
    )


def collect(outcomes: Iterable[Outcome]) -> dict[str, list[Hint]]:
    """Layer and test, those that detected the most first. Mutants of texts have no layer to run, so they have no hints.

    A mutant of the whole server is always the same, so its hint has the parameters of the test.
    """
    counts: dict[str, Counter[Hint]] = defaultdict(Counter)
    for outcome in outcomes:
        if outcome.layer is not None and outcome.layer in ORDER and outcome.layer not in WITHOUT:
            operator, _, operation = outcome.mutant.partition(": ")
            name = outcome.test.rpartition("::")[2]
            counts[operator][Hint(outcome.layer, name.partition("[")[0] if operation else name)] += 1
    return {operator: sorted(tests, key=lambda hint: (-tests[hint], hint)) for operator, tests in sorted(counts.items())}


def refreshed(known: Mapping[str, list[Hint]], outcomes: Iterable[Outcome]) -> dict[str, list[Hint]]:
    """The hints, with those that a sample confirms or adds in front."""
    newer = collect(outcomes)
    result: dict[str, list[Hint]] = {}
    for operator in sorted({*known, *newer}):
        first = newer.get(operator, [])
        covered = {(hint.layer, hint.test.partition("[")[0]) for hint in first}
        result[operator] = [*first, *(hint for hint in known.get(operator, []) if (hint.layer, hint.test) not in covered)]
    return result


def write(hints: Mapping[str, Iterable[Hint]]) -> None:
    """One line for each operator."""
    lines = [f"  {json.dumps(operator)}: {json.dumps([list(hint) for hint in tests])}" for operator, tests in hints.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
