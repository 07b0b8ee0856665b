"""Workers start jobs that other processes have committed at once, without a notification in the transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import asyncpg
import pytest

from steelyard.db.database import Database
from steelyard.db.postgres.listening import listen
from steelyard.jobs import outbox
from steelyard.jobs.queries import CHANNEL
from steelyard.jobs.tasks import Task
from steelyard.jobs.wake_up import Bell
from steelyard.jobs.worker import Worker
from steelyard.tables.jobs import JobRow
from tests.kit.servers.waiting import until


@asynccontextmanager
async def running(coroutine: asyncio.Task[None]) -> AsyncIterator[None]:
    yield
    coroutine.cancel()
    await asyncio.gather(coroutine, return_exceptions=True)


@contextmanager
def count_notifications(postgres: Database) -> Iterator[list[None]]:
    heard: list[None] = []
    listening = asyncio.create_task(listen(postgres.url, CHANNEL, lambda: heard.append(None), connect_timeout_s=5))
    yield heard
    listening.cancel()


async def enqueue(database: Database, number: int) -> None:
    async with database.transaction() as tx:
        await outbox.enqueue(tx, "test.job", {"n": number})


async def test_a_worker_starts_a_job_of_another_process_before_it_looks_again(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.jobs.worker._POLL_S", 60)
    done: list[int] = []

    async def handler(job: JobRow) -> None:
        done.append(job.payload["n"])

    def listening(notify: Callable[[], None]) -> asyncio.Future[None]:
        return listen(postgres.url, CHANNEL, notify, connect_timeout_s=5)  # type: ignore[return-value]  # a coroutine

    other = Database(postgres.url)
    await other.open()
    worker = Worker(postgres, {"test.job": Task(handler)}, name="worker-1", listen=listening)  # type: ignore[arg-type]  # the same
    working = asyncio.create_task(worker.run())
    async with running(asyncio.create_task(Bell(other).run())):
        for number in range(3):
            await enqueue(other, number)
            await until(partial(done.__contains__, number))
    worker.stop()
    await working
    await other.close()

    assert done == [0, 1, 2]


@pytest.mark.promise("R26")
async def test_many_commits_are_few_notifications(postgres: Database) -> None:
    with count_notifications(postgres) as heard:
        await until(lambda: len(heard) == 1)  # the first of each connection
        async with running(asyncio.create_task(Bell(postgres).run())):
            await asyncio.gather(*(enqueue(postgres, number) for number in range(100)))
            await until(lambda: len(heard) >= 2)
            await enqueue(postgres, 100)
            await until(lambda: len(heard) >= 3)

    assert len(heard) < 50


@pytest.mark.promise("R26")
async def test_a_process_without_a_bell_notifies_in_no_transaction(postgres: Database) -> None:
    with count_notifications(postgres) as heard:
        await until(lambda: len(heard) == 1)
        await enqueue(postgres, 1)
        connection = await asyncpg.connect(postgres.url)
        await connection.execute(f"NOTIFY {CHANNEL}")  # arrives after all earlier ones
        await until(lambda: len(heard) == 2)
        triggers = await connection.fetchval("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'outbox'::regclass")
        await connection.close()

    assert (len(heard), triggers) == (2, 0)


async def test_a_lost_connection_is_replaced_and_counts_as_a_notification(postgres: Database) -> None:
    with count_notifications(postgres) as heard:
        await until(lambda: len(heard) == 1)
        connection = await asyncpg.connect(postgres.url)
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'steelyard listener'")
        await until(lambda: len(heard) == 2)
        await connection.execute(f"NOTIFY {CHANNEL}")
        await until(lambda: len(heard) == 3)
        await connection.close()
