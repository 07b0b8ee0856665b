"""Contract coverage itself: what counts as seen, what does not, and that the gate closes for each thing that is wrong."""

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
from tests.contract.coverage.report import Outcome, Sight, junit, markdown, page, share, verdict, write
from tests.contract.fuzz.__main__ import drawn
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.contract.recorder import Seen
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

CASES = ["answer getRoot 200", "answer getRoot 500", "reply any Payment.status", "reply any Payment.reference"]
SEEN = {"answer getRoot 200", "answer getRoot 500"}
FILE = "excused: 2\n# why\nreply any Payment.*: nobody pays\n"


# -- the gate ----------------------------------------------------------------------------------------------------------
def test_everything_seen_but_what_is_excused_passes() -> None:
    assert list(complaints(CASES, SEEN, Exceptions.read(FILE))) == []


@pytest.mark.parametrize(
    ("seen", "text", "told"),
    [
        (SEEN - {"answer getRoot 500"}, FILE, "1 cases were not seen, `answer getRoot 500` for one"),
        (SEEN, "excused: 0\n", "2 cases were not seen"),
        (SEEN | {"reply any Payment.status"}, FILE, "`reply any Payment.status` was seen; excuse it no longer"),
        (SEEN, FILE + "answer getRoot 500: hard\n", "`answer getRoot 500` was seen"),
        (SEEN, FILE + "answer getRoot 404: hard\n", "`answer getRoot 404` names no case of the contract"),
        (SEEN, FILE.replace("2", "1"), "2 cases are excused, and the head admits 1: it may only fall"),
        (SEEN, FILE.replace("2", "3"), "2 cases are excused, and the head admits 3: lower it"),
        (SEEN, FILE.replace(": nobody pays", ""), "`reply any Payment.*` has no reason"),
        (SEEN, FILE.replace(": nobody pays", ": "), "has no reason"),
        (SEEN, FILE + "reply any Payment.*: again\n", "`reply any Payment.*` is there twice"),
        (SEEN, FILE.partition("\n")[2], "the first line must say `excused: COUNT`"),
    ],
)
def test_the_gate_closes_and_says_why(seen: set[str], text: str, told: str) -> None:
    found = list(complaints(CASES, seen, Exceptions.read(text)))

    assert any(told in one for one in found), found


def test_the_exceptions_of_the_repository_are_well_formed() -> None:
    exceptions = Exceptions.read((Path(__file__).parent / "exceptions.txt").read_text("utf-8"))
    names = [str(case) for case in cases(CONTRACT)]
    everything_else = set(names) - {case for about in exceptions.excused(names).values() for case in about}

    assert list(complaints(names, everything_else, exceptions)) == []


# -- what there is to see ----------------------------------------------------------------------------------------------
def test_every_operation_has_cases_and_every_dimension() -> None:
    found = cases(CONTRACT)

    assert {case.operation for case in found} == set(CONTRACT.operations) | {"any"}
    assert {case.dimension for case in found} == set(DIMENSIONS)
    assert len(found) == len(set(map(str, found)))


@pytest.mark.parametrize(
    "case",
    [
        "answer createOrder 201 application/json",
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
        "reply any OrderStatus/enum = shipped",
        "example createUser minimal",
        "link listItems next",
    ],
)
def test_the_document_asks_for_it(case: str) -> None:
    assert case in set(map(str, cases(CONTRACT)))


# -- what an exchange shows --------------------------------------------------------------------------------------------
async def shown(api: Api, folder: Path, *requests: Any) -> set[str]:
    """The cases that these requests show."""
    with collecting(folder, "one"):
        for request in requests:
            await request(api)
    return Sight.of(folder).shown


async def test_a_value_at_its_edge_shows_that_it_is_taken(api: Api, tmp_path: Path) -> None:
    found = await shown(api, tmp_path, lambda api: api.call("listItems", limit=100))

    assert {"parameter listItems limit maximum at its edge", "answer listItems 200 application/json"} <= found
    assert "security listItems anonymous" in found
    assert not {one for one in found if "beyond" in one or "broken" in one}


async def test_a_value_one_beyond_shows_that_it_is_refused(api: Api, tmp_path: Path) -> None:
    found = await shown(api, tmp_path, lambda api: api.call("listItems", limit=101))

    assert {one for one in found if one.startswith("parameter")} == {"parameter listItems limit maximum one beyond"}
    assert "problem listItems /problems/validation-failed" in found


@pytest.mark.parametrize("query", [{"limit": 5000}, {"limit": 101, "skip": -1}])
async def test_what_is_far_beyond_or_wrong_in_two_places_shows_nothing(query: dict[str, int], api: Api, tmp_path: Path) -> None:
    found = await shown(api, tmp_path, lambda api: api.call("listItems", **query))

    assert not {one for one in found if one.startswith("parameter")}


async def test_a_request_that_was_refused_for_its_credential_shows_nothing_of_its_values(api: Api, tmp_path: Path) -> None:
    found = await shown(api, tmp_path, lambda api: api.as_("garbage").call("listUsers", limit=100))

    assert {one.split()[0] for one in found} == {"answer", "header", "problem"}


async def test_a_token_that_is_good_for_two_alternatives_shows_neither(api: Api, world: World, tmp_path: Path) -> None:
    stage = await Stage.of(world)
    both, one = stage.admin.token, await world.token_of(stage.admin, ["users:write"])

    neither = await shown(api, tmp_path / "both", lambda api: api.as_(both).send_as_is(stage.request("updateUser")))
    alone = await shown(api, tmp_path / "one", lambda api: api.as_(one).send_as_is(stage.request("updateUser")))

    assert [[case for case in found if case.startswith("security")] for found in (neither, alone)] == [
        [],
        ["security updateUser token users:write"],
    ]


async def test_a_link_is_followed_by_whoever_asks_as_it_says(api: Api, world: World, tmp_path: Path) -> None:
    stage = await Stage.of(world)
    seller = api.as_(stage.seller)
    made = stage.request("createItem")

    async def make_and_read(api: Api) -> None:
        item_id = (await seller.send_as_is(made)).json()["id"]
        await api.call("getItem", item_id=item_id)

    found = await shown(api, tmp_path, make_and_read)

    assert {one for one in found if one.startswith("link")} == {"link createItem get"}


def exchange(target: bytes, status: int, body: Any) -> Seen:
    answer = Exchange("GET", target.decode(), status, [("content-type", "application/json")], json.dumps(body).encode())
    return Seen(1, "GET", target, [], b"", answer)


def test_a_server_that_takes_what_the_document_forbids_is_found_out() -> None:
    collector = Collector()

    collector.saw(exchange(b"/items?limit=101", 200, {"items": [], "total": 0, "skip": 0, "limit": 101, "next_cursor": None}))

    (told,) = collector.contradictions
    assert "listItems takes what the document forbids: limit" in told


# -- the report --------------------------------------------------------------------------------------------------------
def outcome() -> Outcome:
    sight = Sight({"answer getRoot 200"})
    sight.exchanges["getRoot"] = 3
    return Outcome([Case("answer", "getRoot", "200"), Case("answer", "getRoot", "500")], sight, frozenset(), ["<one> case"], "42")


def test_the_report_tells_what_was_seen_and_what_was_not(tmp_path: Path) -> None:
    write(outcome(), tmp_path)

    told = (tmp_path / "contract-report.md").read_text("utf-8")
    assert "Seed 42. 1 of 2 cases of 1 operations were seen in 3 exchanges, 0 are excepted: 50.00 %." in told
    assert "* `answer getRoot 500`" in told
    assert "| answer | operation x status x media type | 2 | 1 | 0 | 50.00 % |" in told
    assert json.loads((tmp_path / "coverage-contract.json").read_text("utf-8"))["missing"] == ["answer getRoot 500"]


def test_the_page_says_the_same_and_escapes_it() -> None:
    told = page(markdown(outcome()))

    assert "<td>getRoot</td>" in told
    assert "&lt;one&gt; case" in told
    assert "<one>" not in told


def test_a_ci_system_reads_which_dimension_is_not_covered() -> None:
    suite = ET.fromstring(junit(outcome()).encode())

    assert suite.attrib == {"name": "contract coverage", "tests": str(len(DIMENSIONS) + 1), "failures": "2"}
    assert {test.get("name"): failure.text for test in suite if (failure := test.find("failure")) is not None} == {
        "answer": "answer getRoot 500",
        "findings": "<one> case",
    }


def test_a_seed_is_the_one_that_was_asked_for_or_one_that_can_be_asked_for_again() -> None:
    assert drawn("271828") == "271828"
    assert int(drawn("random")) > 0


def test_one_seed_is_for_all_that_is_run_and_further_arguments_are_for_pytest_alone() -> None:
    whole, some = commands("7", []), commands("7", ["-k", "getItem"])

    assert [next(word for word in command if word.startswith(("pytest", "tests.contract."))) for command in whole] == [
        *("pytest", "tests.contract.fuzz", "tests.contract.coverage"),
    ]
    assert all(command[command.index("--seed") + 1] == "7" for command in (*whole, *some))
    assert [command[-2:] for command in some] == [["-k", "getItem"]]


def test_the_report_counts_what_failed(tmp_path: Path) -> None:
    (tmp_path / "tests.xml").write_text('<testsuites><testsuite tests="5" failures="1" errors="2"/><testsuite tests="1"/></testsuites>')

    count = verdict(tmp_path / "tests.xml")

    assert count == (6, 3)
    assert "| tests | 6 | 3 | 0 |" in markdown(replace(outcome(), verdicts={"tests": count}))


@pytest.mark.parametrize(("row", "told"), [((3000, 2999, 0), "99.96 %"), ((3000, 2999, 1), "100.00 %"), ((1, 0, 0), "0.00 %")])
def test_only_everything_is_100_percent(row: tuple[int, int, int], told: str) -> None:
    assert share(*row) == told
