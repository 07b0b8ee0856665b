"""The charts of a report: results/latest.svg."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.drawing import ROW, Drawing, bars, lines, ranges
from benchmarks.figures import OPERATIONS, OURS, Document, Sample, faults, per_cpu_second, samples_of


def draw(document: Document) -> str:
    """Rates for each operation, then latency at fixed rates and rates by connections if they were measured."""
    drawing = Drawing(f"Benchmark of {document['made_at'][:10]}")
    drawing.heading("Requests per second of the server's processor", "More is better; the same run, all servers in turns.")
    names = list(document["samples"])
    measured = [operation for operation in OPERATIONS if any(operation in each for each in document["samples"].values())]
    for row in (measured[:2], measured[2:]):
        if row:
            for operation, box in zip(row, drawing.boxes(2, 24 + len(names) * ROW), strict=False):
                rates = {name: _rate(samples_of(document, name, operation)) for name in names}
                bars(drawing, box, f"{operation}: {OPERATIONS[operation]}", rates, OURS)
    if document.get("latency"):
        _latency(drawing, document["latency"])
    if document.get("scaling"):
        _scaling(drawing, document)
    return drawing.svg()


def _rate(samples: Sequence[Sample]) -> float | None:
    return per_cpu_second(samples) if samples and not faults(samples) else None


def _latency(drawing: Drawing, latency: Mapping[str, Any]) -> None:
    drawing.heading(
        "Latency at a fixed rate, in ms", "From p50 to p99.9, with a dot at p99; counted from the time at which a request was to start."
    )
    first = next(iter(latency.values()))
    for operation, rates in first.items():
        columns = {rate: {name: _three(each[operation][rate]) for name, each in latency.items()} for rate in rates}
        values = [value for column in columns.values() for three in column.values() if three for value in three]
        scale = (min(values, default=1.0) * 0.8, max(values, default=10.0) * 1.2)
        for (rate, column), box in zip(columns.items(), drawing.boxes(len(columns), 44 + len(latency) * ROW), strict=True):
            ranges(drawing, box, f"{OPERATIONS[operation]}, {rate}/s", column, OURS, scale)


def _three(sample: Sample) -> tuple[float, float, float] | None:
    if not sample["keeps_up"] or sample["refused"] or sample["lost"]:
        return None
    return sample["p50_ms"], sample["p99_ms"], sample["p999_ms"]


def _scaling(drawing: Drawing, document: Document) -> None:
    drawing.heading("One item over so many connections", "A line ends where a server stalls or fails.")
    rates: dict[str, list[tuple[float, float]]] = {}
    p99: dict[str, list[tuple[float, float]]] = {}
    for name, by_count in document["scaling"].items():
        rates[name], p99[name] = [], []
        for count, sample in by_count.items():
            if faults([sample]):
                break
            rates[name].append((float(count), sample["rate"]))
            p99[name].append((float(count), sample["p99_ms"]))
    left, right = drawing.boxes(2, 330)
    lines(drawing, left, "requests per second", rates, OURS)
    lines(drawing, right, "p99 in ms", p99, OURS)
