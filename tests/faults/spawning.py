"""Processes that begin at the same time, and what each of them reports."""

import multiprocessing
from collections.abc import Callable
from typing import Any

PATIENCE_S = 120


def reports_of(count: int, target: Callable[..., None], *arguments: Any) -> list[Any]:
    """Run the target in so many processes; it also gets a barrier to wait at, and a queue for its report."""
    spawning = multiprocessing.get_context("spawn")
    ready, reports = spawning.Barrier(count), spawning.SimpleQueue()
    processes = [spawning.Process(target=target, args=(*arguments, ready, reports), daemon=True) for _ in range(count)]
    for process in processes:
        process.start()
    taken = [reports.get() for _ in processes]
    for process in processes:
        process.join(PATIENCE_S)
    return taken
