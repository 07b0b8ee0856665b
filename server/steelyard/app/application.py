"""Builds the application: server, tests and command line all call `create_app(settings)`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import Route

from steelyard import web_pages
from steelyard.app.discovery import problems_by_constraint
from steelyard.app.shared_objects import quotas_from, shared_objects
from steelyard.app.telemetry import create_job_metrics, create_process_metrics, create_tracing
from steelyard.app.worker import create_worker
from steelyard.contract.access.rate_limits import RateLimits
from steelyard.contract.api import ContractAPI
from steelyard.contract.binder import bind_handlers
from steelyard.contract.document import Document
from steelyard.contract.edge import Edge
from steelyard.contract.execution.deadlines import Deadlines
from steelyard.contract.http.cors import Cors
from steelyard.contract.open_streams import OpenStreams
from steelyard.contract.operation import Runtime
from steelyard.contract.response.validator import ResponseValidator
from steelyard.db.database import Database
from steelyard.features.auth.api_keys import keep_recording_uses
from steelyard.features.auth.login import LoginTools
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.jobs.wake_up import Bell
from steelyard.rate_limits.counts import Counts
from steelyard.rate_limits.memory import Decisions, MemoryLimiter
from steelyard.rate_limits.shared import SharedLimiter
from steelyard.security.api_keys import ApiKeys
from steelyard.security.authenticator import BearerAuthenticator
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.passwords import PasswordHasher
from steelyard.security.sealing import Sealing
from steelyard.settings import Settings
from steelyard.sources import Sources
from steelyard.telemetry.access_log import AccessLog
from steelyard.telemetry.logs import stdout
from steelyard_contract.operations import OPERATIONS

if TYPE_CHECKING:
    from steelyard.telemetry.metrics import Metrics
    from steelyard.telemetry.process_metrics import ProcessMetrics


def create_app(settings: Settings, *, sources: Sources | None = None, journal: AccessLog | None = None) -> ContractAPI:
    """The marketplace as an ASGI application. Nothing is opened before its lifespan starts."""
    sources = sources or Sources()
    document = Document.load()
    limiter = MemoryLimiter(quotas_from(settings), Counts(sources.random_bytes, settings.rate_limits_file))
    shared_limiter = _shared_limiter(settings, limiter, sources)
    shared = shared_objects(settings, sources, document, shared_limiter)
    access = BearerAuthenticator(shared[LoginTools].tokens, shared[ApiKeys], shared[CredentialCache])
    access_log = journal or AccessLog(sources.clock, stdout if _logs_requests(settings) else None)
    rate_limits = RateLimits(limiter, sources.stopwatch, are_on=settings.rate_limits, shared=shared_limiter)
    tracing = create_tracing(settings, sources, "steelyard")
    open_streams = OpenStreams(settings.max_streams_per_caller)
    process_metrics = partial(create_process_metrics, shared[Database], document, tracing)
    metrics, metrics_page = _metrics(settings, process_metrics, rate_limits, shared_limiter, shared[ThirdPartyLogin], open_streams)
    job_metrics = create_job_metrics(settings, sources) if settings.runs_worker else None
    runtime = Runtime(
        document=document,
        shared=shared,
        authenticator=access,
        rate_limits=rate_limits,
        validator=ResponseValidator(document, settings.response_validation, settings.response_validation_sample),
        problems_by_constraint=problems_by_constraint(),
        sealing=Sealing([key.get_secret_value() for key in settings.secret_keys], sources.random_bytes),
        sources=sources,
        observer=access_log,
        deadlines=Deadlines(settings.operation_timeout_s),
        open_streams=open_streams,
        immediate_dependencies=settings.immediate_dependencies,
    )

    worker = create_worker(settings, shared[Database], sources, job_metrics, tracing) if settings.runs_worker else None
    # A worker rings by itself.
    bell = Bell(shared[Database]) if worker is None and not settings.is_embedded else None

    @asynccontextmanager
    async def lifespan(_: ContractAPI) -> AsyncIterator[None]:
        # The stack closes all of them, in reverse order, even if one fails: a thread that is left would keep the process alive.
        async with AsyncExitStack() as opened:
            database: Database = shared[Database]
            opened.push_async_callback(database.close)
            # A process that starts during an outage of the database responds with 503 until the database is back.
            await database.open(patient=True)
            opened.callback(shared[PasswordHasher].close)
            opened.push_async_callback(_cancelled, asyncio.create_task(keep_recording_uses(database, shared[ApiKeys])))
            limiter.open()
            opened.callback(limiter.close)
            if shared_limiter is not None:
                opened.push_async_callback(shared_limiter.close)
                await shared_limiter.open()
            if tracing is not None:
                tracing.sender.open()
                opened.push_async_callback(asyncio.to_thread, tracing.sender.close)
            if metrics is not None:
                metrics.open()
                opened.callback(metrics.close)
                access_log.use_metrics(metrics)
                if job_metrics is not None:
                    job_metrics.open(metrics.registry)
                    opened.push_async_callback(_cancelled, asyncio.create_task(job_metrics.run(database)))
            opened.push_async_callback(_cancelled, asyncio.create_task(access_log.run()))
            if bell is not None:
                opened.push_async_callback(_cancelled, asyncio.create_task(bell.run()))
            if worker is not None:
                opened.push_async_callback(_finished, asyncio.create_task(worker.run()))
                opened.callback(worker.stop)
            yield

    app = ContractAPI(
        runtime,
        partial(
            Edge,
            digest=document.sha256,
            cors=Cors(settings.cors_origins),
            hosts=settings.trusted_hosts,
            proxies=settings.trusted_proxies,
            root_path=settings.root_path,
            whole_responses=settings.whole_responses,
            sources=sources,
            observer=access_log,
            tracing=tracing,
        ),
        title=document.tree["info"]["title"],
        version=document.version,
        lifespan=lifespan,
        routes=[*web_pages.routes(settings, document.raw), *metrics_page],
    )
    for operation_id, handler in bind_handlers(OPERATIONS, "steelyard.features", access.schemes).items():
        app.add_operation(OPERATIONS[operation_id], handler)
    return app


async def _finished(task: "asyncio.Task[None]") -> None:
    await task


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _logs_requests(settings: Settings) -> bool:
    return settings.access_log and (settings.debug or settings.log_level in {"debug", "info"})


def _shared_limiter(settings: Settings, local: MemoryLimiter, sources: Sources) -> SharedLimiter | None:
    """The limiter that several machines share, if the settings name a store for it."""
    if settings.redis_url is None or not settings.rate_limits:
        return None
    # The library is an extra, and costs a process without a store several megabytes.
    from steelyard.rate_limits.valkey import Valkey  # noqa: PLC0415

    store = Valkey(settings.redis_url.get_secret_value(), timeout_s=settings.redis_timeout_s)
    return SharedLimiter(store, local, frozenset(settings.shared_classes), sources.stopwatch)


def _metrics(
    settings: Settings,
    process: Callable[[], "ProcessMetrics"],
    rate_limits: RateLimits,
    shared_limiter: SharedLimiter | None,
    login: ThirdPartyLogin,
    open_streams: OpenStreams,
) -> tuple["Metrics | None", list[Route]]:
    """The metrics and their page, if a token for them is set."""
    if settings.metrics_token is None:
        return None, []
    # The import costs each process a hundredth of a second and a megabyte, so it waits until metrics are switched on.
    from steelyard.telemetry.metrics import Metrics  # noqa: PLC0415
    from steelyard.telemetry.registry import Registry  # noqa: PLC0415
    from steelyard.web_pages.metrics import routes  # noqa: PLC0415

    def decisions() -> Decisions:
        return rate_limits.decisions if shared_limiter is None else rate_limits.decisions | shared_limiter.decisions

    registry = Registry()
    cache = None if shared_limiter is None else lambda: shared_limiter.is_up
    metrics = Metrics(registry, process(), OPERATIONS, decisions, cache, lambda: login.results, lambda: open_streams.count)
    return metrics, routes(settings.metrics_token.get_secret_value(), registry.render)
