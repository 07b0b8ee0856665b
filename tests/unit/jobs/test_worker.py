"""The worker runs each job once, again after a failure, and marks it dead in the end."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.db.transaction import Transaction
from steelyard.jobs import outbox
from steelyard.jobs.tasks import Effect, JobHandler, PeriodicTask, PermanentFailure, Task
from steelyard.jobs.worker import Worker
from steelyard.sources import Sources
from steelyard.tables.events import feeds
from steelyard.tables.jobs import JobRow
from tests.kit.servers.waiting import until
from tests.kit.world.market import Market, PromisedRow

# Any table shows an effect.
leave_a_mark = statement(insert(feeds).values(name=bindparam("name"), position=bindparam("position")))
marks = statement(select(feeds.c.name).order_by(feeds.c.name), str)


def worker(market: Market, handler: JobHandler | Task, name: str = "worker-1", periodic_tasks: Sequence[PeriodicTask] = ()) -> Worker:
    task = handler if isinstance(handler, Task) else Task(handler, delays_s=(10, 60))
    # Half of the random bytes: no jitter.
    sources = Sources(clock=market.clock, random_bytes=lambda n: b"\x7f" * n, stopwatch=market.clock.stopwatch)
    return Worker(market.database, {"test.job": task}, periodic_tasks, name=name, sources=sources)


async def promise(market: Market, *numbers: int, kind: str = "test.job", in_s: float = 0) -> None:
    async with market.database.transaction() as tx:
        for number in numbers:
            await outbox.enqueue(tx, kind, {"n": number}, run_at=tx.now + timedelta(seconds=in_s))


async def only(market: Market) -> PromisedRow:
    (job,) = await market.promised()
    return job


class Recorder:
    """A handler that records its jobs and raises the given errors first."""

    def __init__(self, *failures: Exception) -> None:
        self.seen: list[int] = []
        self._failures = list(failures)

    async def __call__(self, job: JobRow) -> Effect | None:
        self.seen.append(job.payload["n"])
        if self._failures:
            raise self._failures.pop(0)
        return None


async def test_a_job_runs_once_and_is_marked_as_done(market: Market) -> None:
    recorder = Recorder()
    await promise(market, 1, 2)

    assert await worker(market, recorder).run_due() == 2

    assert recorder.seen == [1, 2]
    assert {job.done_at for job in await market.promised()} == {market.clock.now}
    assert await worker(market, recorder).run_due() == 0


async def test_a_job_waits_for_its_time(market: Market) -> None:
    recorder = Recorder()
    await promise(market, 1, in_s=60)

    await worker(market, recorder).run_due()
    assert recorder.seen == []

    market.clock.advance(seconds=60)
    await worker(market, recorder).run_due()
    assert recorder.seen == [1]


async def test_a_job_of_an_unknown_kind_is_left_to_other_workers(market: Market) -> None:
    await promise(market, 1, kind="tomorrows.job")

    assert await worker(market, Recorder()).run_due() == 0

    assert (await only(market)).attempts == 0


async def test_a_failed_job_is_tried_again_after_its_delay(market: Market) -> None:
    recorder = Recorder(OSError("the password is hunter2"))
    await promise(market, 1)

    await worker(market, recorder).run_due()

    job = await only(market)
    assert (job.attempts, job.lease_until, job.leased_by) == (1, None, None)
    assert abs((job.run_at - market.clock.now).total_seconds() - 10) < 0.1
    assert job.last_error == "builtins.OSError"

    market.clock.advance(seconds=11)
    await worker(market, recorder).run_due()
    assert recorder.seen == [1, 1]
    assert (await only(market)).done_at == market.clock.now


async def test_a_job_is_dead_after_its_last_attempt(market: Market) -> None:
    recorder = Recorder(*[OSError()] * 9)
    await promise(market, 1)

    for _ in range(5):
        await worker(market, recorder).run_due()
        market.clock.advance(hours=1)

    job = await only(market)
    assert recorder.seen == [1, 1, 1]
    assert job.dead_at is not None
    assert job.done_at is None


async def test_a_permanent_failure_makes_a_job_dead_at_once(market: Market) -> None:
    await promise(market, 1)

    await worker(market, Recorder(PermanentFailure())).run_due()

    assert (await only(market)).dead_at == market.clock.now


async def test_a_job_that_hangs_is_cancelled_and_tried_again(market: Market) -> None:
    async def hang(_: JobRow) -> None:
        await asyncio.Event().wait()

    await promise(market, 1)

    await worker(market, Task(hang, timeout_s=0.01)).run_due()

    assert (await only(market)).last_error == "builtins.TimeoutError"


def marking(name: str) -> Effect:
    async def effect(tx: Transaction) -> None:
        await tx.run(leave_a_mark, name=name, position=0)

    return effect


async def test_effects_are_committed_in_the_transaction_that_marks_the_job_as_done(market: Market) -> None:
    async def handler(job: JobRow) -> Effect:
        return marking(f"done {job.payload['n']}")

    await promise(market, 1, 2)

    await worker(market, handler).run_due()

    assert await market.database.read().all(marks) == ["done 1", "done 2"]


async def test_a_failing_effect_is_rolled_back_and_its_job_tried_again(market: Market) -> None:
    async def handler(_: JobRow) -> Effect:
        async def effect(tx: Transaction) -> None:
            await tx.run(leave_a_mark, name="half", position=0)
            raise OSError

        return effect

    await promise(market, 1)

    await worker(market, handler).run_due()

    assert await market.database.read().all(marks) == []
    assert (await only(market)).done_at is None


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


async def test_the_fence_tells_two_workers_of_the_same_name_apart(market: Market) -> None:
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


async def test_three_workers_do_every_job_once(market: Market) -> None:
    done: Counter[int] = Counter()

    async def handler(job: JobRow) -> Effect:
        done[job.payload["n"]] += 1
        return marking(f"job {job.payload['n']}")

    await promise(market, *range(200))

    await asyncio.gather(*(worker(market, handler, f"worker-{number}").run_due() for number in range(3)))

    assert done == Counter(range(200))
    assert len(await market.database.read().all(marks)) == 200


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

    assert await market.promised() == []


async def test_a_slow_periodic_task_costs_no_job_its_lease(market: Market) -> None:
    begun, sweeping, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: JobRow) -> None:
        begun.set()
        await go_on.wait()

    async def run(_: Database) -> int:
        sweeping.set()
        await go_on.wait()
        return 0

    await promise(market, 1)
    working = worker(market, slow, periodic_tasks=[PeriodicTask("test", 3600, run)])
    running = asyncio.create_task(working.run())
    async with asyncio.timeout(20):
        await asyncio.gather(begun.wait(), sweeping.wait())
        claimed_until = (await only(market)).lease_until
        market.clock.advance(seconds=30)
        await until(lambda: renewed(market, claimed_until))
        go_on.set()
        working.stop()
        await running

    assert (await only(market)).done_at is not None


async def renewed(market: Market, claimed_until: datetime | None) -> bool:
    return (await only(market)).lease_until != claimed_until


async def test_a_running_worker_wakes_for_jobs_of_its_own_process(market: Market) -> None:
    done = asyncio.Event()

    async def handler(_: JobRow) -> None:
        done.set()

    working = worker(market, handler)
    running = asyncio.create_task(working.run())
    async with asyncio.timeout(5):
        await promise(market, 1)
        await done.wait()
        working.stop()
        await running

    assert (await only(market)).done_at is not None


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


# --- the backlog ---


async def test_the_backlog_has_the_lag_of_the_oldest_due_job_and_the_number_of_dead_jobs(market: Market) -> None:
    await promise(market, 1)
    await promise(market, 2, in_s=3600)
    market.clock.advance(seconds=300)

    backlog = await outbox.get_backlog(market.database.read())
    assert (backlog.lag.total_seconds(), backlog.dead, backlog.is_degraded) == (300, 0, False)

    market.clock.advance(seconds=1)
    assert (await outbox.get_backlog(market.database.read())).is_degraded

    await worker(market, Recorder(PermanentFailure())).run_due()
    backlog = await outbox.get_backlog(market.database.read())
    assert (backlog.lag.total_seconds(), backlog.dead, backlog.is_degraded) == (0, 1, True)


async def test_done_jobs_are_deleted_after_a_day_and_dead_jobs_after_thirty(market: Market) -> None:
    await promise(market, 1)
    await worker(market, Recorder()).run_due()
    await promise(market, 2)
    await worker(market, Recorder(PermanentFailure())).run_due()
    await promise(market, 3, in_s=10**7)

    market.clock.advance(days=1, seconds=1)
    assert await outbox.delete_finished(market.database) == 1
    market.clock.advance(days=29)
    assert await outbox.delete_finished(market.database) == 1
    assert [job.payload for job in await market.promised()] == [{"n": 3}]
