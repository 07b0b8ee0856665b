"""The layers of the proof, each callable for one drift: what it finds wrong, or nothing.

A layer runs the very tests that `nox -s contract` and `nox -s tests` run. Those that are about one operation are left out when the drift
is about another. The server's referee and the kit's judge look at every exchange of every test; here they are a layer of their own,
R, and off in all the others, so that each layer is seen by itself.
"""

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import steelyard.app.application
from steelyard.contract.response.validator import ResponseValidator
from steelyard_contract.operations import OPERATIONS
from tests.contract import test_equivalence as equivalence
from tests.contract.fuzz import __main__ as fuzz
from tests.contract.mutants import slips
from tests.contract.mutants.drifts import Drift
from tests.contract.mutants.seams import swap
from tests.kit.contract.checker import Contract, Operation
from tests.kit.servers.running import Journal, settings_for

# Cheapest first. T and L judge text, not a running server: sources.py and documents.py have them.
ORDER = "SEOPRWDX"
NAMES = {
    "L": "lint, generate --check",
    "T": "mypy",
    "S": "start",
    "E": "equivalence",
    "O": "oracles",
    "P": "permission matrix",
    "R": "referee and judge",
    "W": "wire corpus",
    "D": "domain tests",
    "X": "Schemathesis",
}
# Where a layer's tests are; those of the domain depend on the operation's tag.
TESTS = {
    "S": ("contract/test_served.py::test_what_is_routed", "contract/test_served.py::test_nothing_is_routed"),
    "O": ("contract/test_oracles.py", "contract/test_laws.py"),
    "P": ("contract/test_permissions.py",),
    "R": ("contract/test_promises.py", "contract/test_examples.py", "contract/test_problems.py", "contract/test_limits.py"),
    "W": ("contract/wire/", "contract/test_served.py"),
}
TOLD = "contract/test_events.py"
REPEATED = ("contract/test_refusals.py::test_a_key", "contract/test_refusals.py::test_an_attempt")
DOMAIN = (TOLD, "contract/test_limits.py", "contract/test_examples.py", "contract/test_problems.py", *REPEATED)
DOMAIN_OF = {
    "users": ("unit/features/users/", "unit/features/auth/"),
    "auth": ("unit/features/auth/",),
    "items": ("unit/features/items/",),
    "orders": ("unit/features/orders/", "unit/features/promotions/", "contract/test_races.py", "contract/test_model.py"),
    "system": (),
    "": ("unit/features/items/", "unit/features/users/"),
}
# A drift of the server as a whole is looked for where these are concerned: one of each kind there is.
OF_ALL = frozenset({"getItem", "listUsers", "createOrder", "updateAddress", "deleteUser", "issueToken"})
# Of the instances; which drifts are planted has a seed of its own.
SEED = 42
PLAIN = (Contract.check, ResponseValidator.samples, Journal.unhandled_error)
# Fails on a machine that is busy with other drifts, too.
HURRIED = "test_a_thousand_attempts"
# Provokes a fault on purpose.
FAULTY = "InternalError"


@dataclass
class Bench:
    """The collected tests, those of the contract first, and one of another folder."""

    items: list[pytest.Item]
    anchor: pytest.Item
    findings: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    """What the drift itself did wrong while it was looked at."""
    asked: frozenset[str] = frozenset()
    """The tests that are asked, by the names of their functions; none: all of the layer."""

    def look(self, letter: str, drift: Drift, tests: Collection[str] | None = None) -> str | None:
        """What the layer finds wrong, or the named ones of its tests. The process must be one that is thrown away: nothing is tidied up."""
        self._only(letter)
        self.asked = frozenset(tests or ())
        if letter == "S":
            start()
            return self.first_failure(self.chosen(TESTS[letter], drift))
        if letter == "E":
            return unequal(drift)
        if letter == "X":
            return fuzzed(drift)
        if letter == "R":
            return self._judged(drift)
        if letter == "D":
            places = (*DOMAIN, *DOMAIN_OF[drift.operation.tag if drift.operation else ""])
            return self.first_failure([item for place in places for item in self.chosen((place,), drift)])
        return self.first_failure(self.chosen(TESTS[letter], drift))

    def chosen(self, places: Iterable[str], drift: Drift) -> list[pytest.Item]:
        wanted = tuple(f"tests/{place}" for place in places)
        here = [item for item in self.items if item.nodeid.startswith(wanted) and HURRIED not in item.name]
        here = [item for item in here if not self.asked or item.name.partition("[")[0] in self.asked]
        concerned = OF_ALL if drift.operation is None else {drift.operation.id}
        return [item for item in here if subject(item) is None or subject(item) in concerned]

    def first_failure(self, items: list[pytest.Item]) -> str | None:
        for item in items:
            for report in self.run(item, items):
                if report.failed:
                    self.slips += filter(None, [slips.in_report(report)])
                    sys.stdout.write(f"{item.nodeid}\n{report.longreprtext}\n")
                    sys.stdout.flush()
                    return f"{item.name}: {_last(report.longreprtext)}"
        return None

    def run(self, item: pytest.Item, items: list[pytest.Item]) -> list[pytest.TestReport]:
        at = items.index(item)
        return runtestprotocol(item, log=False, nextitem=(items[at + 1 :] or [self._elsewhere(item)])[0])

    def _elsewhere(self, item: pytest.Item) -> pytest.Item:
        """A test of another folder: with it as the next one, everything is tidied up but what all tests share."""
        return self.items[0] if item.nodeid.startswith("tests/unit/") else self.anchor

    def _judged(self, drift: Drift) -> str | None:
        """What judge and referee say about the answers to these tests, whatever the tests themselves say."""
        items = [item for item in self.chosen(TESTS["R"], drift) if FAULTY not in item.name]
        for item in items:
            self.run(item, items)
            if self.findings:
                return f"{item.name}: {self.findings[0]}"
        return None

    def _only(self, letter: str) -> None:
        """Judge and referee speak in layer R and nowhere else."""
        self._speak(*PLAIN)  # as it was before the layer before
        told, plain = self.findings, PLAIN[2]

        def noting(journal: Journal, error: BaseException, trace: Any) -> None:
            self.slips += filter(None, [slips.in_error(error)])
            plain(journal, error, trace)

        if letter != "R":
            self._speak(lambda *_: None, lambda *_: False, noting)
            return

        def check(contract: Contract, exchange: Any) -> None:
            told.extend(contract.differences(exchange))

        def fault(journal: Journal, error: BaseException, trace: Any) -> None:
            self.slips += filter(None, [slips.in_error(error)])
            told.append(f"{trace.operation_id}: {type(error).__name__}: {error}")

        # They are asked, not obeyed: a test goes on to its next exchange.
        self._speak(check, ResponseValidator.samples, fault)

    def _speak(self, check: Any, wants: Any, fault: Any) -> None:
        swap(Contract, "check", check)
        swap(ResponseValidator, "samples", wants)
        swap(Journal, "unhandled_error", fault)


def subject(item: pytest.Item) -> str | None:
    """The operation that a test is about, if it is about one alone."""
    given = getattr(item, "callspec", None)
    for value in () if given is None else given.params.values():
        if isinstance(value, Operation):
            return value.id
        if isinstance(value, str) and value.partition(" ")[0] in OPERATIONS:
            return value.partition(" ")[0]
    return None


def _last(text: str) -> str:
    lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E")]
    return next((line for line in lines if line), text.strip().splitlines()[-1] if text.strip() else "failed")[:200]


# -- start, equivalence, Schemathesis ----------------------------------------------------------------------------------
def start() -> None:
    """Raises what keeps the application from starting."""
    steelyard.app.application.create_app(settings_for("sqlite:///nowhere.db"))


def unequal(drift: Drift) -> str | None:
    names = [drift.operation.id] if drift.operation is not None else ["createItem", "listItems"]
    return next(iter(equivalence.compared(_targets(names)).differences), None) or next(equivalence.left_out(names), None)


def _targets(names: Collection[str]) -> Iterator[equivalence.Target]:
    # As the drift has left them.
    operations = [OPERATIONS[name] for name in names]
    yield from equivalence.bodies(SEED, operations)
    yield from equivalence.parameters(SEED, operations)
    yield from equivalence.compiled(SEED, names)


def fuzzed(drift: Drift) -> str | None:
    """A short run on the operation alone."""
    import tempfile  # seldom
    from pathlib import Path  # the same

    operation = drift.operation.id if drift.operation else "listItems"
    narrowed = ["--include-operation-id", operation, "--phases", "examples,coverage,fuzzing", "--max-examples", "25"]
    with tempfile.TemporaryDirectory() as name:
        status, _ = fuzz.run(Path(name), str(SEED), narrowed)
    return f"{operation}: Schemathesis ended with {status}" if status else None
