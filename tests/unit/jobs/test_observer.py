"""The observer of a worker gets each attempt and each run of a periodic task; the worker reports its state."""

import asyncio
from typing import Any

import pytest
import structlog

from steelyard.db.database import Database
from steelyard.jobs.observer import Result, WorkerState
from steelyard.jobs.tasks import PeriodicTask, PermanentFailure, Refused, Run, Task
from steelyard.jobs.worker import Worker
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow
from tests.kit.servers.waiting import until
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market
from tests.unit.jobs.workers import Recorder, promise


class Notes:
    """An observer that keeps what it gets."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def job_started(self, kind: str, wait_s: float) -> None:
        self.kept.append((kind, wait_s))

    def job_finished(self, kind: str, result: Result, took_s: float) -> None:
        self.kept.append((kind, result, took_s))

    def periodic_task_finished(self, name: str, *, changed: int, failed: int, took_s: float, is_success: bool) -> None:
        self.kept.append((name, changed, failed, took_s, is_success))


def observed(market: Market, handler: Any, *periodic_tasks: PeriodicTask) -> tuple[Worker, Notes]:
    notes = Notes()
    sources = Sources(clock=market.clock, stopwatch=market.clock.stopwatch)
    return Worker(
        market.database, {"test.job": Task(handler, delays_s=(10,))}, periodic_tasks, name="worker-1", sources=sources, observer=notes
    ), notes


async def test_the_observer_gets_each_attempt_with_its_wait_its_result_and_its_time(market: Market) -> None:
    failures = [OSError(), OSError(), PermanentFailure(), Refused()]

    async def handler(job: JobRow) -> None:
        market.clock.advance(seconds=2)
        if job.payload["n"]:
            raise failures.pop(0)

    working, notes = observed(market, handler)
    await promise(market, 0)
    market.clock.advance(seconds=5)
    await working.run_due()
    await promise(market, 1)
    await working.run_due()
    market.clock.advance(seconds=20)
    await working.run_due()
    for number in (2, 3):
        await promise(market, number)
        await working.run_due()

    results = [each for each in notes.kept if len(each) == 3]
    assert notes.kept[0] == ("test.job", 5)
    assert results == [("test.job", result, 2) for result in ("done", "retried", "dead", "dead", "refused")]


async def test_an_attempt_that_is_handed_back_has_a_result_too(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.jobs.worker._GRACE_S", 0.01)

    async def hang(_: JobRow) -> None:
        await asyncio.Event().wait()

    working, notes = observed(market, hang)
    await promise(market, 1)
    running = asyncio.create_task(working.run())
    await until(lambda: bool(notes.kept))
    market.clock.advance(seconds=3)
    state = working.state()
    working.stop()
    await running

    assert state == WorkerState(3, 1, 3)
    assert notes.kept == [("test.job", 0), ("test.job", "handed_back", 3)]


async def test_the_observer_gets_each_run_of_a_periodic_task(market: Market) -> None:
    async def run(_: Database, run: Run) -> None:
        run.changed, run.failed = 7, 1

    async def fail(_: Database, __: Run) -> None:
        raise OSError

    working, notes = observed(market, Recorder(), PeriodicTask("good", 30, run), PeriodicTask("bad", 30, fail))
    await working.run_due()

    assert notes.kept == [("good", 7, 1, 0, True), ("bad", 0, 0, 0, False)]


async def test_a_worker_turns_while_its_database_is_away(clock: Clock) -> None:
    away = Database("postgresql://steelyard@127.0.0.1:1/market")
    await away.open(patient=True)
    working = Worker(away, {}, name="worker-1", sources=Sources(clock=clock, stopwatch=clock.stopwatch))
    clock.advance(seconds=8)
    before = working.state()
    running = asyncio.create_task(working.run())
    await until(lambda: working.state().last_turn_s == 0)
    working.stop()
    await running
    await away.close()

    assert before == WorkerState(8, 0, 0)


async def test_the_lines_of_a_job_name_it_and_its_worker_and_those_of_the_next_job_do_not(market: Market) -> None:
    bound = []

    async def handler(_: JobRow) -> None:
        bound.append(structlog.contextvars.get_contextvars())

    working, _ = observed(market, handler)
    await promise(market, 0)
    await promise(market, 1)
    await working.run_due()

    first, second = sorted(bound, key=lambda fields: fields["job_id"])
    assert first == {"job_id": first["job_id"], "job_kind": "test.job", "attempt": 1, "worker": "worker-1"}
    assert second["job_id"] == first["job_id"] + 1
    assert structlog.contextvars.get_contextvars() == {}
