"""Turns the figures of a run into the report: the table, and which goals are met.

python -m benchmarks.report results/2026-01-31.json        prints the report of an earlier run
"""

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Document = Mapping[str, Any]
Sample = Mapping[str, Any]

OPERATIONS = {"a": "/health", "b": "one item", "c": "a page of 20", "d": "an order"}
OURS = "steelyard"
# The same server from another checkout: it has a ratio and no goal.
BEFORE = "before"

# (must, aim) per operation: how many times as many requests per second of the server's processor as this peer.
# A release is held back by a `must`; an `aim` is what the prototype of the design reached.
GOALS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "seed_sync": {"a": (2.2, 3.0), "b": (15, 20), "c": (9, 12), "d": (10, 14)},
    "floor": {"a": (0.85, 1.2), "b": (1.3, 1.8), "c": (0.8, 1.1), "d": (1.2, 1.65)},
}

# A server that is idle for half of the time waits for another process.
BOUNDED_BELOW_CPU = 0.5
NOISY_ABOVE_LOAD = 0.5

Result = Literal["aim", "must", "below", "not compared"]


@dataclass(frozen=True)
class Comparison:
    """How Steelyard stands against one peer in one operation."""

    peer: str
    operation: str
    ratio: float | None
    must: float
    aim: float

    @property
    def result(self) -> Result:
        if self.ratio is None:
            return "not compared"
        return "aim" if self.ratio >= self.aim else "must" if self.ratio >= self.must else "below"


def per_cpu_second(samples: Sequence[Sample]) -> float:
    """Requests per second of the server's processor, over all rounds: long ones count for more."""
    used = sum(sample["server_cpu_s"] for sample in samples)
    return sum(sample["responses"] for sample in samples) / used if used else 0.0


def faults(samples: Sequence[Sample]) -> list[str]:
    """Why these samples prove nothing; none when they do."""
    refused = sum(sample["refused"] for sample in samples)
    sockets = [sample["sockets"] for sample in samples if sample["sockets"]]
    reasons = [f"{refused} responses were not 2xx"] if refused else []
    reasons += [f"socket errors: {sockets[0]}"] if sockets else []
    if any(sample["p50_ms"] == 0 for sample in samples):
        reasons.append("no latency was measured")
    return reasons


def ratio(document: Document, name: str, reference: str, operation: str) -> float | None:
    """How many times as many requests per second of its processor; None where either took no part or proves nothing."""
    samples, others = (_samples(document, each, operation) for each in (name, reference))
    if not samples or not others or faults(samples) or faults(others) or not per_cpu_second(others):
        return None
    return per_cpu_second(samples) / per_cpu_second(others)


def compare(document: Document) -> list[Comparison]:
    """Steelyard against every peer that has goals; a goal without a measurement is not compared, never met."""
    return [
        Comparison(peer, operation, ratio(document, OURS, peer, operation), must, aim)
        for peer, goals in GOALS.items()
        for operation, (must, aim) in goals.items()
    ]


def failures(document: Document) -> list[str]:
    """What stops a release: a missed `must`, failed requests to Steelyard, orders that do not add up."""
    reasons = [
        f"{each.operation} is {each.ratio:.2f} times {each.peer}, and must be {each.must:g}"
        for each in compare(document)
        if each.result == "below"
    ]
    reasons += [f"{operation} of {OURS}: {fault}" for operation in OPERATIONS for fault in faults(_samples(document, OURS, operation))]
    return reasons + list(document["integrity"]["broken"])


def _samples(document: Document, name: str, operation: str) -> Sequence[Sample]:
    samples: Sequence[Sample] = document["samples"].get(name, {}).get(operation, ())
    return samples


def _median(samples: Sequence[Sample], key: str) -> float:
    return float(statistics.median(sample[key] for sample in samples))


def render(document: Document) -> str:
    """The whole report, as Markdown."""
    parts = [_heading(document), _table(document), _details(document)]
    if document.get("scaling"):
        parts.append(_scaling(document))
    return "\n\n".join([*parts, _results(document), _notes(document)]) + "\n"


def _heading(document: Document) -> str:
    settings, machine = document["settings"], document["machine"]
    conditions = (
        f"{settings['rounds']} rounds of {settings['seconds']} s for each operation, {settings['connections']} connections, "
        f"generator: {settings['generator']}. {machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, "
        f"PostgreSQL {machine['postgresql']}. Server on {settings['server_cpus']}, database and generator on {settings['other_cpus']}."
    )
    lines = [f"# Benchmark of {document['made_at'][:10]}", "", conditions]
    if document["load_before"] > NOISY_ABOVE_LOAD:
        lines += ["", f"**Noisy**: the machine was busy before the start (load {document['load_before']:.1f}). Believe ratios only."]
    return "\n".join(lines)


def _table(document: Document) -> str:
    """Requests per CPU-second, with the ratios against each peer."""
    peers = [peer for peer in (*GOALS, BEFORE) if peer in document["samples"]]
    lines = [
        "Requests per second of the server's processor (times each of the peers: " + ", ".join(peers) + ").",
        "",
        "| | " + " | ".join(f"{operation}: {what}" for operation, what in OPERATIONS.items()) + " | MB |",
        "|---|" + "---:|" * (len(OPERATIONS) + 1),
    ]
    for name, samples in document["samples"].items():
        cells = []
        for operation in OPERATIONS:
            these = samples.get(operation, ())
            if not these:
                cells.append("")
            elif wrong := faults(these):
                cells.append(f"INVALID: {'; '.join(wrong)}")
            else:
                times = [_times(ratio(document, name, peer, operation)) for peer in peers if peer != name]
                cells.append(f"{_rounded(per_cpu_second(these))}" + (f" ({' / '.join(times)})" if times else ""))
        facts = document["facts"][name]
        lines.append(f"| {facts['title']} | " + " | ".join(cells) + f" | {facts['pss_mb']:.0f} |")
    lines += [f"| {name} | not run: {reason} |" for name, reason in document["skipped"].items()]
    return "\n".join(lines)


def _details(document: Document) -> str:
    """Wall time, latency, and the processor time of a request on either side."""
    lines = [
        "| | | requests/s | p50 ms | p99 ms | us of server | us of database | server busy | |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for name, operations in document["samples"].items():
        for operation, samples in operations.items():
            responses = max(sum(sample["responses"] for sample in samples), 1)
            server, database = (sum(sample[key] for sample in samples) for key in ("server_cpu_s", "database_cpu_s"))
            busy = server / sum(sample["seconds"] for sample in samples)
            remark = "INVALID" if faults(samples) else "bounded by the other core" if busy < BOUNDED_BELOW_CPU else ""
            cells = [
                name,
                operation,
                _rounded(_median(samples, "rate")),
                f"{_median(samples, 'p50_ms'):.1f}",
                f"{_median(samples, 'p99_ms'):.1f}",
                f"{server / responses * 1e6:.0f}",
                f"{database / responses * 1e6:.0f}",
                f"{busy:.0%}",
                remark,
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _scaling(document: Document) -> str:
    """One item at growing numbers of connections."""
    counts = [str(count) for count in document["settings"]["scaling"]]
    lines = [
        "One item at so many connections: requests/s (p99 ms).",
        "",
        "| | " + " | ".join(counts) + " |",
        "|---|" + "---:|" * len(counts),
    ]
    for name, by_count in document["scaling"].items():
        cells = [
            f"INVALID: {'; '.join(wrong)}" if (wrong := faults([sample])) else f"{_rounded(sample['rate'])} ({sample['p99_ms']:.0f})"
            for sample in (by_count[count] for count in counts)
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _results(document: Document) -> str:
    lines = ["| Steelyard against | | measured | must | aim | |", "|---|---|---:|---:|---:|---|"]
    words: Mapping[Result, str] = {"aim": "aim reached", "must": "met", "below": "**below must**", "not compared": "not compared"}
    for each in compare(document):
        cells = [each.peer, each.operation, _times(each.ratio), f"{each.must:g}", f"{each.aim:g}", words[each.result]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _notes(document: Document) -> str:
    integrity = document["integrity"]
    orders = (
        f"At the end the database held {integrity['orders']} orders; {integrity['acknowledged']} had returned 201, "
        f"and up to {integrity['cut']} were under way when a load ended."
    )
    lines = ["The same ratio varies by about 15 % between runs.", "", orders]
    lines += [f"**{each}**" for each in integrity["broken"]] or ["All orders add up: stock, lines, totals, stored responses and events."]
    return "\n".join(lines)


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _rounded(value: float) -> str:
    """Three digits are more than two runs agree on."""
    step = 10 ** max(len(str(int(value))) - 3, 0)
    return f"{round(value / step) * step:,}".replace(",", " ")


def main() -> None:
    sys.stdout.write(render(json.loads(Path(sys.argv[1]).read_text())))


if __name__ == "__main__":
    main()
