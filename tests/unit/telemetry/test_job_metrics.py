"""The metrics of jobs, as a worker reports them and as the database has them."""

import httpx
import pytest
from pydantic import SecretStr

from steelyard.app.application import create_app
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable
from steelyard.jobs import outbox, presence
from steelyard.jobs.tasks import PeriodicTask, PermanentFailure, Run, Task
from steelyard.jobs.worker import Worker
from steelyard.sources import Sources
from steelyard.tables.jobs import JobRow
from tests.kit.servers.open_metrics import OpenMetrics
from tests.kit.servers.running import settings_for
from tests.kit.servers.scraping import BEARER, TOKEN, scrape
from tests.kit.servers.waiting import until
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market


async def promise(database: Database, kind: str, clock: Clock) -> None:
    async with database.transaction() as tx:
        await outbox.enqueue(tx, kind, {}, run_at=clock.now)


async def test_attempts_are_counted_by_kind_and_result(market: Market) -> None:
    metrics = OpenMetrics(clock=market.clock)

    async def handler(job: JobRow) -> None:
        market.clock.advance(seconds=2)
        if job.kind == "test.bad":
            raise PermanentFailure

    tasks = {"test.job": Task(handler), "test.bad": Task(handler)}
    sources = Sources(clock=market.clock, stopwatch=market.clock.stopwatch)
    worker = Worker(market.database, tasks, name="worker-1", sources=sources, observer=metrics.jobs)
    for kind in ("test.job", "test.bad"):
        await promise(market.database, kind, market.clock)
        market.clock.advance(seconds=1)
        await worker.run_due()

    seen = metrics.read()
    assert seen.of("steelyard_jobs_total", kind="test.job", result="done") == 1
    assert seen.of("steelyard_jobs_total", kind="test.bad", result="dead") == 1
    assert seen.of("steelyard_job_seconds_sum", kind="test.job") == 2
    assert seen.of("steelyard_job_wait_seconds_sum", kind="test.job") == 1


async def test_the_backlog_is_that_of_all_workers(market: Market) -> None:
    metrics, clock = OpenMetrics(clock=market.clock), market.clock

    async def failing(_: JobRow) -> None:
        raise PermanentFailure

    sources = Sources(clock=clock, stopwatch=clock.stopwatch)
    await promise(market.database, "test.job", clock)
    await Worker(market.database, {"test.job": Task(failing)}, name="worker-1", sources=sources).run_due()
    for kind in ("mail.welcome", "mail.welcome", "unknown.kind"):
        await promise(market.database, kind, clock)
        clock.advance(seconds=10)
    await presence.Presence(market.database, "worker-2", ["mail"], ["mail.welcome"], sources).renew()

    await metrics.jobs.read(market.database.read())

    seen = metrics.read()
    assert [seen.of("steelyard_jobs_open", queue=queue) for queue in ("mail", "default", "other", "imports")] == [2, 0, 1, 0]
    assert [seen.of("steelyard_jobs_oldest_due_seconds", queue=queue) for queue in ("mail", "other", "default")] == [30, 10, 0]
    assert [seen.of("steelyard_jobs_dead", queue=queue) for queue in ("default", "mail")] == [1, 0]
    assert [seen.of("steelyard_workers", queue=queue) for queue in ("mail", "default")] == [1, 0]


async def test_the_last_success_of_a_task_is_that_of_any_worker(market: Market) -> None:
    clock = market.clock
    metrics, here = OpenMetrics(clock=clock), {"task": "outbox"}
    began_s = clock.now.timestamp()
    clock.advance(seconds=600)
    failed = metrics.read().of("steelyard_periodic_task_last_success_seconds", **here)

    async def run(_: Database, run: Run) -> None:
        run.changed, run.failed = 7, 1

    other = Worker(
        market.database, {}, [PeriodicTask("outbox", 300, run)], name="other", sources=Sources(clock=clock, stopwatch=clock.stopwatch)
    )
    await other.run_due()
    await metrics.jobs.read(market.database.read())
    metrics.jobs.periodic_task_finished("outbox", changed=2, failed=1, took_s=1, is_success=False)

    seen = metrics.read()
    assert failed == began_s
    assert seen.of("steelyard_periodic_task_last_success_seconds", **here) == began_s + 600
    assert seen.of("steelyard_periodic_task_interval_seconds", **here) == 300
    assert seen.of("steelyard_periodic_task_rows_total", **here, result="changed") == 2
    assert seen.of("steelyard_periodic_task_rows_total", **here, result="skipped") == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_database_that_is_away_is_read_again_later(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics, reads = OpenMetrics(), 0

    async def read(_: object) -> None:
        nonlocal reads
        reads += 1
        if reads == 1:
            raise DatabaseUnavailable("away")
        raise ZeroDivisionError

    monkeypatch.setattr("steelyard.telemetry.job_metrics.READ_INTERVAL_S", 0)
    monkeypatch.setattr(metrics.jobs, "read", read)

    with pytest.raises(ZeroDivisionError):
        await metrics.jobs.run(database)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_an_embedded_worker_is_among_the_metrics_of_its_server(database: Database) -> None:
    app = create_app(settings_for(database.url, embedded_worker=True, metrics_token=SecretStr(TOKEN)))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", headers={"authorization": BEARER})
    async with app.router.lifespan_context(app), client:

        async def seen() -> bool:
            current = scrape((await client.get("/metrics")).text)
            return current.of("steelyard_workers", queue="mail") is not None

        assert await until(seen)
