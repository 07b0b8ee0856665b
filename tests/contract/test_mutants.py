"""The proof of the proof is itself not vacuous: enough drifts of each kind, and a run fails when one of them goes unnoticed."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.contract.mutants import access, effects, hints, requests, responses, routes, slips  # noqa: F401  # they register their drifts
from tests.contract.mutants.document import Verdict, explained
from tests.contract.mutants.drifts import OPERATORS, ROWS, Drift
from tests.contract.mutants.edits import Edit, lengths, of_operations, of_schemas, setting
from tests.contract.mutants.engine import Hint, Outcome, Task, asked, layers_of
from tests.contract.mutants.layers import NAMES
from tests.contract.mutants.matrix import SHOWN, Score
from tests.contract.mutants.recording import Recorded
from tests.contract.mutants.sources import EDITS, FEATURES
from tests.contract.mutants.witnesses import DOCUMENT, Exchanges
from tests.contract.mutants.witnesses import noticed as who_notices
from tests.kit.project import ROOT

OF_TEXT = "source"


def noticed(row: str, layer: str) -> Outcome:
    return Outcome(f"{row} {layer}", row, "a drift", layer, "finding", layer, 0.1)


def whole() -> Score:
    """A run in which every layer did what it must."""
    cells = [noticed(row, letter) for row, kind in ROWS.items() for letter in kind.alone]
    return Score(cells, [noticed("member", "X")], sound=True)


def test_there_are_more_than_sixty_ways_to_drift_and_each_fits_somewhere() -> None:
    assert len(OPERATORS) >= 60
    assert [one.name for one in OPERATORS.values() if not list(one.drifts())] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row != OF_TEXT])
def test_each_kind_of_drift_is_planted(row: str) -> None:
    assert [one for one in OPERATORS.values() if one.row == row]


def test_each_layer_is_known_and_must_notice_something() -> None:
    named = {letter for kind in ROWS.values() for letter in kind.alone + kind.others}

    assert named == set(SHOWN) == set(NAMES)


def test_a_drift_is_shown_first_to_those_who_must_notice_it() -> None:
    first = {one.name: layers_of(Drift(one, None))[0] for one in OPERATORS.values()}

    assert all(first[one.name] in ROWS[one.row].alone for one in OPERATORS.values()), first


def test_a_hint_leads_to_a_test_that_there_is_and_to_the_layers_in_their_order() -> None:
    known = hints.read()
    written = "".join(file.read_text("utf-8") for folder in ("contract", "unit") for file in (ROOT / "tests" / folder).rglob("test_*.py"))
    tests = {one.test for found in known.values() for one in found if one.test}

    assert set(known) <= set(OPERATORS)
    assert [test for test in tests if f"def {test}(" not in written] == []
    for operator in OPERATORS.values():
        order = [layers_of(Drift(operator, None)).index(one.layer) for one in hints.of(Drift(operator, None), known)]
        assert order == sorted(order)


def broken(drift: Callable[..., object]) -> BaseException:
    """What comes of it when the product calls this drift."""
    with pytest.raises(Exception) as raised:  # noqa: PT011  # which one is what the tests below are about
        drift("an argument")
    return raised.value


def test_a_drift_that_cannot_be_called_as_the_product_calls_it_has_noticed_nothing() -> None:
    def taking() -> None:
        """Knows no argument."""

    assert "takes 0 positional arguments" in str(slips.in_error(broken(taking)))


def test_an_error_within_a_drift_is_its_own_unless_it_raises_it_on_purpose() -> None:
    assert "AttributeError" in str(slips.in_error(broken(responses.has_json)))
    assert slips.in_error(broken(hints.OF_TEST.sub)) is None, "what the product does wrong is what was to be noticed"
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
def test_a_test_that_a_drift_has_ended_by_its_own_mistake_has_noticed_nothing(path: str, message: str, *, is_slip: bool) -> None:
    crash = SimpleNamespace(path=path, message=message)
    report = SimpleNamespace(longrepr=SimpleNamespace(reprcrash=crash))

    assert (slips.in_report(report) == message) == is_slip  # type: ignore[arg-type]  # as much of a report as is looked at


def test_hints_are_what_noticed_a_drift_of_that_kind_most_often_first() -> None:
    found = [
        Outcome(f"deaf: {name}", "pages", "a drift", layer, f"{test}[sqlite]: AssertionError", layer or "", 0.1)
        for name, layer, test in (("one", "O", "test_a"), ("two", "O", "test_b"), ("three", "O", "test_b"), ("four", None, ""))
    ]
    started = Outcome("mute", "route", "a drift", "S", "ContractError: no handler", "S", 0.1)

    assert hints.found_in([*found, started]) == {"deaf": [Hint("O", "test_b"), Hint("O", "test_a")], "mute": [Hint("S", "")]}


def test_a_hint_that_leads_nowhere_spares_no_layer() -> None:
    assert list(
        asked(Task(Drift(next(iter(OPERATORS.values())), None), "OD", (Hint("O", "test_a"), Hint("O", "test_b"), Hint("S", ""))))
    ) == [
        ("O", frozenset({"test_a", "test_b"})),
        ("O", None),
        ("D", None),
    ]


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: one.text)
def test_an_edit_changes_one_place(edit: object) -> None:
    assert isinstance(edit, type(EDITS[0]))
    assert (ROOT / FEATURES.format(edit.module)).read_text("utf-8").count(edit.old) == 1


def test_a_run_passes_when_everything_is_noticed_by_whom_it_must_be() -> None:
    assert whole().passed()


def test_a_survivor_fails_the_run() -> None:
    survivor = replace(noticed("status", "R"), layer=None)

    assert not replace(whole(), first=[*whole().first, survivor]).passed()


def test_a_layer_that_never_notices_its_kind_alone_fails_the_run() -> None:
    lame = replace(whole(), first=[one for one in whole().first if (one.row, one.layer) != ("pages", "O")])

    assert lame.unproven() == [("pages", "O")]
    assert not lame.passed()


def test_a_layer_that_notices_nothing_fails_the_run() -> None:
    lame = replace(whole(), alone=[])

    assert lame.idle() == "X"
    assert not lame.passed()


def test_a_layer_that_accuses_the_server_as_it_is_fails_the_run() -> None:
    assert not replace(whole(), sound=False).passed()


# -- changes of the document -------------------------------------------------------------------------------------------
TITLE = "/components/schemas/ItemCreate/properties/title"


def edit(pointer: str, what: str) -> Edit:
    return next(one for one in (*of_schemas(DOCUMENT), *of_operations(DOCUMENT)) if (one.pointer, one.what) == (pointer, what))


def judged(noticed: int, of: int) -> Verdict:
    """A run in which the first so many changes are noticed."""
    changes = [Edit(f"/{number}", "maximum looser", frozenset(), setting("maximum", ...)) for number in range(of)]
    return Verdict(changes, {one.name: "E: an instance" for one in changes[:noticed]}, {})


def test_thousands_of_changes_have_a_name_each() -> None:
    names = [one.name for one in (*of_schemas(DOCUMENT), *of_operations(DOCUMENT))]

    assert len(names) == len(set(names)) > 5000


def test_a_looser_bound_is_noticed_by_an_instance_beyond_it() -> None:
    found = who_notices([edit(TITLE, "maxLength looser")], Exchanges([]))

    assert [reason[:2] for reason in found.values()] == ["E:"]


def test_a_status_that_is_not_promised_any_more_is_noticed_when_it_was_answered() -> None:
    dropped = edit("/paths/~1items~1{item_id}/get/responses", "status dropped: 404")
    answered = Recorded("getItem", "GET", 404, (), (), (), "/problems/item-not-found", ())

    assert who_notices([dropped], Exchanges([])) == {}
    assert [reason[:2] for reason in who_notices([dropped], Exchanges([answered])).values()] == ["R:"]


def test_a_pattern_of_a_header_is_missed_though_nobody_sends_anything_malformed() -> None:
    tag = "/components/headers/ETag/schema"
    found = who_notices([edit(tag, "pattern dropped"), edit(tag, "maxLength tighter")], Exchanges([]))

    assert list(found.values()) == ["R: ETag would be '4'", "R: ETag would not be '\"9007199254740991.9007199254740991o\"'"]


def test_a_bound_that_the_pattern_draws_too_is_not_taken_away() -> None:
    assert (lengths("^[A-Z]{2}$"), lengths("[A-Z]{2}")) == ((2, 2), (0, float("inf")))
    assert {one.what for one in of_schemas(DOCUMENT) if one.pointer == "/components/schemas/Currency"} >= {"maxLength tighter"}
    assert {one.what for one in of_schemas(DOCUMENT) if one.pointer == "/components/schemas/Currency"}.isdisjoint({"maxLength dropped"})


def test_survivors_that_are_explained_pass_up_to_two_in_a_hundred() -> None:
    explanation = {"/99 *": "for a test"}

    assert list(replace(judged(99, 100), explained=explanation).wrong()) == []
    assert "only 97.0%" in next(replace(judged(97, 100), explained={"*": "x"}).wrong())


@pytest.mark.parametrize(
    ("explanation", "complaint"),
    [({}, "nobody explains: /99"), ({"/9[89] *": "x"}, "is noticed by now"), ({"/99 *": "x", "/100 *": "x"}, "that there is not")],
)
def test_explanations_are_complete_and_needed(explanation: dict[str, str], complaint: str) -> None:
    (found,) = replace(judged(99, 100), explained=explanation).wrong()

    assert complaint in found


def test_an_explanation_has_a_reason() -> None:
    assert explained("# words\n\n*/title *  # one\n") == {"*/title *": "one"}
    with pytest.raises(AssertionError):
        explained("*/title *\n")
