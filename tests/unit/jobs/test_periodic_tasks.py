"""Periodic tasks run at their interval, in batches."""

import pytest

from steelyard.db.database import Database
from steelyard.jobs import outbox
from steelyard.jobs.tasks import PeriodicTask
from tests.kit.world.market import Market
from tests.unit.jobs.workers import Recorder, promise, worker


async def test_a_periodic_task_runs_once_in_its_interval(market: Market) -> None:
    runs: list[float] = []

    async def run(_: Database) -> int:
        runs.append(market.clock.stopwatch())
        raise OSError  # a failing periodic task does not keep the worker from its jobs

    recorder = Recorder()
    await promise(market, 1)
    periodic = worker(market, recorder, periodic_tasks=[PeriodicTask("test", 30, run)])
    for _ in range(4):
        await periodic.run_due()
        market.clock.advance(seconds=15)

    assert len(runs) == 2
    assert recorder.seen == [1]


async def test_a_full_batch_of_a_periodic_task_is_followed_by_another(market: Market) -> None:
    left = [3, 3, 1]

    async def run(_: Database) -> int:
        return left.pop(0)

    await worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, run, batch=3)]).run_due()

    assert left == []


async def test_the_batches_of_a_periodic_task_end_after_ten_seconds(market: Market) -> None:
    runs = 0

    async def run(_: Database) -> int:
        nonlocal runs
        runs += 1
        market.clock.advance(seconds=1)
        return 3 if runs < 20 else 0  # a worker without an end fails the test instead of keeping it

    await worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, run, batch=3)]).run_due()

    assert runs == 10


async def test_one_run_deletes_all_old_rows_in_batches(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "DELETE_BATCH", 5)
    await promise(market, *range(23))
    await worker(market, Recorder()).run_due()
    market.clock.advance(days=2)

    await worker(
        market, Recorder(), periodic_tasks=[PeriodicTask("outbox", 300, outbox.delete_finished, batch=outbox.DELETE_BATCH)]
    ).run_due()

    assert await market.jobs() == []
