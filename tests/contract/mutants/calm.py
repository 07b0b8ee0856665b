"""What detected mutants, once more on the server without a mutant: there it must pass, or it proves nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from steelyard_contract.operations import OPERATIONS
from tests.contract.mutants.engine import Bench, Outcome, Task, run
from tests.contract.mutants.operators import NOTHING, ORDER, Mutant


def calm_tasks(outcomes: Iterable[Outcome]) -> list[Task]:
    """A task for each layer with tests; the other layers have one for each operation on which they detected a mutant."""
    tests: dict[str, set[str]] = defaultdict(set)
    operations = set[tuple[str, str]]()
    for outcome in outcomes:
        if outcome.layer is not None and outcome.layer in ORDER:
            if outcome.test:
                tests[outcome.layer].add(outcome.test)
            else:
                operations.add((outcome.layer, outcome.mutant.partition(": ")[2]))
    return [
        *(Task(Mutant(NOTHING, None), layer, tests=frozenset(chosen)) for layer, chosen in sorted(tests.items())),
        *(Task(Mutant(NOTHING, OPERATIONS.get(operation)), layer) for layer, operation in sorted(operations)),
    ]


def run_calm(bench: Bench, outcomes: Iterable[Outcome], jobs: int, report: Callable[[Outcome], None]) -> list[Outcome]:
    """The outcomes of the calm tasks; one that failed goes on with its other tests."""
    ended, tasks = list[Outcome](), calm_tasks(outcomes)
    while tasks:
        latest = run(bench, tasks, jobs, report)
        ended += latest
        left = [replace(task, tests=task.tests - {outcome.test}) for task, outcome in zip(tasks, latest, strict=True) if outcome.test]
        tasks = [task for task in left if task.tests]
    return ended


def unsound(ended: Iterable[Outcome], seen: Sequence[Outcome]) -> dict[str, list[str]]:
    """What failed without a mutant, with the mutants of which it therefore proves nothing."""
    return {
        f"without a mutant, layer {calm.tried} reports {calm.evidence}": [outcome.mutant for outcome in seen if _same(calm, outcome)]
        for calm in ended
        if calm.layer is not None or calm.evidence
    }


def _same(calm: Outcome, seen: Outcome) -> bool:
    """Whether a mutant was detected by what now fails without it: the same test, or the same layer on the same operation."""
    about = calm.mutant.partition(": ")[2]
    is_same = seen.test == calm.test if calm.test else about in {"", seen.mutant.partition(": ")[2]}
    return seen.layer == calm.tried and is_same
