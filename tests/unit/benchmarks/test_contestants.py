from pathlib import Path

import pytest

from benchmarks.contestants import CONTESTANTS, FLOOR, STEELYARD, Contestant, earlier_version
from benchmarks.report import GOALS
from benchmarks.smoke import DiffersError, compare, without_own


def test_every_goal_names_a_contestant() -> None:
    assert GOALS.keys() <= CONTESTANTS.keys()


def test_a_contestant_names_its_missing_modules() -> None:
    assert Contestant("x", "X", ("x",), modules=("json", "no_such_module", "nor_this")).lacks() == "no_such_module, nor_this is absent"
    assert Contestant("x", "X", ("x",), modules=("json",)).lacks() is None


def test_a_peer_gets_the_url_of_the_database() -> None:
    assert FLOOR.environment["DATABASE_URL"] == "{database}"


def test_an_earlier_version_runs_from_its_checkout_with_the_same_settings() -> None:
    before = earlier_version(Path("/old"))

    assert before.environment == {**STEELYARD.environment, "PYTHONPATH": "/old/server:/old/generated/server"}
    assert before.command == STEELYARD.command


def test_ids_are_not_compared() -> None:
    assert without_own({"id": 7, "lines": [{"id": 8, "total": 5}]}) == {"id": None, "lines": [{"id": None, "total": 5}]}


def test_equal_responses_pass() -> None:
    compare("floor", {"a page": (200, {"total": 5, "next_cursor": "x"})}, {"a page": (200, {"total": 5, "next_cursor": "y"})})


@pytest.mark.parametrize("response", [(404, None), (200, {"total": 6, "next_cursor": "y"}), (200, {"next_cursor": "y"})])
def test_a_different_response_disqualifies(response: tuple[int, object]) -> None:
    with pytest.raises(DiffersError, match="floor responds to a page"):
        compare("floor", {"a page": response}, {"a page": (200, {"total": 5, "next_cursor": "y"})})
