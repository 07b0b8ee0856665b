"""Plants mutants in the server of a contract, and reports which gate detects each; exit status 1 if one is not detected.

Only the mutants that need nothing of the marketplace, and those of `planted` and `planted_streams`. `--all` plants each in every operation
that it fits.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.contract.mutants import requests, responses, routes, slips  # noqa: F401  # they register their mutants
from tests.contract.mutants.calm import run_calm, unsound
from tests.contract.mutants.engine import Evidence, Outcome, Task, run
from tests.contract.mutants.operators import OPERATORS, Mutant
from tests.contracts import planted, planted_streams  # noqa: F401  # the same
from tests.kit.contract.checker import Operation
from tests.kit.project import ROOT

GATES = ("examples", "resources", "wire", "ambient", "boundaries", "equivalence", "streams", "open_streams", "sent_lines")
LAYER = "R"
# Mutants of one promise that this contract does not make, with the reason.
NOT_HERE = {
    "unbound handler": "every test would fail at the start: test_start.py has it",
    "porous literal": "it names paths of the marketplace",
}


@dataclass
class Gates:
    """The collected gates."""

    items: list[pytest.Item]
    slips: list[str] = field(default_factory=list)

    def look(self, letter: str, mutant: Mutant, tests: Collection[str] | None = None) -> Evidence | None:  # noqa: ARG002  # a `Bench`
        """The first failure among the gates that are about the operation of the mutant, or about all; or among the named gates."""
        subject = mutant.operation.id if mutant.operation is not None else None
        here = [item for item in self.items if item.nodeid in tests] if tests else self.items
        mine = [item for item in here if subject is None or subject_of(item) in {subject, None}]
        # Those that are most likely to detect it: about its operation, or about the server as a whole.
        mine.sort(key=lambda item: (subject_of(item) is None) != (subject is None))
        for at, item in enumerate(mine):
            following = mine[at + 1] if at + 1 < len(mine) else None
            for report in runtestprotocol(item, log=False, nextitem=following):
                if report.failed:
                    self.slips += filter(None, [slips.in_report(report)])
                    sys.stdout.write(f"{item.nodeid}\n{report.longreprtext}\n")
                    return Evidence(item.name, item.nodeid)
        return None


def subject_of(item: pytest.Item) -> str | None:
    """The operation that a gate is about; None: all."""
    callspec = getattr(item, "callspec", None)
    for value in () if callspec is None else callspec.params.values():
        operation = getattr(value, "operation", value)
        if isinstance(operation, Operation):
            return operation.id
    return None


class Runner:
    """A pytest plugin that runs mutants where pytest would run its tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.failed = options, False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        began, gates = time.monotonic(), Gates(session.items)
        outcomes = run(gates, [Task(mutant, LAYER) for mutant in chosen(self.options)], self.options.jobs, show)
        # A gate that fails on the server without a mutant proves nothing about a mutant.
        noise = unsound(run_calm(gates, outcomes, self.options.jobs, show), outcomes)
        missed = [outcome for outcome in outcomes if outcome.layer is None]
        kinds = Counter(outcome.mutant.partition(":")[0] for outcome in outcomes)
        self.failed = bool(missed or noise) or not outcomes
        for failure, mutants in noise.items():
            sys.stdout.write(f"{failure}: this proves nothing about {', '.join(mutants)}\n")
        sys.stdout.writelines(f"not detected: {outcome.mutant}: {outcome.text} {outcome.evidence}\n" for outcome in missed)
        seconds = time.monotonic() - began
        sys.stdout.write(f"{len(outcomes)} mutants of {len(kinds)} kinds, {len(missed)} not detected, {seconds:.0f} s\n")
        return True


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """One mutant of each operator that fits any operation, on a random one; with --all: every mutant."""
    lot, selected = random.Random(options.seed), list[Mutant]()
    for operator in OPERATORS.values():
        mutants = [] if operator.name in NOT_HERE else list(operator.mutants())
        selected += mutants if options.all else [lot.choice(mutants)] if mutants else []
    return [mutant for mutant in selected if not options.only or any(word in mutant.name for word in options.only)]


def show(outcome: Outcome) -> None:
    sys.stdout.write(f"{outcome.layer or '-'}  {outcome.seconds:6.2f} s  {outcome.mutant}  ({outcome.evidence[:110] or 'not detected'})\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contracts.mutants", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every mutant on every operation that it fits, not a sample")
    parser.add_argument("--seed", type=int, default=42, help="of the sample")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 4))
    parser.add_argument("only", nargs="*", help="names of mutants, or parts of them")
    runner = Runner(parser.parse_args(arguments))
    places: list[Any] = [ROOT / "tests" / "contracts" / "gates" / f"test_{name}.py" for name in GATES]
    options = ["-c", str(ROOT / "tests" / "contracts" / "pytest.toml"), "--rootdir", str(ROOT), "-q", "-s", "--no-header"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    status = pytest.main([*options, *map(str, places)], plugins=[runner])
    return int(bool(status) or runner.failed)


if __name__ == "__main__":
    sys.exit(main())
