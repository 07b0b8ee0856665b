"""The backlog shows whether an operator has to act: jobs are late, have failed, or have no worker."""

import asyncio
from collections.abc import Sequence

import pytest

from steelyard.jobs import outbox
from steelyard.jobs.outbox import Backlog
from steelyard.jobs.presence import Presence, list_workers
from steelyard.jobs.tasks import PermanentFailure, Refused
from steelyard.sources import Sources
from tests.kit.servers.waiting import until
from tests.kit.world.market import Market
from tests.unit.jobs.workers import Recorder, promise, worker


async def backlog(market: Market) -> Backlog:
    return await outbox.get_backlog(market.database.read())


async def show_worker(market: Market, kinds: Sequence[str] = ("test.job",), name: str = "worker-1") -> None:
    await Presence(market.database, name, ["default"], kinds, Sources(market.clock)).renew()


async def test_jobs_that_have_been_due_for_more_than_five_minutes_are_late(market: Market) -> None:
    await promise(market, 1)
    await promise(market, 2, in_s=3600)
    market.clock.advance(seconds=300)
    await show_worker(market)

    in_time = await backlog(market)
    market.clock.advance(seconds=1)
    late = await backlog(market)

    assert (in_time.lag.total_seconds(), in_time.dead, in_time.is_degraded) == (300, 0, False)
    assert late.is_degraded


async def test_a_job_that_failed_for_good_needs_an_operator(market: Market) -> None:
    await promise(market, 1)

    await worker(market, Recorder(PermanentFailure())).run_due()

    state = await backlog(market)
    assert (state.lag.total_seconds(), state.dead, state.is_degraded) == (0, 1, True)


async def test_a_job_that_was_refused_is_dead_and_needs_no_operator(market: Market) -> None:
    await promise(market, 1)

    await worker(market, Recorder(Refused())).run_due()

    (job,) = await market.jobs()
    assert job.dead_at == market.clock.now
    assert not (await backlog(market)).is_degraded


@pytest.mark.parametrize(("served", "is_degraded"), [([], True), (["other.job"], True), (["other.job", "test.job"], False)])
async def test_jobs_that_are_due_for_a_minute_need_a_worker_of_their_kind(market: Market, served: list[str], *, is_degraded: bool) -> None:
    await promise(market, 1)
    market.clock.advance(seconds=61)
    for kind in served:
        await show_worker(market, [kind], f"worker of {kind}")

    assert (await backlog(market)).is_degraded is is_degraded


async def test_a_worker_that_was_not_seen_for_a_minute_is_lost(market: Market) -> None:
    await promise(market, 1)
    await show_worker(market)
    market.clock.advance(seconds=59)
    assert len(await list_workers(market.database.read())) == 1

    market.clock.advance(seconds=2)

    assert await list_workers(market.database.read()) == []
    assert (await backlog(market)).is_degraded


async def test_a_running_worker_shows_itself_until_it_stops(market: Market) -> None:
    async def is_seen() -> bool:
        return bool(await list_workers(market.database.read()))

    working = worker(market, Recorder())
    running = asyncio.create_task(working.run())
    await until(is_seen)
    (seen,) = await list_workers(market.database.read())
    working.stop()
    await running

    assert (seen.name, seen.queues, seen.kinds, seen.seen_at) == ("worker-1", ["default"], ["test.job"], market.clock.now)
    assert await list_workers(market.database.read()) == []


async def test_the_rows_of_lost_workers_are_deleted_after_a_day(market: Market) -> None:
    await show_worker(market, name="lost")
    market.clock.advance(days=1, seconds=1)

    await show_worker(market, name="new")
    market.clock.advance(days=-1)

    assert [each.name for each in await list_workers(market.database.read())] == ["new"]
