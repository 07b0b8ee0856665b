from dataclasses import asdict
from typing import Any

import pytest

from benchmarks.curves import Bound, Curve, draw, line, of, render
from tests.unit.benchmarks.test_drawing import texts


@pytest.mark.parametrize(
    ("bound", "last", "result"),
    [
        (Bound(1.3), 1.3, "met"),
        (Bound(1.3), 1.31, "missed"),
        (Bound(most=10), 10.0, "met"),
        (Bound(most=10), 10.1, "missed"),
        (Bound(0.8, is_rate=True), 0.8, "met"),
        (Bound(0.8, is_rate=True), 0.79, "missed"),
        (None, 99.0, "no bound"),
    ],
)
def test_a_cost_may_grow_as_far_as_its_bound(bound: Bound | None, last: float, result: str) -> None:
    assert Curve("page", "items", ((10, 1.0), (20, 5.0), (30, last)), bound).result == result


def document(*curves: Curve) -> dict[str, Any]:
    machine = {"cpu": "a processor", "cores": 2, "python": "3.11.7", "postgresql": "18.0"}
    made = {"made_at": "2026-01-31T10:00:00+00:00", "count": 400, "load_before": 0.1, "machine": machine}
    return made | {"curves": [asdict(each) for each in curves]}


PAGE = Curve("page", "items", ((1000, 0.5), (1_000_000, 0.6)), Bound(1.3))
ORDER = Curve("order", "open jobs", ((0, 2.0), (100_000, 5.0)), Bound(1.1))
RATE = Curve("one item, requests/s", "connections", ((32, 9000.0), (512, 8000.0)), Bound(0.8, is_rate=True), unit="/s")


def test_curves_survive_the_document() -> None:
    assert of(document(PAGE, ORDER, RATE)) == [PAGE, ORDER, RATE]


def test_the_report_has_costs_growth_and_bound() -> None:
    text = render(document(PAGE, ORDER, RATE))

    assert "| page | items | 1 000: 0.5, 1 000 000: 0.6 ms | 1.20 | <= 1.3x | met |" in text
    assert "| order | open jobs | 0: 2, 100 000: 5 ms | 2.50 | <= 1.1x | **missed** |" in text
    assert "| one item, requests/s | connections | 32: 9 000, 512: 8 000 /s | 0.89 | >= 0.8x | met |" in text
    assert "Noisy" not in text
    assert "**Noisy**" in render(document(PAGE) | {"load_before": 1.0})
    assert line(PAGE) == "page (items): 0.5 ms at 1 000, 0.6 ms at 1 000 000; 1.20x"


def test_each_thing_that_grows_has_a_chart() -> None:
    shown = texts(draw(document(PAGE, ORDER, RATE)))

    assert {"by items", "page", "by open jobs", "order", "100 000"} <= set(shown)
    assert "by connections" not in shown
