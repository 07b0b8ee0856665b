"""Jobs while workers are killed, frozen and stopped, and while the database crashes."""

import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select, update

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError
from steelyard.db.statements import statement
from steelyard.jobs import outbox
from steelyard.tables.credentials import login_failures
from steelyard.tables.jobs import outbox as jobs
from tests.faults.job_worker import AT_ONCE, KIND
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import Process, python
from tests.kit.servers.waiting import until

JOBS = 600
WORKERS = 3
KILLS = 12
FAILURES = 0.1
WITHIN_S = 120
STOP_WITHIN_S = 15

is_open = jobs.c.done_at.is_(None) & jobs.c.dead_at.is_(None)
count_open = statement(select(func.count()).where(is_open), int)
count_running = statement(select(func.count()).where(is_open, jobs.c.lease_until.is_not(None)), int)
count_dead = statement(select(func.count()).where(jobs.c.dead_at.is_not(None)), int)
list_attempts = statement(select(jobs.c.attempts), int)
list_effects = statement(select(login_failures.c.account_key), str)
# As if the minute had passed that a lease lasts.
expire_leases = statement(update(jobs).where(is_open, jobs.c.leased_by == bindparam("worker")).values(lease_until=bindparam("now")))


class Bench:
    """Worker processes on one database, and the file that their jobs write to."""

    def __init__(self, url: str, database: Database, folder: Path, stack: AsyncExitStack) -> None:
        self.database = database
        self.workers: dict[str, Process] = {}
        self._url = url
        self._folder = folder
        self._stack = stack
        self._started = 0

    @property
    def sent(self) -> list[str]:
        """The job of each attempt that has begun its work."""
        file = self._folder / "sent"
        return file.read_text().split() if file.exists() else []

    async def start(self, *, takes_s: float = 0.02, failures: float = 0) -> str:
        self._started += 1
        name = f"worker-{self._started}"
        arguments = (self._url, name, str(self._folder / "sent"), str(takes_s), str(failures))
        self.workers[name] = await self._stack.enter_async_context(python("-m", "tests.faults.job_worker", *arguments, folder=self._folder))
        await self.workers[name].line("ready")
        return name

    async def kill(self, name: str) -> None:
        killed = self.workers.pop(name)
        killed.signal(signal.SIGKILL)
        await killed.ended()
        await self.expire(name)

    async def expire(self, name: str) -> None:
        async with self.database.transaction() as tx:
            await tx.run(expire_leases, worker=name, now=tx.now)

    async def enqueue(self, count: int) -> None:
        async with self.database.transaction() as tx:
            for number in range(count):
                await outbox.enqueue(tx, KIND, {"n": number})

    async def until_open(self, count: int) -> None:
        async def is_left() -> bool:
            try:
                return await self.database.read().one(count_open) <= count
            except DatabaseError:
                return False

        await until(is_left, WITHIN_S)

    async def until_running(self, count: int) -> None:
        async def is_running() -> bool:
            return await self.database.read().one(count_running) == count

        await until(is_running, WITHIN_S)

    async def effects(self) -> list[str]:
        return await self.database.read().all(list_effects)


@asynccontextmanager
async def bench_on(url: str, folder: Path) -> AsyncIterator[Bench]:
    database = Database(url)
    await database.open()
    async with AsyncExitStack() as stack:
        yield Bench(url, database, folder, stack)
    await database.close()


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(database_url, tmp_path) as bench:
        yield bench


@pytest.mark.promise("R10")
async def test_every_job_has_its_effect_once_though_workers_and_the_database_are_killed(
    bench: Bench, request: pytest.FixtureRequest
) -> None:
    await bench.enqueue(JOBS)
    for _ in range(WORKERS):
        await bench.start(failures=FAILURES)
    for kill in range(1, KILLS + 1):
        await bench.until_open(JOBS - kill * JOBS // (KILLS + 2))
        await bench.kill(next(iter(bench.workers)))
        await bench.start(failures=FAILURES)
        if kill == KILLS // 2 and bench.database.dialect == "postgresql":
            server: Server = request.getfixturevalue("durable_server")
            server.stop(how=signal.SIGQUIT)
            server.start()
    await bench.until_open(0)

    assert await bench.database.read().one(count_dead) == 0
    assert Counter(await bench.effects()) == Counter(f"job {number}" for number in range(JOBS))
    errors = sum(await bench.database.read().all(list_attempts)) - JOBS
    # What was in flight when a worker was killed, and what all had in flight when the database crashed.
    assert len(bench.sent) <= JOBS + errors + (KILLS + WORKERS) * AT_ONCE


@pytest.mark.promise("R10")
async def test_a_frozen_worker_that_continues_changes_nothing(bench: Bench) -> None:
    await bench.enqueue(1)
    frozen = await bench.start(takes_s=1)
    await bench.until_running(1)
    await until(lambda: len(bench.sent) == 1)
    bench.workers[frozen].signal(signal.SIGSTOP)
    await bench.expire(frozen)
    await bench.start(takes_s=0)
    await bench.until_open(0)
    bench.workers[frozen].signal(signal.SIGCONT)
    await bench.workers[frozen].line("job_taken_over")

    assert await bench.effects() == ["job 0"]
    assert len(bench.sent) == 2


@pytest.mark.promise("R10")
async def test_a_stopped_worker_hands_back_what_it_cannot_finish(bench: Bench) -> None:
    await bench.enqueue(3)
    name = await bench.start(takes_s=60)
    await bench.until_running(3)
    began_s = time.monotonic()
    bench.workers[name].signal(signal.SIGTERM)
    status = await bench.workers[name].ended()
    took_s = time.monotonic() - began_s

    assert status == 0
    assert took_s <= STOP_WITHIN_S
    assert await bench.database.read().all(list_attempts) == [0, 0, 0]
    assert await bench.database.read().one(count_running) == 0
    assert await bench.effects() == []


@pytest.mark.promise("R10")
async def test_a_rolled_back_transaction_leaves_no_job(bench: Bench) -> None:
    tx = bench.database.transaction()
    await outbox.enqueue(tx, KIND, {"n": 1})
    await tx.rollback()

    assert await bench.database.read().one(count_open) == 0
