"""The worker runs each job once, again after a failure, and marks it dead in the end."""

import asyncio
from collections import Counter

from steelyard.db.transaction import Transaction
from steelyard.jobs.tasks import Effect, PermanentFailure, Task
from steelyard.jobs.worker import Worker
from steelyard.tables.jobs import JobRow
from tests.kit.world.market import Market
from tests.unit.jobs.workers import Recorder, delete_finished, leave_a_mark, marking, marks, only, promise, worker


async def test_a_job_runs_once_and_is_marked_as_done(market: Market) -> None:
    recorder = Recorder()
    await promise(market, 1, 2)

    assert await worker(market, recorder).run_due() == 2

    assert recorder.seen == [1, 2]
    assert {job.done_at for job in await market.jobs()} == {market.clock.now}
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


async def test_three_workers_do_every_job_once(market: Market) -> None:
    done: Counter[int] = Counter()

    async def handler(job: JobRow) -> Effect:
        done[job.payload["n"]] += 1
        return marking(f"job {job.payload['n']}")

    await promise(market, *range(200))

    await asyncio.gather(*(worker(market, handler, f"worker-{number}").run_due() for number in range(3)))

    assert done == Counter(range(200))
    assert len(await market.database.read().all(marks)) == 200


async def test_a_running_worker_wakes_for_jobs_of_the_same_process(market: Market) -> None:
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


async def test_a_stopped_worker_closes_what_its_tasks_keep_open(market: Market) -> None:
    closed = []

    async def close() -> None:
        closed.append("mailer")

    working = Worker(market.database, {}, name="worker-1", close=close)
    working.stop()
    await working.run()

    assert closed == ["mailer"]


async def test_done_jobs_are_deleted_after_a_day_and_dead_jobs_after_thirty(market: Market) -> None:
    await promise(market, 1)
    await worker(market, Recorder()).run_due()
    await promise(market, 2)
    await worker(market, Recorder(PermanentFailure())).run_due()
    await promise(market, 3, in_s=10**7)

    market.clock.advance(days=1, seconds=1)
    assert await delete_finished(market.database) == 1
    market.clock.advance(days=29)
    assert await delete_finished(market.database) == 1
    assert [job.payload for job in await market.jobs()] == [{"n": 3}]
