"""Which jobs a worker claims: those of its queues, by priority, as many as may run at once."""

import asyncio
from collections.abc import Mapping

from steelyard.app.worker import create_worker
from steelyard.jobs.tasks import Task
from steelyard.jobs.worker import Worker
from steelyard.settings import Settings
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow
from tests.kit.servers.waiting import until
from tests.kit.world.market import Market
from tests.unit.jobs.workers import promise


def worker_for(market: Market, tasks: Mapping[str, Task], name: str = "worker-1", at_once: int = 100) -> Worker:
    return Worker(market.database, tasks, name=name, at_once=at_once, sources=Sources(clock=market.clock))


class Gate:
    """A handler that records its kind and waits until the gate opens."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.is_open = asyncio.Event()

    async def __call__(self, job: JobRow) -> None:
        self.begun.append(job.kind)
        await self.is_open.wait()


async def finished(gate: Gate, *workers: Worker) -> None:
    gate.is_open.set()
    await until(lambda: not any(each.state().running for each in workers))


async def test_jobs_of_the_highest_priority_start_first_and_then_the_oldest(market: Market) -> None:
    gate = Gate()
    gate.is_open.set()
    for kind in ("low.old", "low.new", "high"):
        await promise(market, 1, kind=kind)
        market.clock.advance(seconds=1)
    tasks = {"low.new": Task(gate), "low.old": Task(gate), "high": Task(gate, priority=10)}

    await worker_for(market, tasks, at_once=1).run_due()

    assert gate.begun == ["high", "low.old", "low.new"]


async def test_a_worker_runs_so_many_jobs_at_once(market: Market) -> None:
    gate = Gate()
    await promise(market, *range(5), kind="a")
    await promise(market, *range(5), kind="b")

    running = asyncio.create_task(worker_for(market, {"a": Task(gate), "b": Task(gate)}, at_once=7).run_due())
    await until(lambda: len(gate.begun) == 7)
    gate.is_open.set()

    assert await running == 10


async def test_of_a_limited_kind_so_many_jobs_run_at_once_in_all_workers(market: Market) -> None:
    gate = Gate()
    await promise(market, *range(10), kind="limited")
    tasks = {"limited": Task(gate, at_once=3)}

    workers = [worker_for(market, tasks, f"worker-{number}") for number in range(4)]
    claimed = await asyncio.gather(*(each._claim() for each in workers))
    await until(lambda: len(gate.begun) == 3)
    await finished(gate, *workers)

    assert sum(claimed) == 3


async def test_a_limited_kind_holds_up_no_other(market: Market) -> None:
    gate = Gate()
    await promise(market, *range(5), kind="limited")
    await promise(market, *range(5), kind="free")
    working = worker_for(market, {"limited": Task(gate, at_once=1, priority=1), "free": Task(gate)}, at_once=4)

    await working._claim()
    await until(lambda: len(gate.begun) == 4)
    await finished(gate, working)

    assert sorted(gate.begun) == ["free", "free", "free", "limited"]


async def test_the_place_of_a_killed_worker_is_free_when_its_lease_has_expired(market: Market) -> None:
    gate = Gate()
    await promise(market, 1, 2, kind="limited")
    tasks = {"limited": Task(gate, at_once=1)}
    killed, other = worker_for(market, tasks, "killed"), worker_for(market, tasks, "other")
    await killed._claim()
    before = await other._claim()

    market.clock.advance(seconds=60)
    after = await other._claim()
    await finished(gate, killed, other)

    assert (before, after) == (0, 1)


async def test_a_worker_leaves_the_jobs_of_other_queues(market: Market) -> None:
    await promise(market, 1, kind="mail.welcome")
    for queues in (("default", "imports"), ("mail",)):
        settings = Settings(database_url=market.database.url, worker_queues=queues)
        working = create_worker(settings, market.database, Sources(clock=market.clock, stopwatch=market.clock.stopwatch))

        await working.run_due()

        (job,) = await market.jobs()
        assert job.attempts == ("mail" in queues)
