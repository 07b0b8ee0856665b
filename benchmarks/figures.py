"""What the samples of a run amount to: rates, ratios, and whether Steelyard reaches its goals."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Document = Mapping[str, Any]
Sample = Mapping[str, Any]

OPERATIONS = {"a": "/health", "b": "one item", "c": "a page of 20", "d": "an order"}
OURS = "steelyard"
# The same server from another checkout: it has a ratio and no goal.
BEFORE = "before"
# The same ratio differs by so much between two runs.
NOISE = 0.15

# (must, aim) per operation: how many times as many requests per second of the server's processor as this peer.
# A release is held back by a `must`; an `aim` is what the design considers possible.
GOALS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "seed_sync": {"a": (2.5, 3), "b": (17, 30), "c": (30, 40), "d": (15, 50)},
    "fastapi_async": {"a": (2.2, 3.1), "b": (9, 12), "c": (6, 8.3), "d": (7, 10)},
    "flask": {"a": (6.7, 8), "b": (12, 22), "c": (20, 25), "d": (12, 45)},
    "connexion": {"a": (4, 5.8), "b": (11, 15), "c": (6, 8.5), "d": (10, 13)},
    "litestar": {"a": (1.3, 1.8), "b": (7, 9.6), "c": (3.5, 4.8), "d": (7, 10)},
    "floor": {"a": (0.85, 1.2), "b": (1.3, 1.8), "c": (0.8, 1.1), "d": (1.2, 1.65)},
    "node": {"a": (0.65, 0.8), "b": (1.3, 1.6), "c": (4, 5), "d": (1.6, 3)},
    "go": {"a": (0.4, 0.5), "b": (0.55, 0.75), "c": (1.5, 1.7), "d": (1, 2)},
}

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
    samples, others = (samples_of(document, each, operation) for each in (name, reference))
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
    reasons += [f"{operation} of {OURS}: {fault}" for operation in OPERATIONS for fault in faults(samples_of(document, OURS, operation))]
    return reasons + list(document["integrity"]["broken"])


def samples_of(document: Document, name: str, operation: str) -> Sequence[Sample]:
    samples: Sequence[Sample] = document["samples"].get(name, {}).get(operation, ())
    return samples


def median(samples: Sequence[Sample], key: str) -> float:
    return float(statistics.median(sample[key] for sample in samples))


def p50_and_p99(took_s: Sequence[float]) -> str:
    """Two cells of a table, in milliseconds."""
    cuts = statistics.quantiles(took_s, n=100)
    return f"{cuts[49] * 1e3:.1f} | {cuts[98] * 1e3:.1f}"
