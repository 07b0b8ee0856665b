import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks.charts import draw
from benchmarks.drawing import Drawing, apart, bars, decades, grouped, linear, lines, logarithmic, steps
from tests.unit.benchmarks.test_report import document, fixed_rate, sample


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_value_has_its_place_on_a_scale() -> None:
    assert linear((0, 10), (100, 0))(2.5) == 75
    assert logarithmic((1, 100), (0, 10))(10) == pytest.approx(5)


@pytest.mark.parametrize(
    ("values", "ticks"), [((0.5, 1200.0), [1, 10, 100, 1000]), ((0.9, 7.0), [1, 2, 5]), ((200.0, 1000.0), [200, 500, 1000])]
)
def test_ticks_are_round_numbers_in_the_range(values: tuple[float, float], ticks: list[float]) -> None:
    assert decades(values) == pytest.approx(ticks)


@pytest.mark.parametrize(("value", "text"), [(12345.6, "12 346"), (99.96, "100"), (4.56, "4.56"), (0.1234, "0.123"), (0, "0")])
def test_a_number_is_written_as_people_read_it(value: float, text: str) -> None:
    assert grouped(value) == text


@pytest.mark.parametrize(("highest", "ticks"), [(2, [0, 0.5, 1, 1.5, 2]), (7.95, [0, 2, 4, 6]), (30, [0, 10, 20, 30])])
def test_steps_from_zero_are_round_numbers(highest: float, ticks: list[float]) -> None:
    assert steps(highest) == pytest.approx(ticks)


def test_names_that_would_cover_each_other_are_moved_apart() -> None:
    assert apart({"a": 10, "b": 10, "c": 50}, 12, (0, 100)) == {"a": 10, "b": 22, "c": 50}
    assert apart({"a": 95, "b": 99}, 12, (0, 100)) == {"a": 88, "b": 100}


def test_names_are_escaped_and_the_longest_bar_is_the_largest_value() -> None:
    drawing = Drawing("<title>")
    (box,) = drawing.boxes(1, 100)

    bars(drawing, box, "a & b", {"<ours>": 200.0, "peer": 100.0, "broken": None}, "<ours>")

    svg = drawing.svg()
    assert texts(svg) == ["a & b", "<ours>", "200", "peer", "100", "broken", "not valid"]
    widths = [float(each) for each in re.findall(r'width="([\d.]+)" height="12.0"', svg)]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)


def test_lines_without_a_point_say_so() -> None:
    drawing = Drawing("title")
    (box,) = drawing.boxes(1, 100)

    lines(drawing, box, "empty", {"ours": []}, "ours")

    assert "not measured" in texts(drawing.svg())


def test_a_report_is_drawn_with_all_its_parts() -> None:
    measured: dict[str, Any] = document(steelyard={"b": [sample(6000)]}, floor={"b": [sample(3000)]}, flask={"b": [sample(10, refused=1)]})
    late = fixed_rate(p99_ms=None, p999_ms=None, keeps_up=False)
    measured["latency"] = {"steelyard": {"b": {"50": fixed_rate()}}, "floor": {"b": {"50": late}}}
    stalled = sample(0, p50_ms=0.0)
    measured["scaling"] = {"steelyard": {"1": sample(2000), "512": sample(8000)}, "floor": {"1": sample(1000), "512": stalled}}

    shown = texts(draw(measured))

    assert {"b: one item", "6 000", "3 000", "not valid", "one item, 50/s", "does not keep up", "p99 in ms", "512"} <= set(shown)


def test_a_report_without_latency_and_scaling_has_only_the_rates() -> None:
    assert "p99 in ms" not in texts(draw(document(steelyard={"b": [sample(6000)]})))
