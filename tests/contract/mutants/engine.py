"""Runs drifts: each in a process of its own, forked from one that has everything imported, collected and migrated."""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import NamedTuple

from tests.contract.mutants import slips
from tests.contract.mutants.drifts import Drift
from tests.contract.mutants.layers import ORDER, Bench

# All layers together take a tenth of this on an idle machine. What takes longer was not noticed in time.
PATIENCE_S = 300
# Layers that tell by raising.
RAISING = "SEX"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one drift."""

    drift: str
    row: str
    text: str
    layer: str | None
    """The first layer that noticed it."""
    finding: str
    tried: str
    seconds: float


class Hint(NamedTuple):
    """A layer and a test of it that are likely to notice; without a test, the whole layer."""

    layer: str
    test: str


@dataclass(frozen=True, slots=True)
class Task:
    drift: Drift
    layers: str
    hints: tuple[Hint, ...] = ()
    """Asked before all the others, as far as their layers are asked at all."""


def layers_of(drift: Drift) -> str:
    """Those that must notice it, then its second net, then the others; cheapest first. Schemathesis only where the row names it."""
    alone, others = drift.row.alone, drift.row.others
    rest = [one for one in ORDER if one not in alone + others + "X"]
    return "".join([*(one for one in ORDER if one in alone), *(one for one in ORDER if one in others), *rest])


def run(bench: Bench, tasks: Sequence[Task], jobs: int, told: Callable[[Outcome], None]) -> list[Outcome]:
    """The outcomes, in the order of the tasks."""
    waiting, found = list(enumerate(tasks)), dict[int, Outcome]()
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
                said = pipe.read()
            os.waitpid(child, 0)
            found[at] = (
                Outcome(**json.loads(said)) if said else _outcome(task, task.layers[-1:], "the process ended by itself", task.layers, 0)
            )
            told(found[at])
    return [found[at] for at in sorted(found)]


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


def _examine(bench: Bench, task: Task, tell: Callable[[Outcome], object]) -> Outcome:
    quiet = os.open(os.environ.get("STEELYARD_MUTANTS_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    began, tried, letter = time.monotonic(), "", ""

    def late(*_: object) -> None:
        # Not raised: a test would take an exception for its own.
        tell(_outcome(task, None, f"not examined within {PATIENCE_S} s", tried, PATIENCE_S))
        os._exit(0)

    signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE_S)
    try:
        task.drift.plant()
        for letter, tests in asked(task):
            tried += letter if tests is None else ""
            finding = bench.look(letter, task.drift, tests)
            if bench.slips:
                return _outcome(task, None, f"not examined: {bench.slips[0]}", tried, time.monotonic() - began)
            if finding is not None:
                return _outcome(task, letter, finding, tried or letter, time.monotonic() - began)
    except Exception as error:  # noqa: BLE001  # style: broad-except, what a drift breaks may break in any way
        traceback.print_exc()
        what = f"{type(error).__name__}: {str(error).strip().splitlines()[-1] if str(error).strip() else ''}".strip()
        # Neither the start nor a comparison has a test around it that would fail: what it raises is what it found.
        noticed = letter in set(RAISING) and slips.in_error(error) is None
        return _outcome(task, letter if noticed else None, what if noticed else f"not examined: {what}", tried, time.monotonic() - began)
    return _outcome(task, None, "", tried, time.monotonic() - began)


def asked(task: Task) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Layers, with the tests of each that are asked; None: all of them."""
    hints = [one for one in task.hints if one.layer in task.layers]
    for letter, group in groupby(hints, key=lambda one: one.layer):
        tests = frozenset(one.test for one in group)
        yield letter, tests if "" not in tests else frozenset()
    yield from ((letter, None) for letter in task.layers)


def _outcome(task: Task, layer: str | None, finding: str, tried: str, seconds: float) -> Outcome:
    operator = task.drift.operator
    return Outcome(task.drift.name, operator.row, operator.text, layer, finding.replace("\n", " ")[:300], tried, round(seconds, 2))
