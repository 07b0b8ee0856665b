"""Draws charts as SVG: bars, ranges on a logarithmic scale, and lines with their names at the right end.

A drawing brings its background along, so that it is readable on a light and on a dark page whichever of both the reader's system prefers.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 880
MARGIN = 16
ROW = 18
NAMES = 112
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 13px } .small { font-size: 11px; fill: #59636e } .ours-text { font-weight: 600 }
.page { fill: #ffffff; stroke: #d1d9e0 } .grid { stroke: #d1d9e0 } .none { fill: #d1242f }
.ours { fill: #0969da } .peer { fill: #9aa4af } circle { stroke: #ffffff; stroke-width: 1.5 }
.ours-line { stroke: #0969da; stroke-width: 2.5 } .peer-line { stroke: #818b98; stroke-width: 1.3 }
path, line { fill: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .page { fill: #0d1117; stroke: #3d444d } .grid { stroke: #2a313a }
  .ours { fill: #4493f8 } .peer { fill: #656c76 } circle { stroke: #0d1117 }
  .ours-line { stroke: #4493f8 } .peer-line { stroke: #7d8590 } .none { fill: #f85149 }
}
"""


@dataclass(frozen=True)
class Box:
    """A part of the drawing."""

    left: float
    top: float
    width: float
    height: float


class Drawing:
    """Elements of an SVG, from the top to the bottom of a page of fixed width."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._elements: list[str] = []
        self.bottom: float = MARGIN

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        self._elements.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>')

    def bar(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        self._elements.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1.5" class="{kind}"/>')

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        steps = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(points))
        self._elements.append(f'<path d="{steps}" class="{kind}"/>')

    def dot(self, x: float, y: float, kind: str) -> None:
        self._elements.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" class="{kind}"/>')

    def heading(self, text: str, note: str = "") -> None:
        """A line across the page."""
        self.bottom += 20
        self.text(MARGIN, self.bottom, text, "title")
        if note:
            self.bottom += 16
            self.text(MARGIN, self.bottom, note, "small")
        self.bottom += 6

    def boxes(self, columns: int, height: float) -> list[Box]:
        """A row of boxes at the bottom."""
        width = (WIDTH - MARGIN * (columns + 1)) / columns
        row = [Box(MARGIN + number * (width + MARGIN), self.bottom, width, height) for number in range(columns)]
        self.bottom += height + 10
        return row

    def svg(self) -> str:
        height = self.bottom + MARGIN
        size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(self._title)}">'
        page = f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}" rx="6" class="page"/>'
        return "\n".join([head, f"<title>{escape(self._title)}</title>", f"<style>{STYLE}</style>", page, *self._elements, "</svg>"]) + "\n"


def bars(drawing: Drawing, box: Box, title: str, values: Mapping[str, float | None], ours: str) -> None:
    """One bar a name, with its value; the longest fills the box. None is a value that was not measured."""
    drawing.text(box.left, box.top + 14, title, "title")
    longest = max((value for value in values.values() if value is not None), default=1.0) or 1.0
    room = box.width - NAMES - 54
    for number, (name, value) in enumerate(values.items()):
        y = box.top + 24 + number * ROW
        _name(drawing, box, y, name, ours)
        if value is None:
            drawing.text(box.left + NAMES, y + 11, "not valid", "small none")
            continue
        length = value / longest * room
        drawing.bar(box.left + NAMES, y + 2, max(length, 1.0), ROW - 6, "ours" if name == ours else "peer")
        drawing.text(box.left + NAMES + length + 5, y + 11, grouped(value), "small")


def ranges(
    drawing: Drawing, box: Box, title: str, values: Mapping[str, tuple[float, float, float] | None], ours: str, scale: tuple[float, float]
) -> None:
    """From the first to the last of three values, with a dot at the second, on a logarithmic scale. None: there are no such values."""
    drawing.text(box.left, box.top + 14, title, "title")
    left, room = box.left + NAMES, box.width - NAMES - 8
    place = logarithmic(scale, (left, left + room))
    bottom = box.top + 24 + len(values) * ROW
    for tick in decades(scale):
        drawing.line([(place(tick), box.top + 22), (place(tick), bottom)], "grid")
        drawing.text(place(tick), bottom + 12, f"{tick:g}", "small", "middle")
    for number, (name, three) in enumerate(values.items()):
        y = box.top + 24 + number * ROW
        _name(drawing, box, y, name, ours)
        if three is None:
            drawing.text(left + 4, y + 11, "does not keep up", "small none")
            continue
        first, second, last = (place(min(max(value, scale[0]), scale[1])) for value in three)
        kind = "ours" if name == ours else "peer"
        drawing.bar(first, y + 5, max(last - first, 1.5), 5, kind)
        drawing.dot(second, y + 7.5, kind)


def lines(
    drawing: Drawing,
    box: Box,
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    ours: str,
    *,
    names: float = NAMES,
    from_zero: float | None = None,
) -> None:
    """A line for each name, on logarithmic scales; or from zero to at least this. Names have so much room. Zero is placed where one is."""
    drawing.text(box.left, box.top + 14, title, "title")
    left, right = box.left + 44, box.left + box.width - names
    top, bottom = box.top + 26, box.top + box.height - 22
    points = [point for each in series.values() for point in each]
    if not points:
        drawing.text(left, top + 20, "not measured", "small none")
        return
    xs, ys = sorted({x for x, _ in points}), [y for _, y in points]
    first = max(xs[0], 1.0)
    place = logarithmic((first, max(xs[-1], first * 2)), (left, right - 8))
    horizontal: Callable[[float], float] = lambda x: place(max(x, 1.0))  # noqa: E731  # as the other scales are made
    if from_zero is None:
        among = min(ys) * 0.8, max(ys) * 1.2
        vertical, ticks = logarithmic(among, (bottom, top)), decades(among)
    else:
        highest = max(*ys, from_zero)
        vertical, ticks = linear((0.0, highest), (bottom, top)), steps(highest)
    for tick in ticks:
        drawing.line([(left, vertical(tick)), (right - 8, vertical(tick))], "grid")
        drawing.text(left - 6, vertical(tick) + 4, grouped(tick), "small", "end")
    for x in xs:
        drawing.text(horizontal(x), bottom + 15, grouped(x), "small", "middle")
    ends = {}
    for name, each in series.items():
        if each:
            placed = [(horizontal(x), vertical(y)) for x, y in each]
            drawing.line(placed, "ours-line" if name == ours else "peer-line")
            until = f" (until {grouped(each[-1][0])})" if each[-1][0] < xs[-1] else ""
            ends[name + until] = placed[-1][1]
    for name, y in apart(ends, 12.5, (top - 4, bottom + 4)).items():
        drawing.text(right, y + 4, name, "ours-text" if name == ours else "small")


def _name(drawing: Drawing, box: Box, y: float, name: str, ours: str) -> None:
    drawing.text(box.left + NAMES - 6, y + 11, name, "ours-text" if name == ours else "", "end")


def apart(places: Mapping[str, float], distance: float, among: tuple[float, float]) -> dict[str, float]:
    """The same places, moved until neighbours are so far from each other, and none lies beyond the end if there is room."""
    ordered = sorted(places.items(), key=lambda each: each[1])
    moved: list[float] = []
    for _, place in ordered:
        moved.append(max(place, moved[-1] + distance if moved else among[0]))
    limit = among[1]
    for number in reversed(range(len(moved))):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - distance
    return {name: place for (name, _), place in zip(ordered, moved, strict=True)}


def linear(values: tuple[float, float], places: tuple[float, float]) -> Callable[[float], float]:
    """Where a value belongs."""
    factor = (places[1] - places[0]) / (values[1] - values[0])
    return lambda value: places[0] + (value - values[0]) * factor


def logarithmic(values: tuple[float, float], places: tuple[float, float]) -> Callable[[float], float]:
    """The same on a logarithmic scale, where equal ratios have equal lengths."""
    place = linear((math.log(values[0]), math.log(values[1])), places)
    return lambda value: place(math.log(value))


def decades(values: tuple[float, float]) -> list[float]:
    """The powers of ten in a range; with a factor of two and five between them if there are few."""
    powers = range(math.floor(math.log10(values[0])), math.ceil(math.log10(values[1])) + 1)
    few = math.log10(values[1] / values[0]) < 2
    every = [factor * 10.0**power for power in powers for factor in ((1, 2, 5) if few else (1,))]
    return [each for each in every if values[0] <= each <= values[1]]


def steps(highest: float) -> list[float]:
    """Round numbers from zero, at most six."""
    power = 10.0 ** math.floor(math.log10(highest / 5))
    step = next(factor * power for factor in (1, 2, 5, 10) if highest / (factor * power) <= 5)
    return [number * step for number in range(int(highest / step) + 1)]


def grouped(value: float) -> str:
    """A number as people read it: 12 300, 4.5, 0.12."""
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"
