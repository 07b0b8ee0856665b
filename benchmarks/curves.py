"""How a cost grows, and how much it may: the table and the charts of results/growth.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.drawing import Drawing, grouped, lines

NOISY_ABOVE_LOAD = 0.5
Result = Literal["met", "missed", "no bound"]


@dataclass(frozen=True)
class Bound:
    """`ratio`: the last cost as a multiple of the first, at most; or at least, for a rate. `most`: the last cost itself."""

    ratio: float | None = None
    most: float | None = None
    is_rate: bool = False

    def text(self) -> str:
        if self.most is not None:
            return f"<= {self.most:g} ms"
        return f"{'>=' if self.is_rate else '<='} {self.ratio:g}x"


@dataclass(frozen=True)
class Curve:
    """A cost at growing sizes: p50 in ms unless the unit is another one."""

    what: str
    grows: str
    points: tuple[tuple[int, float], ...]
    bound: Bound | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.points[-1][1] / self.points[0][1]

    @property
    def result(self) -> Result:
        if self.bound is None:
            return "no bound"
        if self.bound.most is not None:
            return "met" if self.points[-1][1] <= self.bound.most else "missed"
        assert self.bound.ratio is not None
        is_met = self.ratio >= self.bound.ratio if self.bound.is_rate else self.ratio <= self.bound.ratio
        return "met" if is_met else "missed"


ALLOWED: Mapping[str, Bound] = {
    "one item": Bound(1.3),
    "first page": Bound(1.3),
    "page in the middle, by cursor": Bound(1.3),
    "page at 90 %, by cursor": Bound(1.3),
    "search of one word": Bound(most=10),
    "order": Bound(1.3),
    "login": Bound(1.2),
    "credential that is not cached": Bound(1.2),
    "own orders": Bound(1.2),
    "page by cursor: pages before it": Bound(1.2),
    "page by skip: items before it": Bound(8),
    "order with a backlog": Bound(1.1),
    "rate": Bound(0.8, is_rate=True),
    "p99": Bound(5),
}
# What the table of the design has besides, and what measures it.
ELSEWHERE = (
    "Not measured here: the wait for a claim from a long outbox (`python -m benchmarks.claims`), the rate of several processes "
    "(`python -m benchmarks.processes`), statements and round trips of large requests (the tests count them), and contracts with more "
    "operations."
)


def of(document: Mapping[str, Any]) -> list[Curve]:
    """The curves of a document, as it is written to JSON."""
    return [
        Curve(
            each["what"],
            each["grows"],
            tuple((size, cost) for size, cost in each["points"]),
            Bound(**each["bound"]) if each["bound"] else None,
            each["unit"],
        )
        for each in document["curves"]
    ]


def line(curve: Curve) -> str:
    """The curve in a line of text."""
    costs = ", ".join(f"{grouped(cost)} {curve.unit} at {grouped(size)}" for size, cost in curve.points)
    return f"{curve.what} ({curve.grows}): {costs}; {curve.ratio:.2f}x"


def render(document: Mapping[str, Any]) -> str:
    """The report, as Markdown."""
    machine = document["machine"]
    conditions = (
        f"p50 of {document['count']} requests over one connection, all sizes in turns. {machine['cpu']}, {machine['cores']} cores, "
        f"Python {machine['python']}, PostgreSQL {machine['postgresql']}."
    )
    parts = [f"# Growth of {document['made_at'][:10]}", conditions]
    if document["load_before"] > NOISY_ABOVE_LOAD:
        parts.append(f"**Noisy**: the machine was busy before the start (load {document['load_before']:.1f}).")
    parts += ["![The costs below as charts](growth.svg)", _table(of(document)), ELSEWHERE]
    return "\n\n".join(parts) + "\n"


def _table(curves: Sequence[Curve]) -> str:
    rows = ["| | grows | cost at each size | last to first | allowed | |", "|---|---|---|---:|---:|---|"]
    for each in curves:
        costs = ", ".join(f"{grouped(size)}: {grouped(cost)}" for size, cost in each.points)
        result = "**missed**" if each.result == "missed" else each.result
        bound = each.bound.text() if each.bound else ""
        rows.append(f"| {each.what} | {each.grows} | {costs} {each.unit} | {each.ratio:.2f} | {bound} | {result} |")
    return "\n".join(rows)


def draw(document: Mapping[str, Any]) -> str:
    """One chart for each thing that grows: costs as multiples of the first one, so that a flat line is a cost that does not grow."""
    drawing = Drawing(f"Growth of {document['made_at'][:10]}")
    drawing.heading("p50 as a multiple of the first", "A flat line is a cost that does not grow.")
    by_growth: dict[str, list[Curve]] = {}
    for each in of(document):
        if each.unit == "ms" and len(each.points) > 1 and each.grows != "as a multiple of p50":
            by_growth.setdefault(each.grows, []).append(each)
    groups = list(by_growth.items())
    for start in range(0, len(groups), 2):
        pair = groups[start : start + 2]
        for (grows, curves), box in zip(pair, drawing.boxes(2, 250), strict=False):
            series = {each.what: [(float(size), cost / each.points[0][1]) for size, cost in each.points] for each in curves}
            lines(drawing, box, f"by {grows}", series, "", names=170, from_zero=2)
    return drawing.svg()
