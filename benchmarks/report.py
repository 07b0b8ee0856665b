"""From measured rounds to the table that people read, and to the verdict on the goals."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

OPERATIONS = {"a": "/health", "b": "one item", "c": "page of 20", "d": "order"}

# docs of the goals: each ratio is Steelyard's requests per CPU second of the server over the peer's, in one run.
MUST = {
    "seed_sync": {"a": 2.2, "b": 15.0, "c": 9.0, "d": 10.0},
    "floor": {"a": 0.85, "b": 1.3, "c": 0.8, "d": 1.2},
}


@dataclass(frozen=True, slots=True)
class Round:
    """One operation of one contestant under load for a moment."""

    answers: int
    seconds: float
    cpu_seconds: float
    refused: int
    broken: int
    p50_ms: float
    p99_ms: float


Rounds = dict[str, dict[str, list[Round]]]


def per_cpu_second(rounds: Sequence[Round]) -> float:
    """Answers per CPU second of the server: the figure that survives a busy machine."""
    return sum(one.answers for one in rounds) / max(sum(one.cpu_seconds for one in rounds), 1e-9)


def ratio(measured: Rounds, peer: str, operation: str) -> float:
    """How many times the peer's answers Steelyard gives for the same CPU time."""
    return per_cpu_second(measured["steelyard"][operation]) / per_cpu_second(measured[peer][operation])


def invalid(measured: Rounds) -> list[str]:
    """Rows that must not be read: something was refused or broke off."""
    found = []
    for name, operations in measured.items():
        for operation, rounds in operations.items():
            refused, broken = sum(one.refused for one in rounds), sum(one.broken for one in rounds)
            if refused or broken or not sum(one.answers for one in rounds):
                found.append(f"{name} {operation}: {refused} answers were not 2xx, {broken} connections broke")
    return found


def missed(measured: Rounds) -> list[str]:
    """Goals that were not reached."""
    return [
        f"{OPERATIONS[operation]}: {ratio(measured, peer, operation):.2f} times {peer}, must be {least}"
        for peer, goals in MUST.items()
        for operation, least in goals.items()
        if ratio(measured, peer, operation) < least
    ]


def table(measured: Rounds, memory_mb: dict[str, float]) -> str:
    """Markdown: answers per CPU second, their ratio to the first contestant, wall rate and latencies."""
    first = next(iter(measured))
    head = [f"{operation} {OPERATIONS[operation]}: per CPU s | x | per s | p50 / p99 ms" for operation in measured[first]]
    lines = ["| contestant | " + " | ".join(head) + " | PSS MB |", "|---" * (2 + 4 * len(head)) + "|"]
    for name, operations in measured.items():
        cells = []
        for operation, rounds in operations.items():
            cost = per_cpu_second(rounds)
            against = cost / per_cpu_second(measured[first][operation])
            rate = statistics.median(one.answers / one.seconds for one in rounds)
            p50 = statistics.median(one.p50_ms for one in rounds)
            p99 = statistics.median(one.p99_ms for one in rounds)
            cells.append(f"{cost:.0f} | {against:.2f} | {rate:.0f} | {p50:.1f} / {p99:.1f}")
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {memory_mb[name]:.0f} |")
    return "\n".join(lines) + "\n"
