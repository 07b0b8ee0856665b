"""Runs mutants: each in a separate process, forked from one that has imported, collected and migrated everything."""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

from tests.contract.mutants import slips
from tests.contract.mutants.operators import ORDER, Mutant

# All layers together take a thirtieth of this on an idle machine. A mutant that takes longer counts as not detected.
PATIENCE_S = 900
# Layers that detect by raising.
RAISING = "SE"


class Evidence(NamedTuple):
    """Why a layer says that the server is not as promised."""

    text: str
    test: str = ""
    """The id of the test that failed; empty: the layer has no tests."""


class Bench(Protocol):
    """Looks at a mutant with the tests of a layer."""

    slips: list[str]
    """Mistakes of the mutant itself."""

    def look(self, letter: str, mutant: Mutant, tests: Collection[str] | None = None) -> Evidence | None:
        """The evidence of the layer, or of the named tests."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one mutant."""

    mutant: str
    row: str
    text: str
    layer: str | None
    """The first layer that detected it."""
    evidence: str
    tried: str
    seconds: float
    test: str = ""
    """What detected it: as in `Evidence`."""


class Hint(NamedTuple):
    """A layer and one of its tests, with or without parameters, that is likely to detect the mutant; without a test, the whole layer."""

    layer: str
    test: str


@dataclass(frozen=True, slots=True)
class Task:
    mutant: Mutant
    layers: str
    hints: tuple[Hint, ...] = ()
    """Run before all other tests, if their layers are among those of the task."""
    tests: frozenset[str] = frozenset()
    """The only tests to run; empty: all of the layers."""


def layers_of(mutant: Mutant) -> str:
    """The layers that must detect it, then its second net, then the others; cheapest first.

    Schemathesis is last, and only if the row names it. A law must be reported over HTTP: no other layer counts.
    """
    alone, others = mutant.row.alone, mutant.row.others
    if alone == "U":
        return alone
    rest = [letter for letter in ORDER if letter not in alone + others + "XU"]
    net = [letter for letter in ORDER if letter in others and letter != "X"]
    return "".join([*(letter for letter in ORDER if letter in alone), *net, *rest, *("X" if "X" in others else "")])


def run(bench: Bench, tasks: Sequence[Task], jobs: int, report: Callable[[Outcome], None]) -> list[Outcome]:
    """The outcomes, in the order of the tasks."""
    waiting, outcomes = list(enumerate(tasks)), dict[int, Outcome]()
    running: dict[int, tuple[int, int, Task]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            at, task = waiting.pop(0)
            reader, child = _fork(bench, task)
            running[reader] = (at, child, task)
        ready, _, _ = select.select(list(running), [], [])
        for reader in ready:
            at, child, task = running.pop(reader)
            with os.fdopen(reader, "rb") as pipe:
                output = pipe.read()
            os.waitpid(child, 0)
            outcomes[at] = (
                Outcome(**json.loads(output))
                if output
                else _outcome(task, task.layers[-1:], Evidence("the process ended early"), task.layers, 0)
            )
            report(outcomes[at])
    return [outcomes[at] for at in sorted(outcomes)]


def _fork(bench: Bench, task: Task) -> tuple[int, int]:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.close(writer)
        return reader, child
    os.close(reader)
    try:
        outcome = _examine(bench, task, lambda late: os.write(writer, json.dumps(asdict(late)).encode()))
        os.write(writer, json.dumps(asdict(outcome)).encode())
    finally:
        os._exit(0)


def _examine(bench: Bench, task: Task, send: Callable[[Outcome], object]) -> Outcome:
    quiet = os.open(os.environ.get("STEELYARD_MUTANTS_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    began, tried, letter = time.monotonic(), "", ""

    def late(*_: object) -> None:
        # Not raised: a test would treat an exception as its own.
        send(_outcome(task, None, Evidence(f"not examined within {PATIENCE_S} s"), tried, PATIENCE_S))
        os._exit(0)

    signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE_S)
    try:
        task.mutant.plant()
        for letter, tests in rounds(task):
            tried += letter if tests is None or task.tests else ""
            evidence = bench.look(letter, task.mutant, tests)
            if bench.slips:
                return _outcome(task, None, Evidence(f"not examined: {bench.slips[0]}"), tried, time.monotonic() - began)
            if evidence is not None:
                return _outcome(task, letter, evidence, tried or letter, time.monotonic() - began)
    except Exception as error:  # noqa: BLE001  # style: broad-except, a mutant may fail in any way
        traceback.print_exc()
        text = f"{type(error).__name__}: {str(error).strip().splitlines()[-1] if str(error).strip() else ''}".strip()
        # The start and the comparison have no test around them that would fail: the error itself is the evidence.
        is_detected = letter in set(RAISING) and slips.in_error(error) is None
        evidence = Evidence(text if is_detected else f"not examined: {text}")
        return _outcome(task, letter if is_detected else None, evidence, tried, time.monotonic() - began)
    return _outcome(task, None, Evidence(""), tried, time.monotonic() - began)


def rounds(task: Task) -> Iterator[tuple[str, Collection[str] | None]]:
    """Layers, each with the tests to run, the likeliest first; None: all tests of the layer."""
    hints = [hint for hint in task.hints if hint.layer in task.layers]
    for letter, group in groupby(hints, key=lambda hint: hint.layer):
        tests = tuple(hint.test for hint in group)
        yield letter, tests if "" not in tests else ()
    yield from ((letter, task.tests or None) for letter in task.layers)


def _outcome(task: Task, layer: str | None, evidence: Evidence, tried: str, seconds: float) -> Outcome:
    operator, text = task.mutant.operator, evidence.text.replace("\n", " ")[:300]
    return Outcome(task.mutant.name, operator.row, operator.text, layer, text, tried, round(seconds, 2), evidence.test)
