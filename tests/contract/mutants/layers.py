"""The layers of the tests, each callable for one mutant: the evidence that it detects the mutant, or nothing.

A layer runs the tests that `nox -s contract` and `nox -s tests` run. Tests of one operation are left out if the mutant changes another.
The server's validator and the kit's checker see every exchange of every test; here they are a separate layer, R, and off in all the
others, so that each layer is measured alone.
"""

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import steelyard.app.application
from steelyard.contract.api import ContractAPI
from steelyard.contract.response.validator import ResponseValidator
from steelyard_contract.operations import OPERATIONS
from tests.contract.fuzz import __main__ as fuzz
from tests.contract.mutants import slips
from tests.contract.mutants.engine import Evidence
from tests.contract.mutants.operators import NOTHING, Mutant
from tests.contract.mutants.seams import swap
from tests.contract.mutants.visits import visited
from tests.kit.contract import equivalence
from tests.kit.contract.checker import CONTRACT, Contract, Operation
from tests.kit.servers.running import Journal, settings_for

NAMES = {
    "L": "lint, generate --check",
    "T": "mypy",
    "S": "start",
    "E": "equivalence",
    "O": "oracles",
    "P": "permission matrix",
    "R": "validator and checker",
    "W": "wire corpus",
    "D": "domain tests",
    "X": "Schemathesis",
    "U": "over HTTP alone",
}
# Where a layer's tests are; those of the domain depend on the operation's tag.
TESTS = {
    "S": ("contract/test_served.py::test_the_routes", "contract/test_served.py::test_the_only_other_routes"),
    "O": ("contract/test_oracles.py", "contract/test_laws.py", "contract/laws/"),
    "P": ("contract/test_permissions.py",),
    "R": ("contract/test_promises.py", "contract/test_examples.py", "contract/test_problems.py", "contract/test_limits.py"),
    "W": ("contract/wire/", "contract/test_served.py"),
}
EVENTS = "contract/test_events.py"
REPEATED = "contract/test_ambient_problems.py::test_a_key"
DOMAIN = (EVENTS, "contract/test_limits.py", "contract/test_examples.py", "contract/test_problems.py", REPEATED)
DOMAIN_OF = {
    "users": ("unit/features/users/", "unit/features/auth/"),
    "auth": ("unit/features/auth/", "unit/features/identities/"),
    "items": ("unit/features/items/",),
    "orders": ("unit/features/orders/", "unit/features/promotions/", "contract/test_races.py", "contract/test_model.py"),
    "system": (),
    "": ("unit/features/items/", "unit/features/users/"),
}
# A mutant of the whole server runs the tests of these operations, one of each kind.
OF_ALL = frozenset({"getItem", "listUsers", "createOrder", "updateAddress", "deleteUser", "issueToken"})
# For instances; the choice of mutants has a separate seed.
SEED = 42
PLAIN = (Contract.check, ResponseValidator.samples, Journal.unhandled_error)
# Also fails on a machine that is busy with other mutants.
HURRIED = "test_a_thousand_attempts"
OVER_HTTP = {"X", "U"}
# The status of Schemathesis after a run with failures.
FAILURES = 1
# Provokes a fault on purpose.
FAULTY = "InternalError"


@dataclass
class Bench:
    """The collected tests, those of the contract first, and one of another folder."""

    items: list[pytest.Item]
    anchor: pytest.Item
    evidence: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    """Mistakes of the mutant itself."""
    selected: tuple[str, ...] = ()
    """The tests to run, by name with or without parameters, or by id; empty: all of the layer."""

    def look(self, letter: str, mutant: Mutant, tests: Collection[str] | None = None) -> Evidence | None:
        """The evidence of the layer, or of the named tests. The process must end with the mutant: nothing is restored."""
        self._only(letter)
        self.selected = tuple(tests or ())
        if letter in {"E", "X"}:
            return {"E": unequal, "X": fuzzed}[letter](mutant)
        if letter == "U":
            return visited(mutant, self.selected)
        if letter == "S":
            start()
        items = self.chosen(letter, mutant)
        return self._validated(items) if letter == "R" else self.first_failure(items)

    def chosen(self, letter: str, mutant: Mutant) -> list[pytest.Item]:
        """The tests of the layer that the mutant could fail, in the order in which they run."""
        if mutant.operator is NOTHING:
            return [item for item in self.items if item.nodeid in self.selected]
        if letter == "D":
            places = (*DOMAIN, *DOMAIN_OF[mutant.operation.tag if mutant.operation else ""])
            here = [item for place in places for item in self._at((place,), mutant)]
        else:
            here = self._at(TESTS[letter], mutant)
        # One that several names select runs once.
        return list(dict.fromkeys(item for name in self.selected for item in here if names(item, name))) if self.selected else here

    def _at(self, places: Iterable[str], mutant: Mutant) -> list[pytest.Item]:
        prefixes = tuple(f"tests/{place}" for place in places)
        here = [item for item in self.items if item.nodeid.startswith(prefixes) and HURRIED not in item.name]
        concerned = OF_ALL if mutant.operation is None else {mutant.operation.id}
        return [item for item in here if subject(item) is None or subject(item) in concerned]

    def first_failure(self, items: list[pytest.Item]) -> Evidence | None:
        for item in items:
            for report in self.run(item, items):
                if report.failed:
                    self.slips += filter(None, [slips.in_report(report)])
                    sys.stdout.write(f"{item.nodeid}\n{report.longreprtext}\n")
                    sys.stdout.flush()
                    return Evidence(f"{item.name}: {_last(report.longreprtext)}", item.nodeid)
        return None

    def run(self, item: pytest.Item, items: list[pytest.Item]) -> list[pytest.TestReport]:
        at = items.index(item)
        return runtestprotocol(item, log=False, nextitem=(items[at + 1 :] or [self._elsewhere(item)])[0])

    def _elsewhere(self, item: pytest.Item) -> pytest.Item:
        """A test of another folder: as the next test, it makes pytest tear down all fixtures but those of the session."""
        return self.items[0] if item.nodeid.startswith("tests/unit/") else self.anchor

    def _validated(self, chosen: list[pytest.Item]) -> Evidence | None:
        """What checker and validator report for the responses to these tests, whatever the tests themselves report."""
        items = [item for item in chosen if FAULTY not in item.name]
        for item in items:
            self.run(item, items)
            if self.evidence:
                return Evidence(f"{item.name}: {self.evidence[0]}", item.nodeid)
        return None

    def _only(self, letter: str) -> None:
        """Checker and validator report in layer R and nowhere else."""
        self._report_to(*PLAIN)  # undoes the changes for the previous layer
        evidence, plain = self.evidence, PLAIN[2]

        def noting(journal: Journal, error: BaseException, trace: Any) -> None:
            self.slips += filter(None, [slips.in_error(error)])
            # Over HTTP the response shows the fault, and the server must still close without an error.
            if letter not in OVER_HTTP:
                plain(journal, error, trace)

        if letter != "R":
            self._report_to(lambda *_: None, lambda *_: False, noting)
            return

        def check(contract: Contract, exchange: Any) -> None:
            evidence.extend(contract.mismatches(exchange))

        def fault(journal: Journal, error: BaseException, trace: Any) -> None:
            self.slips += filter(None, [slips.in_error(error)])
            evidence.append(f"{trace.operation_id}: {type(error).__name__}: {error}")

        # They only report: the test goes on to its next exchange.
        self._report_to(check, ResponseValidator.samples, fault)

    def _report_to(self, check: Any, samples: Any, fault: Any) -> None:
        swap(Contract, "check", check)
        swap(ResponseValidator, "samples", samples)
        swap(Journal, "unhandled_error", fault)


def names(item: pytest.Item, name: str) -> bool:
    """Whether the name, with or without parameters, is that of the test."""
    return name in {item.name, item.name.partition("[")[0]}


def subject(item: pytest.Item) -> str | None:
    """The operation that a test is about, if it is about only one."""
    callspec = getattr(item, "callspec", None)
    for value in () if callspec is None else callspec.params.values():
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
    """Raises the error that prevents the application from starting."""
    _application()


def unequal(mutant: Mutant) -> Evidence | None:
    names = [mutant.operation.id] if mutant.operation is not None else ["createItem", "listItems"]
    different = next(iter(equivalence.compared(_targets(names)).differences), None)
    different = different or next(equivalence.left_out(_application(), names), None)
    return None if different is None else Evidence(different)


def _application() -> ContractAPI:
    """Built with the mutant, never opened."""
    return steelyard.app.application.create_app(settings_for("sqlite:///nowhere.db"))


def _targets(names: Collection[str]) -> Iterator[equivalence.Target]:
    # As the mutant has left them.
    operations = [OPERATIONS[name] for name in names]
    yield from equivalence.bodies(SEED, operations)
    yield from equivalence.parameters(SEED, operations)
    yield from equivalence.compiled(_application(), SEED, names)


def fuzzed(mutant: Mutant) -> Evidence | None:
    """A short run on one operation. Schemathesis leaves out those that browsers open."""
    import tempfile  # only for this layer
    from pathlib import Path  # only for this layer

    operation = mutant.operation.id if mutant.operation else "listItems"
    if CONTRACT.operations[operation].navigates:
        return None
    narrowed = ["--include-operation-id", operation, "--phases", "examples,coverage,fuzzing", "--max-examples", "25"]
    with tempfile.TemporaryDirectory() as name:
        status, _ = fuzz.run(Path(name), str(SEED), narrowed)
    # Any other status is that of a run which was not possible.
    assert status in {0, FAILURES}, f"Schemathesis ended with {status}"
    return Evidence(f"{operation}: Schemathesis reports failures") if status else None
