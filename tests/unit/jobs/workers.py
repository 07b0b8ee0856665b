"""Workers whose one kind of job runs a handler of the test."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, insert, select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.db.transaction import Transaction
from steelyard.jobs import outbox
from steelyard.jobs.tasks import Effect, JobHandler, PeriodicTask, Task
from steelyard.jobs.worker import Worker
from steelyard.sources import Sources
from steelyard.tables.events import feeds
from steelyard.tables.jobs import JobRow
from tests.kit.world.market import Market, OutboxRow

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


async def only(market: Market) -> OutboxRow:
    (job,) = await market.jobs()
    return job


async def delete_finished(database: Database) -> int:
    return await outbox.delete_finished(database, keep_done=timedelta(days=1), keep_dead=timedelta(days=30))


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


def marking(name: str) -> Effect:
    async def effect(tx: Transaction) -> None:
        await tx.run(leave_a_mark, name=name, position=0)

    return effect
