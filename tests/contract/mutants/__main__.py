"""Plants mutants and changes the document, one at a time, and reports which layer detects each; exit status 1 if one is not detected."""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contract.mutants import access, document, documents, effects, hints, laws, rare_cases, requests, responses, routes, sources  # noqa: F401  # they register their mutants
from tests.contract.mutants.calm import run_calm
from tests.contract.mutants.engine import Outcome, Task, layers_of, run
from tests.contract.mutants.layers import NAMES, Bench
from tests.contract.mutants.matrix import Score, by_kind, by_mutant, legend, saved
from tests.contract.mutants.operators import OPERATORS, ROWS, Mutant
from tests.kit.project import ROOT

OF_CONTRACT = (
    "served",
    "oracles",
    "laws",
    "permissions",
    "promises",
    "examples",
    "problems",
    "events",
    "limits",
    "ambient_problems",
    "races",
    "model",
)
PLACES = (
    *(f"tests/contract/test_{name}.py" for name in OF_CONTRACT),
    "tests/contract/wire",
    "tests/contract/laws",
    "tests/unit/contract",
    "tests/unit/features",
    "tests/project/test_version_floors.py",
)
ANCHOR = "tests/project/test_version_floors.py"
# A layer that detects none of this many mutants of a kind does not detect the kind.
MAX_TRIED = 6
OF_EDITS = "## Changes of the document"


class Runner:
    """A pytest plugin that runs mutants where pytest would run its tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.failed = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """One database is enough, without a server."""
        items[:] = [item for item in items if "postgres" not in getattr(item, "fixturenames", ()) and "postgresql" not in _parameters(item)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        anchor = next(item for item in session.items if item.nodeid.startswith(ANCHOR))
        bench = Bench([item for item in session.items if not item.nodeid.startswith(ANCHOR)], anchor)
        warm = next(item for item in bench.items if "test_served" in item.nodeid)
        bench.run(warm, [warm])
        began = time.monotonic()
        score = examine(bench, self.options)
        if self.options.write:
            hints.write(hints.collect(score.first) if self.options.all else hints.refreshed(hints.read(), score.first))
        if self.options.only or self.options.layers:
            self.failed = bool(score.survivors() or score.unsound())
            sys.stdout.writelines(f"{line}\n" for line in unsound(score))
            return True
        seconds = time.monotonic() - began
        saved(score, ROOT / "build", seed=self.options.seed, all=self.options.all, seconds=round(seconds))
        text = report(score, self.options, seconds)
        write(text, "", to_docs=self.options.write)
        failed = failures(score)
        self.failed = bool(failed)
        sys.stdout.writelines(f"{line}\n" for line in (text.partition("## By mutant")[0], *failed))
        sys.stdout.write(f"{len(score.first)} mutants, {len(score.survivors())} not detected, {seconds:.0f} s, seed {self.options.seed}\n")
        return True


def _parameters(item: pytest.Item) -> list[object]:
    callspec = getattr(item, "callspec", None)
    return [] if callspec is None else list(callspec.params.values())


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """One mutant of each operator, on a random operation; with --all: every mutant."""
    lot = random.Random(options.seed)
    selected: list[Mutant] = []
    for operator in OPERATORS.values():
        mutants = list(operator.mutants())
        assert mutants, f"{operator.name} fits no operation"
        selected += mutants if options.all else [lot.choice(mutants)]
    return [
        mutant for mutant in selected if not options.only or any(word in f"{mutant.operator.row}/{mutant.name}" for word in options.only)
    ]


def examine(bench: Bench, options: argparse.Namespace) -> Score:
    mutants = chosen(options)
    narrowed = bool(options.only or options.layers)
    first = [] if narrowed else [*documents.outcomes(), *sources.outcomes()]
    for outcome in first:
        show(outcome)
    # With --all, the run that makes the hints must not depend on them.
    known = {} if options.all else hints.read()
    tasks = [Task(mutant, options.layers or layers_of(mutant), hints.of(mutant, known)) for mutant in mutants]
    score = Score([*first, *run(bench, tasks, options.jobs, show)], [], [])
    if not narrowed:
        score = replace(score, alone=alone(bench, score, options))
    # What fails on the server without a mutant proves nothing about a mutant.
    return replace(score, calm=run_calm(bench, [*score.first, *score.alone], options.jobs, show))


def alone(bench: Bench, score: Score, options: argparse.Namespace) -> list[Outcome]:
    """For each required cell that is still empty: mutants of that kind, for that layer alone, until it detects one."""
    lot = random.Random(options.seed)
    outcomes: list[Outcome] = []
    for row, letter in [
        *score.unproven(),
        *((name, letter) for letter in score.idle() for name, kind in ROWS.items() if letter in kind.others),
    ]:
        mutants = [mutant for operator in OPERATORS.values() if operator.row == row for mutant in operator.mutants()]
        lot.shuffle(mutants)
        if letter in replace(score, alone=outcomes).idle() or (row, letter) in score.unproven():
            for mutant in mutants[:MAX_TRIED]:
                outcomes += run(bench, [Task(mutant, letter)], 1, show)
                if outcomes[-1].layer is not None:
                    break
    return outcomes


def show(outcome: Outcome) -> None:
    evidence = outcome.evidence[:110] or f"not detected by {outcome.tried}"
    sys.stdout.write(f"{outcome.layer or '-'}  {outcome.seconds:6.2f} s  {outcome.mutant}  ({evidence})\n")
    sys.stdout.flush()


def report(score: Score, options: argparse.Namespace, seconds: float) -> str:
    """The kill matrix in Markdown."""
    day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    how = "every mutant on every operation that it fits" if options.all else "each mutant on one random operation"
    lines = [
        "# Kill matrix",
        "",
        "Written by `nox -s mutants -- --write`; [contract-testing.md](contract-testing.md#mutants) explains it.",
        "",
        f"{day} UTC, seed {options.seed}, {how}: {len(score.first)} mutants, {len(score.survivors())} not detected, {seconds:.0f} s.",
        "",
        *legend(),
        "",
        "## By kind",
        "",
        "A number counts the mutants that this layer detected first. **Bold**: this layer must detect the kind alone, with all others off;",
        "`+`: it did, for a mutant that another layer had detected first.",
        "",
        *by_kind(score),
        "",
        "## By mutant",
        "",
        *by_mutant(score),
    ]
    return "\n".join(lines) + "\n"


def write(mutants: str, edits: str, *, to_docs: bool) -> None:
    """Into build/ and, if requested, docs/; the half that did not run stays unchanged."""
    (ROOT / "build").mkdir(exist_ok=True)
    for folder in ("build", "docs")[: 1 + to_docs]:
        file = ROOT / folder / "kill-matrix.md"
        before, heading, after = (file.read_text("utf-8") if file.is_file() else "").partition(OF_EDITS)
        file.write_text(
            (mutants or before.rstrip() + "\n") + (f"\n{edits}" if edits else f"\n{heading}{after}" if heading else ""), "utf-8"
        )


def edited(options: argparse.Namespace, recording: document.Recording) -> list[str]:
    """Compares the changes of the document with the recorded exchanges; returns everything that fails the run."""
    recorded = recording.wait()
    began = time.monotonic()
    result = document.compare(recorded)
    wrong = list(result.wrong())
    seconds = f"{len(recorded)} exchanges recorded, compared in {time.monotonic() - began:.0f} s"
    lines = [OF_EDITS, "", *result.report()]
    write("", "\n".join(lines) + "\n", to_docs=options.write)
    sys.stdout.writelines(f"{line}\n" for line in (*lines, seconds, *wrong))
    return wrong


def unsound(score: Score) -> list[str]:
    return [f"{failure}: this proves nothing about {', '.join(mutants)}" for failure, mutants in score.unsound().items()]


def failures(score: Score) -> list[str]:
    """Everything that fails the run."""
    lines = [*unsound(score)]
    lines += [f"not detected: {outcome.mutant}: {outcome.text} {outcome.evidence}" for outcome in score.survivors()]
    lines += [f"not proven: layer {letter} ({NAMES[letter]}) alone must detect: {ROWS[row].text}" for row, letter in score.unproven()]
    return [*lines, *(f"layer {letter} ({NAMES[letter]}) detected nothing" for letter in score.idle())]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contract.mutants", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every mutant on every operation that it fits, not a sample")
    parser.add_argument("--seed", default="42", help="a number, or `random`")
    parser.add_argument("--write", action="store_true", help="write docs/kill-matrix.md and hints; of named mutants or layers, only hints")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 4))
    parser.add_argument("--layers", default="", help="only these layers")
    parser.add_argument(
        "--part", choices=("mutants", "edits", "all"), default="all", help="mutants of the server, or changes of the document"
    )
    parser.add_argument("only", nargs="*", help="names of mutants or rows, or parts of them")
    parsed = parser.parse_args(arguments)
    parsed.seed = random.SystemRandom().randrange(1, 1_000_000) if parsed.seed == "random" else int(parsed.seed)
    sys.stdout.write(f"seed {parsed.seed}\n")
    narrowed = bool(parsed.only or parsed.layers)
    # Takes one processor for a minute: it runs beside the mutants, and the last mutants leave one processor idle.
    recording = None if parsed.part == "mutants" or narrowed else document.Recording()
    failed = False
    if parsed.part != "edits" or narrowed:
        runner = Runner(parsed)
        status = pytest.main(["-q", "-s", "--no-header", "-W", "ignore::pytest.PytestAssertRewriteWarning", *PLACES], plugins=[runner])
        failed = bool(status) or runner.failed
    wrong = [] if recording is None else edited(parsed, recording)
    return int(failed or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
