"""Contract coverage itself: what counts as seen, what does not, and that the gate fails for each kind of gap."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.contract.__main__ import commands
from tests.contract.coverage.cases import DIMENSIONS, Case, cases
from tests.contract.coverage.collecting import Collector, collecting
from tests.contract.coverage.gate import Exceptions, complaints
from tests.contract.coverage.report import Outcome, Sight, count_tests, junit, markdown, page, share, write
from tests.contract.fuzz.__main__ import drawn
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.contract.recorder import RecordedExchange
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

CASES = ["response getRoot 200", "response getRoot 500", "value any Payment.status", "value any Payment.reference"]
SEEN = {"response getRoot 200", "response getRoot 500"}
FILE = "excused: 2\n# why\nvalue any Payment.*: no payments\n"


# -- the gate ----------------------------------------------------------------------------------------------------------
def test_a_run_passes_if_all_cases_are_seen_or_excused() -> None:
    assert list(complaints(CASES, SEEN, Exceptions.read(FILE))) == []


@pytest.mark.parametrize(
    ("seen", "text", "message"),
    [
        (SEEN - {"response getRoot 500"}, FILE, "1 cases were not seen, `response getRoot 500` for example"),
        (SEEN, "excused: 0\n", "2 cases were not seen"),
        (SEEN | {"value any Payment.status"}, FILE, "`value any Payment.status` was seen; remove it"),
        (SEEN, FILE + "response getRoot 500: hard\n", "`response getRoot 500` was seen"),
        (SEEN, FILE + "response getRoot 404: hard\n", "`response getRoot 404` matches no case of the contract"),
        (SEEN, FILE.replace("2", "1"), "2 cases are excused, and the head states 1: it may only fall"),
        (SEEN, FILE.replace("2", "3"), "2 cases are excused, and the head states 3: lower it"),
        (SEEN, FILE.replace(": no payments", ""), "`value any Payment.*` has no reason"),
        (SEEN, FILE.replace(": no payments", ": "), "has no reason"),
        (SEEN, FILE + "value any Payment.*: again\n", "`value any Payment.*` occurs twice"),
        (SEEN, FILE.partition("\n")[2], "the first line must be `excused: COUNT`"),
    ],
)
def test_the_gate_fails_and_states_the_reason(seen: set[str], text: str, message: str) -> None:
    raised = list(complaints(CASES, seen, Exceptions.read(text)))

    assert any(message in complaint for complaint in raised), raised


def test_the_exceptions_of_the_repository_are_well_formed() -> None:
    exceptions = Exceptions.read((Path(__file__).parent / "exceptions.txt").read_text("utf-8"))
    names = [str(case) for case in cases(CONTRACT)]
    everything_else = set(names) - {case for about in exceptions.excused(names).values() for case in about}

    assert list(complaints(names, everything_else, exceptions)) == []


# -- the cases ---------------------------------------------------------------------------------------------------------
def test_every_operation_and_every_dimension_has_cases() -> None:
    listed = cases(CONTRACT)

    assert {case.operation for case in listed} == set(CONTRACT.operations) | {"any"}
    assert {case.dimension for case in listed} == set(DIMENSIONS)
    assert len(listed) == len(set(map(str, listed)))


@pytest.mark.parametrize(
    "case",
    [
        "response createOrder 201 application/json",
        "header getItem 304 ETag",
        "problem cancelOrder /problems/order-state-conflict",
        "security updateUser token users:write",
        "security getItem anonymous",
        "access cancelOrder seller",
        "parameter listItems limit maximum one beyond",
        "parameter listItems sort ItemSort/enum broken",
        "body createOrder SingleItemOrder/then/required without discount_code",
        "body createAddress AddressCreate/then.zip_code/pattern broken",
        "body createOrder OrderCreate/oneOf as BasketOrder",
        "body updateItem ItemPatch.sku/type null",
        "body issueToken TokenRequest/if not met",
        "value any OrderStatus/enum = shipped",
        "example createUser minimal",
        "link listItems next",
    ],
)
def test_the_document_has_this_case(case: str) -> None:
    assert case in set(map(str, cases(CONTRACT)))


# -- what an exchange shows --------------------------------------------------------------------------------------------
async def shown(api: Api, folder: Path, *requests: Any) -> set[str]:
    """The cases that these requests show."""
    with collecting(folder, "run"):
        for request in requests:
            await request(api)
    return Sight.of(folder).shown


async def test_a_value_at_its_edge_shows_that_it_is_accepted(api: Api, tmp_path: Path) -> None:
    cases_shown = await shown(api, tmp_path, lambda api: api.call("listItems", limit=100))

    assert {"parameter listItems limit maximum at its edge", "response listItems 200 application/json"} <= cases_shown
    assert "security listItems anonymous" in cases_shown
    assert not {case for case in cases_shown if "beyond" in case or "broken" in case}


async def test_a_value_one_beyond_shows_that_it_is_rejected(api: Api, tmp_path: Path) -> None:
    cases_shown = await shown(api, tmp_path, lambda api: api.call("listItems", limit=101))

    assert {case for case in cases_shown if case.startswith("parameter")} == {"parameter listItems limit maximum one beyond"}
    assert "problem listItems /problems/validation-failed" in cases_shown


@pytest.mark.parametrize("query", [{"limit": 5000}, {"limit": 101, "skip": -1}])
async def test_a_value_far_beyond_or_two_invalid_values_show_nothing(query: dict[str, int], api: Api, tmp_path: Path) -> None:
    cases_shown = await shown(api, tmp_path, lambda api: api.call("listItems", **query))

    assert not {case for case in cases_shown if case.startswith("parameter")}


async def test_a_request_rejected_for_its_credential_shows_nothing_of_its_values(api: Api, tmp_path: Path) -> None:
    cases_shown = await shown(api, tmp_path, lambda api: api.as_("garbage").call("listUsers", limit=100))

    assert {case.split()[0] for case in cases_shown} == {"response", "header", "problem"}


async def test_a_token_that_satisfies_two_alternatives_shows_neither(api: Api, world: World, tmp_path: Path) -> None:
    stage = await Stage.of(world)
    both, narrow = stage.admin.token, await world.token_of(stage.admin, ["users:write"])

    neither = await shown(api, tmp_path / "both", lambda api: api.as_(both).send_as_is(stage.request("updateUser")))
    alone = await shown(api, tmp_path / "narrow", lambda api: api.as_(narrow).send_as_is(stage.request("updateUser")))

    assert [[case for case in cases_shown if case.startswith("security")] for cases_shown in (neither, alone)] == [
        [],
        ["security updateUser token users:write"],
    ]


async def test_a_request_with_the_parameters_of_a_link_follows_it(api: Api, world: World, tmp_path: Path) -> None:
    stage = await Stage.of(world)
    seller = api.as_(stage.seller)
    made = stage.request("createItem")

    async def make_and_read(api: Api) -> None:
        item_id = (await seller.send_as_is(made)).json()["id"]
        await api.call("getItem", item_id=item_id)

    cases_shown = await shown(api, tmp_path, make_and_read)

    assert {case for case in cases_shown if case.startswith("link")} == {"link createItem get"}


def exchange(target: bytes, status: int, body: Any) -> RecordedExchange:
    response = Exchange("GET", target.decode(), status, [("content-type", "application/json")], json.dumps(body).encode())
    return RecordedExchange(1, "GET", target, [], b"", response)


def test_a_server_that_accepts_what_the_document_forbids_is_detected() -> None:
    collector = Collector()

    collector.saw(exchange(b"/items?limit=101", 200, {"items": [], "total": 0, "skip": 0, "limit": 101, "next_cursor": None}))

    (contradiction,) = collector.contradictions
    assert "listItems accepts what the document forbids: limit" in contradiction


def test_a_body_is_forbidden_only_where_there_is_input() -> None:
    collector = Collector()
    for target in (b"/items", b"/"):
        collector.saw(replace(exchange(target, 200, {}), body=b"{}"))

    assert [contradiction.partition(" (")[0] for contradiction in collector.contradictions] == [
        "listItems accepts what the document forbids: body unexpected"
    ]


# -- the report --------------------------------------------------------------------------------------------------------
def outcome() -> Outcome:
    sight = Sight({"response getRoot 200"})
    sight.exchanges["getRoot"] = 3
    return Outcome([Case("response", "getRoot", "200"), Case("response", "getRoot", "500")], sight, frozenset(), ["<one> case"], "42")


def test_the_report_states_what_was_seen_and_what_was_not(tmp_path: Path) -> None:
    write(outcome(), tmp_path)

    report = (tmp_path / "contract-report.md").read_text("utf-8")
    assert "Seed 42. 1 of 2 cases of 1 operations were seen in 3 exchanges, 0 are excepted: 50.00 %." in report
    assert "* `response getRoot 500`" in report
    assert "| response | operation x status x media type | 2 | 1 | 0 | 50.00 % |" in report
    assert json.loads((tmp_path / "coverage-contract.json").read_text("utf-8"))["missing"] == ["response getRoot 500"]


def test_the_web_page_has_the_same_content_escaped() -> None:
    html = page(markdown(outcome()))

    assert "<td>getRoot</td>" in html
    assert "&lt;one&gt; case" in html
    assert "<one>" not in html


def test_the_junit_file_names_the_dimension_that_is_not_covered() -> None:
    suite = ET.fromstring(junit(outcome()).encode())

    assert suite.attrib == {"name": "contract coverage", "tests": str(len(DIMENSIONS) + 1), "failures": "2"}
    assert {test.get("name"): failure.text for test in suite if (failure := test.find("failure")) is not None} == {
        "response": "response getRoot 500",
        "complaints": "<one> case",
    }


def test_a_seed_is_the_chosen_one_or_a_random_number() -> None:
    assert drawn("271828") == "271828"
    assert int(drawn("random")) > 0


def test_all_parts_get_the_same_seed_and_further_arguments_go_to_pytest_alone() -> None:
    whole, some = commands("7", []), commands("7", ["-k", "getItem"])

    assert [next(word for word in command if word.startswith(("pytest", "tests.contract."))) for command in whole] == [
        *("pytest", "tests.contract.fuzz", "tests.contract.coverage"),
    ]
    assert all(command[command.index("--seed") + 1] == "7" for command in (*whole, *some))
    assert [command[-2:] for command in some] == [["-k", "getItem"]]


def test_the_report_counts_failures(tmp_path: Path) -> None:
    (tmp_path / "tests.xml").write_text('<testsuites><testsuite tests="5" failures="1" errors="2"/><testsuite tests="1"/></testsuites>')

    count = count_tests(tmp_path / "tests.xml")

    assert count == (6, 3)
    assert "| tests | 6 | 3 | 0 |" in markdown(replace(outcome(), counts={"tests": count}))


@pytest.mark.parametrize(("row", "text"), [((3000, 2999, 0), "99.96 %"), ((3000, 2999, 1), "100.00 %"), ((1, 0, 0), "0.00 %")])
def test_only_full_coverage_is_100_percent(row: tuple[int, int, int], text: str) -> None:
    assert share(*row) == text
