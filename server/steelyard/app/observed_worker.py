"""A worker as `steelyard worker` runs it: with its traces, its metrics and its pages."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.routing import Route

from steelyard.app.telemetry import create_job_metrics, create_process_metrics, create_tracing
from steelyard.app.worker import create_worker
from steelyard.contract.document import Document
from steelyard.db.database import Database
from steelyard.jobs.observer import WorkerState
from steelyard.jobs.worker import Worker
from steelyard.serving.beside import served
from steelyard.settings import Settings
from steelyard.sources import Sources
from steelyard.web_pages.worker import pages

if TYPE_CHECKING:
    from steelyard.telemetry.job_metrics import JobMetrics
    from steelyard.telemetry.tracing import Tracing


@asynccontextmanager
async def observed_worker(settings: Settings, database: Database, listener: socket.socket | None) -> AsyncIterator[Worker]:
    """The worker, which can be observed until the block ends. Its pages are served on the listener, if there is one."""
    sources = Sources()
    tracing = create_tracing(settings, sources, "steelyard-worker")
    metrics = None if listener is None else create_job_metrics(settings, sources)
    worker = create_worker(settings, database, sources, metrics, tracing)
    async with AsyncExitStack() as opened:
        if tracing is not None:
            tracing.sender.open()
            opened.push_async_callback(asyncio.to_thread, tracing.sender.close)
        if listener is not None:
            metrics_page = [] if metrics is None else _open_metrics(opened, settings, database, metrics, tracing)
            await opened.enter_async_context(served(pages(worker.state, metrics_page), listener, settings))
        yield worker


@asynccontextmanager
async def waiting_worker(settings: Settings, listener: socket.socket) -> AsyncIterator[None]:
    """Serve /livez until the block ends, for a worker that has no database yet. The listener stays open."""
    # The server closes what it gets.
    async with served(pages(lambda: WorkerState(0, 0, 0), []), listener.dup(), settings):
        yield


def _open_metrics(
    opened: AsyncExitStack, settings: Settings, database: Database, metrics: "JobMetrics", tracing: "Tracing | None"
) -> list[Route]:
    from steelyard.telemetry.registry import Registry  # noqa: PLC0415  # as in app/application.py
    from steelyard.web_pages.metrics import routes  # noqa: PLC0415

    registry, process = Registry(), create_process_metrics(database, Document.load(), tracing)
    registry.open()
    process.open(registry)
    metrics.open(registry)
    reading = asyncio.create_task(metrics.run(database))

    async def stop_reading() -> None:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    def render() -> bytes:
        process.sample()
        return registry.render()

    opened.push_async_callback(stop_reading)
    assert settings.metrics_token is not None
    return routes(settings.metrics_token.get_secret_value(), render)
