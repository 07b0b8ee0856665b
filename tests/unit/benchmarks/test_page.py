"""The tables of docs/performance.md are those of the saved results."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.curves import Bound, Curve
from benchmarks.page import PAGE, RESULTS, claims, filled, grown
from tests.unit.benchmarks.test_report import document, sample


def test_the_page_has_the_tables_of_the_newest_results() -> None:
    text = PAGE.read_text()

    assert filled(text, RESULTS) == text, "run `python -m benchmarks.page`"


def test_the_newest_results_are_put_between_the_marks(tmp_path: Path) -> None:
    for day, responses in (("2026-01-30", 1000), ("2026-01-31", 6000)):
        (tmp_path / f"{day}.json").write_text(json.dumps(document(steelyard={"b": [sample(responses)]})))
    page = "before\n<!-- `nox -s bench` writes: rates -->\nold\n<!-- end -->\nafter\n"

    text = filled(page, tmp_path)

    assert "| Steelyard |  | 6 000 |  |  |" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("\n<!-- end -->\nafter\n")
    assert filled(text, tmp_path) == text


def test_a_report_is_shown_with_what_it_has(tmp_path: Path) -> None:
    measured = document(steelyard={"b": [sample(6000)]}) | {"latency": {"steelyard": {}}}
    (tmp_path / "2026-01-31.json").write_text(json.dumps(measured))
    page = "<!-- `nox -s bench` writes: rates -->\n<!-- end -->\n"

    assert "latest.svg" not in filled(page, tmp_path)
    (tmp_path / "latest.svg").touch()
    assert "latest.svg" in filled(page, tmp_path)
    assert "latency at fixed rates, memory" in filled(page, tmp_path)


@pytest.mark.parametrize(
    ("name", "peer", "ratio", "row"),
    [
        ("steelyard", "go", 0.85, "| Steelyard against Go | - | 0.85 | - | - | all |"),
        ("steelyard", "go", 0.84, "| Steelyard against Go | - | 0.84 | - | - | none |"),
        ("seed_sync", "node", 0.1, "| FastAPI as the guide teaches it against Node | - | 0.10 | - | - | none |"),
        ("fastapi_async", "flask", 1.7, "| FastAPI with the async ORM against Flask | - | 1.70 | - | - | all |"),
        ("fastapi_async", "flask", 1.69, "| FastAPI with the async ORM against Flask | - | 1.69 | - | - | none |"),
    ],
)
def test_a_claim_holds_from_its_multiple_on_less_what_two_runs_differ_by(name: str, peer: str, ratio: float, row: str) -> None:
    measured = document(**{name: {"b": [sample(int(ratio * 1000))]}, peer: {"b": [sample(1000)]}})

    assert row in claims(measured)


def test_a_claim_may_hold_for_some_operations_and_is_open_without_its_peer() -> None:
    ours = {"a": [sample(900)], "b": [sample(500)], "d": [sample(2000)]}
    measured = document(steelyard=ours, node={each: [sample(1000)] for each in "abd"})

    text = claims(measured)

    assert "| Steelyard against Node | 0.90 | 0.50 | - | 2.00 | a, d |" in text
    assert "| Steelyard against Flask | - | - | - | - | (not measured) |" in text


def test_costs_that_grow_too_much_are_named() -> None:
    met = Curve("page", "items", ((1000, 0.5), (1_000_000, 0.6)), Bound(1.3))
    missed = Curve("order", "open jobs", ((0, 2.0), (100_000, 5.0)), Bound(1.1))
    unbound = Curve("page", "items in it", ((1, 0.5), (100, 5.0)))

    def measured(*curves: Curve) -> dict[str, Any]:
        return {"curves": [asdict(each) for each in curves]}

    assert grown(None).startswith("Not measured yet")
    assert grown(measured(met, unbound)).startswith("1 of 1 costs grow no more than allowed")
    assert "* order (open jobs): 2 ms at 0, 5 ms at 100 000; 2.50x; allowed: <= 1.1x" in grown(measured(met, missed))
