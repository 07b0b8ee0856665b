import platform
import re
import sys
from pathlib import Path

import pytest

from benchmarks.contestants import CHI, CONTESTANTS, FLOOR, ON_PGO, PLAIN, STEELYARD, UNSHARED, Contestant, earlier_version
from benchmarks.figures import GOALS
from benchmarks.run import SCALING
from benchmarks.smoke import DiffersError, compare, without_own
from benchmarks.sources import APT, NPM, PGO, PIP, PYTHON, Source
from tests.kit.project import ROOT
from tests.kit.servers.short_cuts import SHARING, SHORT_CUTS

LOCKS = ("dev.txt", "peers.txt")


def test_every_goal_names_a_contestant() -> None:
    assert GOALS.keys() <= CONTESTANTS.keys()


SHELF = Source("shelf get", {"bolt": "1.2", "nut": "0.9"}.get)


def test_a_contestant_without_a_package_is_not_run_and_says_how_to_get_it() -> None:
    contestant = Contestant("x", "X", ("x",), source=SHELF, packages=("bolt", "nail", "screw"))

    assert contestant.prepare() == "nail, screw are absent"
    assert contestant.how_to_get() == "shelf get"


def test_a_contestant_shows_the_versions_of_its_packages_and_of_what_runs_it() -> None:
    contestant = Contestant("x", "X", ("x",), source=SHELF, packages=("bolt", "nut"), runtime=(sys.executable, "--version"))

    assert contestant.prepare() is None
    assert contestant.versions() == {Path(sys.executable).name: platform.python_version(), "bolt": "1.2", "nut": "0.9"}


def test_a_contestant_that_cannot_be_built_is_not_run() -> None:
    assert Contestant("x", "X", ("x",), source=SHELF, build=("false",)).prepare() == "`false` failed: "
    assert Contestant("x", "X", ("x",), source=SHELF, build=("no-such-program",)).prepare() == "no-such-program is absent"
    assert Contestant("x", "X", ("x",), source=SHELF, build=("true",)).prepare() is None


def test_debian_gets_the_names_of_the_packages() -> None:
    assert CHI.how_to_get().startswith("apt-get install --no-install-recommends golang-go golang-github-go-chi-chi-dev ")


@pytest.mark.parametrize("source", [PIP, PGO, NPM, APT])
def test_an_unknown_package_is_absent(source: Source) -> None:
    assert source.version("no-such-package-at-all") is None


def test_the_lock_of_the_peers_pins_all_their_packages_by_hash_and_without_an_address() -> None:
    text = (ROOT / "requirements" / "peers.txt").read_text()
    inputs = [line.partition("[")[0] for line in (PYTHON / "requirements.in").read_text().split()]
    used = {package for each in CONTESTANTS.values() if each.source is PIP for package in each.packages}
    pinned = set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))

    assert used <= set(inputs) <= pinned
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pinned)


def test_peers_and_server_use_the_same_versions() -> None:
    locks = [dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)) for name in LOCKS]
    ours, theirs = locks

    assert {name: version for name, version in theirs.items() if ours.get(name, version) != version} == {}


def test_the_lock_for_node_pins_by_hash_and_without_an_address() -> None:
    text = (ROOT / "benchmarks/peers/node/package-lock.json").read_text()

    assert "://" not in re.sub(r'"url": "[^"]+"', "", text)
    assert text.count('"integrity"') == text.count('    "node_modules/')


def test_a_peer_gets_the_url_of_the_database() -> None:
    assert FLOOR.environment["DATABASE_URL"] == "{database}"


@pytest.mark.parametrize(("contestant", "short_cuts"), [(UNSHARED, SHARING), (PLAIN, SHORT_CUTS)])
def test_shortcuts_are_switched_off_and_nothing_else_differs(contestant: Contestant, short_cuts: tuple[str, ...]) -> None:
    off = {f"STEELYARD_{each.upper()}": "false" for each in short_cuts}

    assert contestant.environment == {**STEELYARD.environment, **off}
    assert contestant.command == STEELYARD.command


def test_another_python_runs_the_same_server() -> None:
    python, *arguments = ON_PGO.command

    assert python.endswith("/.nox/pgo/bin/python")
    assert tuple(arguments) == STEELYARD.command[1:]
    assert ON_PGO.environment == STEELYARD.environment
    assert ON_PGO.how_to_get().startswith("/usr/bin/python3 -m venv .nox/pgo && ")


def test_one_address_may_open_as_many_connections_as_the_generator_does() -> None:
    assert int(STEELYARD.environment["STEELYARD_MAX_CONNECTIONS_PER_NETWORK"]) > max(SCALING)


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
