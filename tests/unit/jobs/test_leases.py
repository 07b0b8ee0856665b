"""A job belongs to one worker at a time, until its lease ends."""

import asyncio
from datetime import datetime

import pytest

from steelyard.db.database import Database
from steelyard.jobs.tasks import Effect, JobHandler, PeriodicTask, Run
from steelyard.tables.jobs import JobRow
from tests.kit.servers.waiting import until
from tests.kit.world.market import Market
from tests.unit.jobs.workers import Recorder, marking, marks, only, promise, worker


async def test_the_job_of_a_killed_worker_is_claimed_again_when_its_lease_has_expired(market: Market) -> None:
    begun, recorder = asyncio.Event(), Recorder()

    async def hang(_: JobRow) -> None:
        begun.set()
        await asyncio.Event().wait()

    await promise(market, 1)
    dead = asyncio.create_task(worker(market, hang, "dead").run_due())
    await begun.wait()

    await worker(market, recorder, "alive").run_due()
    assert recorder.seen == []

    market.clock.advance(seconds=60)
    await worker(market, recorder, "alive").run_due()
    assert recorder.seen == [1]
    assert (await only(market)).leased_by == "alive"
    dead.cancel()


async def test_a_worker_that_lost_its_lease_changes_nothing(market: Market) -> None:
    begun = {"slow": asyncio.Event(), "quick": asyncio.Event()}
    go_on = {"slow": asyncio.Event(), "quick": asyncio.Event()}

    def handler(name: str) -> JobHandler:
        async def handle(_: JobRow) -> Effect:
            begun[name].set()
            await go_on[name].wait()
            return marking(name)

        return handle

    await promise(market, 1)
    slow = asyncio.create_task(worker(market, handler("slow"), "slow").run_due())
    await begun["slow"].wait()
    market.clock.advance(seconds=60)
    quick = asyncio.create_task(worker(market, handler("quick"), "quick").run_due())
    await begun["quick"].wait()
    go_on["slow"].set()
    await slow

    assert await market.database.read().all(marks) == []
    assert (await only(market)).done_at is None

    go_on["quick"].set()
    await quick
    assert await market.database.read().all(marks) == ["quick"]


async def test_the_fence_distinguishes_two_workers_of_the_same_name(market: Market) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: JobRow) -> Effect:
        begun.set()
        await go_on.wait()
        return marking("slow")

    await promise(market, 1)
    late = asyncio.create_task(worker(market, slow, "app:1").run_due())
    await begun.wait()
    market.clock.advance(seconds=60)
    hanging, again = asyncio.Event(), asyncio.Event()

    async def hang(_: JobRow) -> Effect:
        hanging.set()
        await again.wait()
        return marking("quick")

    other = asyncio.create_task(worker(market, hang, "app:1").run_due())
    await hanging.wait()

    go_on.set()
    await late

    assert await market.database.read().all(marks) == []
    again.set()
    await other
    assert await market.database.read().all(marks) == ["quick"]


async def test_a_job_that_kills_its_worker_each_time_is_dead_without_another_attempt(market: Market) -> None:
    await promise(market, 1)
    for number in range(3):
        begun = asyncio.Event()

        async def hang(_: JobRow, begun: asyncio.Event = begun) -> None:
            begun.set()
            await asyncio.Event().wait()

        dead = asyncio.create_task(worker(market, hang, f"dead-{number}").run_due())
        await begun.wait()
        dead.cancel()
        market.clock.advance(seconds=60)
    recorder = Recorder()

    await worker(market, recorder).run_due()

    assert recorder.seen == []
    assert (await only(market)).dead_at == market.clock.now


async def test_a_slow_periodic_task_costs_no_job_its_lease(market: Market) -> None:
    begun, started, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: JobRow) -> None:
        begun.set()
        await go_on.wait()

    async def run(_: Database, __: Run) -> None:
        started.set()
        await go_on.wait()

    await promise(market, 1)
    working = worker(market, slow, periodic_tasks=[PeriodicTask("test", 3600, run)])
    running = asyncio.create_task(working.run())
    async with asyncio.timeout(20):
        await asyncio.gather(begun.wait(), started.wait())
        claimed_until = (await only(market)).lease_until
        market.clock.advance(seconds=30)
        await until(lambda: renewed(market, claimed_until))
        go_on.set()
        working.stop()
        await running

    assert (await only(market)).done_at is not None


async def renewed(market: Market, claimed_until: datetime | None) -> bool:
    return (await only(market)).lease_until != claimed_until


async def test_a_stopping_worker_releases_jobs_that_it_cannot_finish(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.jobs.worker._GRACE_S", 0.01)
    begun = asyncio.Event()

    async def hang(_: JobRow) -> None:
        begun.set()
        await asyncio.Event().wait()

    await promise(market, 1)
    working = worker(market, hang)
    running = asyncio.create_task(working.run())
    async with asyncio.timeout(5):
        await begun.wait()
        working.stop()
        await running

    job = await only(market)
    assert (job.attempts, job.lease_until, job.leased_by) == (0, None, None)


async def test_the_lease_of_a_long_job_is_renewed(market: Market) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: JobRow) -> Effect:
        begun.set()
        await go_on.wait()
        return marking("slow")

    await promise(market, 1)
    working = worker(market, slow)
    running = asyncio.create_task(working.run())
    async with asyncio.timeout(10):
        await begun.wait()
        claimed_until = (await only(market)).lease_until
        market.clock.advance(seconds=30)
        while (await only(market)).lease_until == claimed_until:
            await promise(market, kind="a wake-up call")
            await asyncio.wait([running], timeout=0.05)
        market.clock.advance(seconds=40)
        assert await worker(market, Recorder(), "greedy").run_due() == 0
        go_on.set()
        working.stop()
        await running

    assert await market.database.read().all(marks) == ["slow"]
