"""Plants drifts and changes the document, one at a time, and tells which layer noticed; exit status 1 when something went unnoticed."""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contract.mutants import access, document, documents, effects, hints, requests, responses, routes, sources  # noqa: F401  # they register their drifts
from tests.contract.mutants.drifts import OPERATORS, ROWS, Drift, Operator
from tests.contract.mutants.engine import Outcome, Task, layers_of, run
from tests.contract.mutants.layers import NAMES, Bench
from tests.contract.mutants.matrix import Score, by_drift, by_kind, legend, saved
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
    "refusals",
    "races",
    "model",
)
PLACES = (
    *(f"tests/contract/test_{name}.py" for name in OF_CONTRACT),
    "tests/contract/wire",
    "tests/unit/contract",
    "tests/unit/features",
    "tests/project/test_version_floors.py",
)
ANCHOR = "tests/project/test_version_floors.py"
# A layer that does not notice any of so many drifts of a kind does not notice the kind.
MAX_TRIED = 6
OF_EDITS = "## Changes of the document"
NOTHING = Operator("no drift", "status", "the server as it is", None, lambda _: None)


class Runner:
    """A pytest plugin that runs drifts where pytest would run its tests."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.failed = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """One database is enough here, and no server has to be started for it."""
        items[:] = [item for item in items if "postgres" not in getattr(item, "fixturenames", ()) and "postgresql" not in _parameters(item)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        anchor = next(item for item in session.items if item.nodeid.startswith(ANCHOR))
        bench = Bench([item for item in session.items if not item.nodeid.startswith(ANCHOR)], anchor)
        warm = next(item for item in bench.items if "test_served" in item.nodeid)
        bench.run(warm, [warm])
        began = time.monotonic()
        score = examine(bench, self.given)
        if self.given.only or self.given.layers:
            self.failed = bool(score.survivors())
            return True
        seconds = time.monotonic() - began
        if self.given.all and self.given.write:
            hints.write(hints.found_in(score.first))
        saved(score, ROOT / "build", seed=self.given.seed, all=self.given.all, seconds=round(seconds))
        text = report(score, self.given, seconds)
        write(text, "", to_docs=self.given.write)
        wrong = verdict(score)
        self.failed = bool(wrong)
        sys.stdout.writelines(f"{line}\n" for line in (text.partition("## By drift")[0], *wrong))
        sys.stdout.write(f"{len(score.first)} drifts, {len(score.survivors())} unnoticed, {seconds:.0f} s, seed {self.given.seed}\n")
        return True


def _parameters(item: pytest.Item) -> list[object]:
    given = getattr(item, "callspec", None)
    return [] if given is None else list(given.params.values())


def chosen(given: argparse.Namespace) -> list[Drift]:
    """One drift of each operator, on an operation by lot; with --all: every drift there is."""
    lot = random.Random(given.seed)
    found: list[Drift] = []
    for operator in OPERATORS.values():
        drifts = list(operator.drifts())
        assert drifts, f"{operator.name} fits no operation"
        found += drifts if given.all else [lot.choice(drifts)]
    return [one for one in found if not given.only or any(word in f"{one.operator.row}/{one.name}" for word in given.only)]


def examine(bench: Bench, given: argparse.Namespace) -> Score:
    drifts = chosen(given)
    first = [] if given.only or given.layers else [*documents.judged(), *sources.judged()]
    for outcome in first:
        told(outcome)
    # All layers on the server as it is: whoever cries wolf here is not believed about a drift.
    calm = [] if given.only or given.layers else [Task(Drift(NOTHING, None), "SEOPRWD")]
    # What the hints are made of must not depend on them.
    known = {} if given.all else hints.read()
    tasks = [*calm, *(Task(one, given.layers or layers_of(one), hints.of(one, known)) for one in drifts)]
    outcomes = run(bench, tasks, given.jobs, told)
    sound = all(one.layer is None and not one.finding for one in outcomes[: len(calm)])
    score = Score([*first, *outcomes[len(calm) :]], [], sound)
    return score if given.only or given.layers else replace(score, alone=alone(bench, score, given))


def alone(bench: Bench, score: Score, given: argparse.Namespace) -> list[Outcome]:
    """For each cell that must be filled and is not yet: drifts of that kind, shown to that layer alone until it notices one."""
    lot = random.Random(given.seed)
    found: list[Outcome] = []
    for row, letter in [
        *score.unproven(),
        *((name, letter) for letter in score.idle() for name, kind in ROWS.items() if letter in kind.others),
    ]:
        drifts = [one for operator in OPERATORS.values() if operator.row == row for one in operator.drifts()]
        lot.shuffle(drifts)
        if letter in replace(score, alone=found).idle() or (row, letter) in score.unproven():
            for drift in drifts[:MAX_TRIED]:
                found += run(bench, [Task(drift, letter)], 1, told)
                if found[-1].layer is not None:
                    break
    return found


def told(outcome: Outcome) -> None:
    found = outcome.finding[:110] or f"unnoticed by {outcome.tried}"
    sys.stdout.write(f"{outcome.layer or '-'}  {outcome.seconds:6.2f} s  {outcome.drift}  ({found})\n")
    sys.stdout.flush()


def report(score: Score, given: argparse.Namespace, seconds: float) -> str:
    """The kill matrix in Markdown."""
    day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    how = "every drift on every operation that it fits" if given.all else "each drift on one operation, by lot"
    lines = [
        "# Kill matrix",
        "",
        "Written by `nox -s mutants -- --write`; [contract-testing.md](contract-testing.md#mutants) explains it.",
        "",
        f"{day} UTC, seed {given.seed}, {how}: {len(score.first)} drifts, {len(score.survivors())} unnoticed, {seconds:.0f} s.",
        "",
        *legend(),
        "",
        "## By kind",
        "",
        "A number counts the drifts that this layer noticed first. In **bold**: a layer that must notice the kind alone,",
        "all others being off; `+`: it did, for a drift that another layer had noticed before.",
        "",
        *by_kind(score),
        "",
        "## By drift",
        "",
        *by_drift(score),
    ]
    return "\n".join(lines) + "\n"


def write(drifts: str, edits: str, *, to_docs: bool) -> None:
    """Into build/ and, if wanted, docs/; the half that was not run stays as it stands there."""
    (ROOT / "build").mkdir(exist_ok=True)
    for folder in ("build", "docs")[: 1 + to_docs]:
        file = ROOT / folder / "kill-matrix.md"
        before, heading, after = (file.read_text("utf-8") if file.is_file() else "").partition(OF_EDITS)
        file.write_text((drifts or before.rstrip() + "\n") + (f"\n{edits}" if edits else f"\n{heading}{after}" if heading else ""), "utf-8")


def edited(given: argparse.Namespace, recording: document.Recording) -> list[str]:
    """Changes the document instead of the server; returns everything that fails the run."""
    recorded = recording.wait()
    began = time.monotonic()
    told = document.judged(recorded)
    wrong = list(told.wrong())
    seconds = f"{len(recorded)} exchanges recorded, judged in {time.monotonic() - began:.0f} s"
    lines = [OF_EDITS, "", *told.report()]
    write("", "\n".join(lines) + "\n", to_docs=given.write)
    sys.stdout.writelines(f"{line}\n" for line in (*lines, seconds, *wrong))
    return wrong


def verdict(score: Score) -> list[str]:
    """Everything that fails the run."""
    lines = [] if score.sound else ["the layers find something wrong with the server as it is; see above"]
    lines += [f"unnoticed: {one.drift}: {one.text} {one.finding}" for one in score.survivors()]
    lines += [f"not proven: layer {letter} ({NAMES[letter]}) alone notices: {ROWS[row].text}" for row, letter in score.unproven()]
    return [*lines, *(f"layer {letter} ({NAMES[letter]}) noticed nothing at all" for letter in score.idle())]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contract.mutants", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every drift on every operation that it fits, instead of a sample")
    parser.add_argument("--seed", default="42", help="a number, or `random`")
    parser.add_argument("--write", action="store_true", help="write docs/kill-matrix.md")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 4))
    parser.add_argument("--layers", default="", help="these layers alone")
    parser.add_argument(
        "--part", choices=("drifts", "edits", "all"), default="all", help="drifts of the server, or changes of the document"
    )
    parser.add_argument("only", nargs="*", help="names of drifts or rows, or parts of them")
    given = parser.parse_args(arguments)
    given.seed = random.SystemRandom().randrange(1, 1_000_000) if given.seed == "random" else int(given.seed)
    sys.stdout.write(f"seed {given.seed}\n")
    narrowed = bool(given.only or given.layers)
    # Takes one processor for a minute: beside the drifts, of which the last ones leave one idle.
    recording = None if given.part == "drifts" or narrowed else document.Recording()
    failed = False
    if given.part != "edits" or narrowed:
        runner = Runner(given)
        status = pytest.main(["-q", "-s", "--no-header", "-W", "ignore::pytest.PytestAssertRewriteWarning", *PLACES], plugins=[runner])
        failed = bool(status) or runner.failed
    wrong = [] if recording is None else edited(given, recording)
    return int(failed or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
