"""The mutants themselves: enough of each kind, and a run fails if one of them is not detected."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from codegen.contract.laws import LAWS
from steelyard_contract.operations import OPERATIONS
from tests.contract.fuzz import __main__ as fuzz
from tests.contract.mutants import access, effects, hints, laws, layers, rare_cases, requests, responses, routes, slips, visits  # noqa: F401  # they register their mutants
from tests.contract.mutants.document import Result, explained
from tests.contract.mutants.edits import Edit, lengths, of_operations, of_schemas, setting
from tests.contract.mutants.engine import RAISING, Hint, Outcome, Task, layers_of, rounds
from tests.contract.mutants.layers import DOMAIN, DOMAIN_OF, NAMES, TESTS
from tests.contract.mutants.matrix import SHOWN, Score
from tests.contract.mutants.operators import OPERATORS, ROWS, Mutant
from tests.contract.mutants.recording import Recorded
from tests.contract.mutants.sources import EDITS, FEATURES
from tests.contract.mutants.witnesses import DOCUMENT, Exchanges
from tests.contract.mutants.witnesses import detected as detected_by
from tests.kit.project import ROOT

OF_TEXT = "source"


def outcome(row: str, layer: str) -> Outcome:
    return Outcome(f"{row} {layer}", row, "a mutant", layer, "evidence", layer, 0.1)


def whole() -> Score:
    """A run in which every layer detected what it must detect."""
    cells = [outcome(row, letter) for row, kind in ROWS.items() for letter in kind.alone]
    return Score(cells, [outcome("member", "X")], [])


def test_there_are_at_least_sixty_operators_and_each_fits_some_operation() -> None:
    assert len(OPERATORS) >= 60
    assert [operator.name for operator in OPERATORS.values() if not list(operator.mutants())] == []


def test_every_law_of_the_contract_has_a_mutant() -> None:
    """Its rule, as a run over HTTP reports it, has the name of the law."""
    rules = " ".join(rule for _, rule, _ in laws.REPORTED.values())

    assert {operator.name for operator in OPERATORS.values() if operator.row == "law"} == set(laws.REPORTED)
    assert {law for law in LAWS if law not in rules} == set()


@pytest.mark.parametrize("row", [row for row in ROWS if row != OF_TEXT])
def test_each_kind_has_mutants(row: str) -> None:
    assert [operator for operator in OPERATORS.values() if operator.row == row]


def test_each_layer_must_detect_some_kind() -> None:
    named = {letter for kind in ROWS.values() for letter in kind.alone + kind.others}

    assert named == set(SHOWN) == set(NAMES)


PLACES = sorted({place for places in (*TESTS.values(), DOMAIN, *DOMAIN_OF.values()) for place in places})


@pytest.mark.parametrize("place", PLACES)
def test_each_place_of_a_layer_has_tests(place: str) -> None:
    path, _, name = place.partition("::")
    file = ROOT / "tests" / path

    assert any(file.glob("test_*.py")) if path.endswith("/") else f"def {name or 'test_'}" in file.read_text("utf-8")


def test_the_first_layers_of_a_mutant_are_those_that_must_detect_it() -> None:
    first = {operator.name: layers_of(Mutant(operator, None))[0] for operator in OPERATORS.values()}

    assert all(first[operator.name] in ROWS[operator.row].alone for operator in OPERATORS.values()), first


def test_hints_name_existing_tests_and_keep_the_order_of_the_layers() -> None:
    known = hints.read()
    written = "".join(file.read_text("utf-8") for folder in ("contract", "unit") for file in (ROOT / "tests" / folder).rglob("test_*.py"))
    tests = {hint.test.partition("[")[0] for of_operator in known.values() for hint in of_operator if hint.test}

    assert set(known) <= set(OPERATORS)
    assert [test for test in tests if f"def {test}(" not in written] == []
    for operator in OPERATORS.values():
        order = [layers_of(Mutant(operator, None)).index(hint.layer) for hint in hints.of(Mutant(operator, None), known)]
        assert order == sorted(order)


def broken(mutant: Callable[..., object]) -> BaseException:
    """The error if the product calls this mutant."""
    with pytest.raises(Exception) as raised:  # noqa: PT011  # the tests below check which error it is
        mutant("an argument")
    return raised.value


def test_a_mutant_that_the_product_cannot_call_detects_nothing() -> None:
    def taking() -> None:
        """Takes no argument."""

    assert "takes 0 positional arguments" in str(slips.in_error(broken(taking)))


def test_an_error_in_a_mutant_is_a_slip_unless_it_is_raised_on_purpose() -> None:
    assert "AttributeError" in str(slips.in_error(broken(responses.has_json)))
    assert slips.in_error(broken(FEATURES.index)) is None, "an error of the product is evidence"
    assert slips.in_error(ZeroDivisionError()) is None


@pytest.mark.parametrize(
    ("path", "message", "is_slip"),
    [
        (responses.__file__, "KeyError: 'caller'", True),
        (responses.__file__, "ZeroDivisionError", False),
        (__file__, "TypeError: unreserved.<locals>.take() takes 2 positional arguments but 3 were given", True),
        (__file__, "KeyError: 'type'", False),
    ],
)
def test_a_test_that_failed_by_a_slip_of_the_mutant_detects_nothing(path: str, message: str, *, is_slip: bool) -> None:
    crash = SimpleNamespace(path=path, message=message)
    report = SimpleNamespace(longrepr=SimpleNamespace(reprcrash=crash))

    assert (slips.in_report(report) == message) == is_slip  # type: ignore[arg-type]  # the part of a report that is read


def test_all_layers_run_after_the_hints() -> None:
    assert list(
        rounds(Task(Mutant(next(iter(OPERATORS.values())), None), "OD", (Hint("O", "test_a"), Hint("O", "test_b"), Hint("S", ""))))
    ) == [
        ("O", ("test_a", "test_b")),
        ("O", None),
        ("D", None),
    ]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.text)
def test_an_edit_changes_one_place(edit: object) -> None:
    assert isinstance(edit, type(EDITS[0]))
    assert (ROOT / FEATURES.format(edit.module)).read_text("utf-8").count(edit.old) == 1


def test_a_run_passes_if_every_layer_detects_its_kinds() -> None:
    assert whole().passed()


def test_a_survivor_fails_the_run() -> None:
    survivor = replace(outcome("status", "R"), layer=None)

    assert not replace(whole(), first=[*whole().first, survivor]).passed()


def test_a_layer_that_never_detects_its_kind_alone_fails_the_run() -> None:
    lame = replace(whole(), first=[seen for seen in whole().first if (seen.row, seen.layer) != ("pages", "O")])

    assert lame.unproven() == [("pages", "O")]
    assert not lame.passed()


def test_a_layer_that_detects_nothing_fails_the_run() -> None:
    lame = replace(whole(), alone=[])

    assert lame.idle() == "X"
    assert not lame.passed()


def test_a_test_that_fails_without_a_mutant_fails_the_run() -> None:
    assert not replace(whole(), calm=[outcome("member", "X")]).passed()


def test_only_the_layer_over_http_counts_for_a_law() -> None:
    law = next(operator for operator in OPERATORS.values() if operator.row == "law")

    assert layers_of(Mutant(law, None)) == "U"


def test_schemathesis_comes_last() -> None:
    assert {layers_of(Mutant(operator, None)).find("X") for operator in OPERATORS.values()} <= {-1, 7}


@pytest.mark.parametrize(("status", "is_evidence"), [(0, False), (1, True)])
def test_only_failures_of_schemathesis_are_evidence(status: int, is_evidence: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "run", lambda *_: (status, {}))

    assert (layers.fuzzed(Mutant(next(iter(OPERATORS.values())), None)) is not None) == is_evidence


def test_schemathesis_with_a_usage_error_detects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "run", lambda *_: (2, {}))

    with pytest.raises(AssertionError, match="ended with 2"):
        layers.fuzzed(Mutant(next(iter(OPERATORS.values())), None))
    assert "X" not in RAISING
    navigation = next(operation for operation in OPERATIONS.values() if operation.id == "authorize")
    assert layers.fuzzed(Mutant(next(iter(OPERATORS.values())), navigation)) is None, "Schemathesis leaves it out"


def test_the_tests_of_laws_become_one_expression() -> None:
    assert visits.arguments({"overload"}) == ["--parts", "overload"]
    assert visits.arguments({"b and c", "a", "overload"}) == ["--parts", "oracles,laws,overload", "-k", "(a) or (b and c)"]
    assert visits.arguments(()) == ["--parts", "oracles,laws"]


# -- changes of the document -------------------------------------------------------------------------------------------
TITLE = "/components/schemas/ItemCreate/properties/title"


def edit(pointer: str, what: str) -> Edit:
    return next(change for change in (*of_schemas(DOCUMENT), *of_operations(DOCUMENT)) if (change.pointer, change.what) == (pointer, what))


def result(detected: int, of: int) -> Result:
    """A run in which the first so many changes are detected."""
    changes = [Edit(f"/{number}", "maximum looser", frozenset(), setting("maximum", ...)) for number in range(of)]
    return Result(changes, {change.name: "E: an instance" for change in changes[:detected]}, {})


def test_thousands_of_changes_have_a_name_each() -> None:
    names = [change.name for change in (*of_schemas(DOCUMENT), *of_operations(DOCUMENT))]

    assert len(names) == len(set(names)) > 5000


def test_a_looser_bound_is_detected_by_an_instance_beyond_it() -> None:
    reasons = detected_by([edit(TITLE, "maxLength looser")], Exchanges([]))

    assert [reason[:2] for reason in reasons.values()] == ["E:"]


def test_a_dropped_status_is_detected_if_it_was_returned() -> None:
    dropped = edit("/paths/~1items~1{item_id}/get/responses", "status dropped: 404")
    exchange = Recorded("getItem", "GET", 404, (), (), (), "/problems/item-not-found", ())

    assert detected_by([dropped], Exchanges([])) == {}
    assert [reason[:2] for reason in detected_by([dropped], Exchanges([exchange])).values()] == ["R:"]


def test_a_dropped_pattern_of_a_header_is_detected_by_a_malformed_value() -> None:
    tag = "/components/headers/ETag/schema"
    reasons = detected_by([edit(tag, "pattern dropped"), edit(tag, "maxLength tighter")], Exchanges([]))

    assert list(reasons.values()) == ["R: ETag would be '4'", "R: ETag would not be '\"9007199254740991.9007199254740991o\"'"]


def test_a_bound_that_the_pattern_repeats_is_not_dropped() -> None:
    assert (lengths("^[A-Z]{2}$"), lengths("[A-Z]{2}")) == ((2, 2), (0, float("inf")))
    assert {change.what for change in of_schemas(DOCUMENT) if change.pointer == "/components/schemas/Currency"} >= {"maxLength tighter"}
    assert {change.what for change in of_schemas(DOCUMENT) if change.pointer == "/components/schemas/Currency"}.isdisjoint(
        {"maxLength dropped"}
    )


def test_explained_survivors_pass_up_to_two_percent() -> None:
    explanation = {"/99 *": "for a test"}

    assert list(replace(result(99, 100), explained=explanation).wrong()) == []
    assert "only 97.0%" in next(replace(result(97, 100), explained={"*": "x"}).wrong())


@pytest.mark.parametrize(
    ("explanation", "complaint"),
    [
        ({}, "neither detected nor explained: /99"),
        ({"/9[89] *": "x"}, "the change is detected"),
        ({"/99 *": "x", "/100 *": "x"}, "no such change"),
    ],
)
def test_explanations_are_complete_and_needed(explanation: dict[str, str], complaint: str) -> None:
    (raised,) = replace(result(99, 100), explained=explanation).wrong()

    assert complaint in raised


def test_an_explanation_has_a_reason() -> None:
    assert explained("# words\n\n*/title *  # reason\n") == {"*/title *": "reason"}
    with pytest.raises(AssertionError):
        explained("*/title *\n")
