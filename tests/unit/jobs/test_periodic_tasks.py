"""Periodic tasks run once at each of their times, in one of all workers, in batches and within a budget."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.jobs import outbox
from steelyard.jobs.periodic import next_time
from steelyard.jobs.tasks import PeriodicTask, Run, in_batches
from steelyard.tables.jobs import periodic_tasks
from tests.kit.world.market import Market
from tests.unit.jobs.workers import Recorder, promise, worker

succeeded_at = statement(select(periodic_tasks.c.succeeded_at), datetime)


def counting(runs: list[str], name: str = "run") -> Callable[[Database, Run], asyncio.Future[None]]:
    async def run(_: Database, __: Run) -> None:
        runs.append(name)

    return run  # type: ignore[return-value]  # a coroutine function


async def test_a_periodic_task_runs_once_in_its_interval(market: Market) -> None:
    runs: list[float] = []

    async def run(_: Database, __: Run) -> None:
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


async def test_of_many_workers_one_has_the_run(market: Market) -> None:
    runs: list[str] = []
    many = [worker(market, Recorder(), f"worker-{n}", [PeriodicTask("test", 30, counting(runs))]) for n in range(3)]

    for _ in range(5):
        await asyncio.gather(*(each.run_due() for each in many))
        market.clock.advance(seconds=30)

    assert len(runs) == 5


async def test_a_task_of_every_worker_runs_in_each(market: Market) -> None:
    runs: list[str] = []
    task = PeriodicTask("test", 30, counting(runs), in_every_worker=True)
    for number in range(3):
        await worker(market, Recorder(), f"worker-{number}", [task]).run_due()

    assert len(runs) == 3


async def test_a_run_that_outlasts_its_interval_holds_back_the_next_one(market: Market) -> None:
    begun, go_on, runs = asyncio.Event(), asyncio.Event(), list[str]()

    async def slow(_: Database, __: Run) -> None:
        begun.set()
        await go_on.wait()

    first = asyncio.create_task(worker(market, Recorder(), "first", [PeriodicTask("test", 5, slow)]).run_due())
    await begun.wait()
    market.clock.advance(seconds=10)
    second = worker(market, Recorder(), "second", [PeriodicTask("test", 5, counting(runs))])
    await second.run_due()
    assert runs == []

    go_on.set()
    await first
    market.clock.advance(seconds=10)
    await second.run_due()
    assert runs == ["run"]


async def test_the_run_of_a_killed_worker_is_had_by_another_one_when_its_lease_has_expired(market: Market) -> None:
    begun, runs = asyncio.Event(), list[str]()

    async def hang(_: Database, __: Run) -> None:
        begun.set()
        await asyncio.Event().wait()

    dead = asyncio.create_task(worker(market, Recorder(), "dead", [PeriodicTask("test", 5, hang)]).run_due())
    await begun.wait()
    alive = worker(market, Recorder(), "alive", [PeriodicTask("test", 5, counting(runs))])
    market.clock.advance(seconds=29)
    await alive.run_due()
    assert runs == []

    market.clock.advance(seconds=5)
    await alive.run_due()

    assert runs == ["run"]
    dead.cancel()


async def test_only_a_run_that_succeeds_is_noted_as_the_last_success(market: Market) -> None:
    failures = [None, OSError(), None]

    async def run(_: Database, __: Run) -> None:
        if failure := failures.pop(0):
            raise failure

    working = worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, run)])
    noted = []
    for _ in range(3):
        await working.run_due()
        noted.append(await market.database.read().one(succeeded_at))
        market.clock.advance(seconds=30)

    now = market.clock.now
    assert noted == [now - timedelta(seconds=90), now - timedelta(seconds=90), now - timedelta(seconds=30)]


async def test_a_clock_that_is_set_back_stops_no_task(market: Market) -> None:
    runs: list[str] = []
    working = worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, counting(runs))])
    await working.run_due()

    market.clock.advance(hours=-2)
    await working.run_due()
    await worker(market, Recorder(), "other", [PeriodicTask("test", 30, counting(runs))]).run_due()

    assert len(runs) == 2


async def test_a_worker_whose_clock_is_slow_does_not_repeat_the_run_of_another(market: Market) -> None:
    runs: list[str] = []
    await worker(market, Recorder(), "exact", [PeriodicTask("test", 30, counting(runs))]).run_due()

    market.clock.advance(seconds=-20)
    await worker(market, Recorder(), "slow", [PeriodicTask("test", 30, counting(runs))]).run_due()

    assert len(runs) == 1


async def test_a_full_batch_of_a_periodic_task_is_followed_by_another(market: Market) -> None:
    left = [3, 3, 1, 3]

    async def change(_: Database) -> int:
        return left.pop(0)

    await worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, in_batches(change, 3))]).run_due()

    assert left == [3]


async def test_the_batches_of_a_periodic_task_end_with_its_budget(market: Market) -> None:
    runs = 0

    async def change(_: Database) -> int:
        nonlocal runs
        runs += 1
        market.clock.advance(seconds=1)
        return 3 if runs < 20 else 0  # a worker without an end fails the test instead of keeping it

    await worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, in_batches(change, 3), budget_s=7)]).run_due()

    assert runs == 7


async def test_a_run_that_does_not_end_is_cancelled(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.jobs.periodic._OVERTIME_S", 0)
    recorder = Recorder()
    await promise(market, 1)

    async def hang(_: Database, __: Run) -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        await worker(market, recorder, periodic_tasks=[PeriodicTask("test", 30, hang, budget_s=0.01)]).run_due()

    assert recorder.seen == [1]


async def test_a_stopping_worker_ends_the_run_after_its_batch(market: Market) -> None:
    batches = 0

    async def change(_: Database) -> int:
        nonlocal batches
        batches += 1
        working.stop()
        await asyncio.sleep(0)
        return 3 if batches < 1000 else 0

    working = worker(market, Recorder(), periodic_tasks=[PeriodicTask("test", 30, in_batches(change, 3))])
    async with asyncio.timeout(5):
        await working.run()

    assert batches < 1000


async def test_one_run_deletes_all_old_rows_in_batches(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "DELETE_BATCH", 5)
    await promise(market, *range(23))
    await worker(market, Recorder()).run_due()
    market.clock.advance(days=2)

    async def delete(database: Database) -> int:
        return await outbox.delete_finished(database, keep_done=timedelta(days=1), keep_dead=timedelta(days=1))

    await worker(market, Recorder(), periodic_tasks=[PeriodicTask("outbox", 300, in_batches(delete, outbox.DELETE_BATCH))]).run_due()

    assert await market.jobs() == []


def test_runs_are_at_even_times_of_the_clock() -> None:
    now = datetime(2027, 3, 1, 9, 30, 12, 5, tzinfo=UTC)

    times = [next_time(now, timedelta(seconds=seconds)) - now.replace(second=0, microsecond=0) for seconds in (0.5, 30, 60, 86_400)]

    assert times == [timedelta(seconds=12.5), timedelta(seconds=30), timedelta(seconds=60), timedelta(hours=14, minutes=30)]
