"""The one place where things are wired: `create_app(settings)` is what server, worker, tests and command line all call."""

import asyncio
import os
import platform
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from steelyard import web_pages
from steelyard.contract.access.rate_limits import Limits
from steelyard.contract.api import ContractAPI
from steelyard.contract.binder import bind
from steelyard.contract.document import Document
from steelyard.contract.edge import Edge
from steelyard.contract.execution.deadlines import Deadlines
from steelyard.contract.http.cors import Cors
from steelyard.contract.operation import Machinery, Refusals
from steelyard.contract.response.validator import Referee
from steelyard.db.database import Database
from steelyard.features.auth import sessions as auth
from steelyard.features.auth.login import Login, LoginRules
from steelyard.features.items.problems import BY_CONSTRAINT as ITEMS
from steelyard.features.orders import service as orders
from steelyard.features.orders.problems import BY_CONSTRAINT as ORDERS
from steelyard.features.system.health import Checkup
from steelyard.features.users import reading
from steelyard.features.users.problems import BY_CONSTRAINT as USERS
from steelyard.idempotency import store
from steelyard.jobs import sweeps
from steelyard.jobs.worker import Sweep, Worker
from steelyard.mail.mailers import EMAIL_CHANGED, WELCOME, ConsoleMailer, FileMailer, Recipient, warning_the_old_address, welcoming
from steelyard.paging.cursors import Cursors
from steelyard.paging.totals import Totals
from steelyard.rate_limits.counts import Counts
from steelyard.rate_limits.memory import Limiter, quotas_of
from steelyard.security.access_tokens import Tokens
from steelyard.security.authenticator import Access, Standings
from steelyard.security.passwords import Passwords
from steelyard.security.scopes import ALL_SCOPES
from steelyard.settings import Settings
from steelyard.sources import Sources
from steelyard.telemetry.access_log import AccessLog
from steelyard.telemetry.logs import stdout
from steelyard_contract.operations import OPERATIONS

if TYPE_CHECKING:
    from steelyard.telemetry.metrics import Metrics

# domain.md: an overdue order gives its stock back within one sweep.
_OVERDUE_EVERY_S = 30

REFUSALS: Refusals = {**USERS, **ITEMS, **ORDERS}


def create_app(settings: Settings, *, sources: Sources | None = None, journal: AccessLog | None = None) -> ContractAPI:
    """The marketplace as an ASGI application. Nothing is opened before its lifespan starts."""
    sources = sources or Sources()
    document = Document.committed()
    resources = _resources(settings, sources, document)
    access = Access(resources[Login].tokens, resources[Standings])
    journal = journal or AccessLog(sources.clock, stdout if _logs_requests(settings) else None)
    metrics, metrics_page = _metrics(settings, resources[Database])
    limiter = Limiter(quotas_of(settings), Counts(sources.random_bytes, settings.rate_limits_file))
    machinery = Machinery(
        document=document,
        resources=resources,
        authenticator=access,
        limits=Limits(limiter, sources.stopwatch, are_on=settings.rate_limits),
        referee=Referee(document, settings.referee, settings.referee_sample),
        refusals=REFUSALS,
        sources=sources,
        journal=journal,
        deadlines=Deadlines(settings.operation_timeout_s),
    )

    worker = create_worker(settings, resources[Database], sources) if settings.works_off_jobs else None

    @asynccontextmanager
    async def lifespan(_: ContractAPI) -> AsyncIterator[None]:
        # Closed in reverse order, each whatever became of the others: a thread that stays would keep the process alive.
        async with AsyncExitStack() as opened:
            database: Database = resources[Database]
            opened.push_async_callback(database.close)
            # A process that starts while the database is away says so to its callers, and serves as soon as it is back.
            await database.open(patient=True)
            opened.callback(resources[Passwords].close)
            limiter.open()
            opened.callback(limiter.close)
            if metrics is not None:
                metrics.open()
                opened.callback(metrics.close)
                journal.count_in(metrics)
            opened.push_async_callback(_cancelled, asyncio.create_task(journal.run()))
            if worker is not None:
                opened.push_async_callback(_finished, asyncio.create_task(worker.run()))
                opened.callback(worker.stop)
            yield

    app = ContractAPI(
        machinery,
        partial(
            Edge,
            digest=document.sha256,
            cors=Cors(settings.cors_origins),
            hosts=settings.trusted_hosts,
            proxies=settings.trusted_proxies,
            root_path=settings.root_path,
            sources=sources,
            journal=journal,
        ),
        title=document.tree["info"]["title"],
        version=document.version,
        lifespan=lifespan,
        routes=[*web_pages.routes(settings, document.raw), *metrics_page],
    )
    for operation_id, handler in bind(OPERATIONS, "steelyard.features", access.schemes).items():
        app.add_operation(OPERATIONS[operation_id], handler)
    return app


async def _finished(task: "asyncio.Task[None]") -> None:
    await task


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _logs_requests(settings: Settings) -> bool:
    return settings.access_log and (settings.debug or settings.log_level in {"debug", "info"})


def _metrics(settings: Settings, database: Database) -> tuple["Metrics | None", list[Route]]:
    """The metrics and their page, for whom they are told at all."""
    if settings.metrics_token is None:
        return None, []
    # A hundredth of a second and a megabyte of every process, which only those pay who ask for it.
    from steelyard.telemetry.metrics import Metrics  # noqa: PLC0415
    from steelyard.web_pages.metrics import routes  # noqa: PLC0415

    metrics = Metrics(OPERATIONS, database.gauges)
    return metrics, routes(settings.metrics_token.get_secret_value(), metrics.told)


def create_worker(settings: Settings, database: Database, sources: Sources) -> Worker:
    """One worker of the outbox, with everything that there is to do afterwards; its process opens the database."""

    async def recipient(user_id: int) -> Recipient | None:
        return await reading.recipient(database.read(), user_id)

    async def forget_logins(database: Database) -> int:
        async with database.transaction() as tx:
            return await auth.sweep(tx, LoginRules.of(settings))

    async def forget_keys(database: Database) -> int:
        async with database.transaction() as tx:
            return await store.sweep(tx)

    mailer = FileMailer(settings.mail_folder) if settings.mail == "file" else ConsoleMailer()
    return Worker(
        database,
        {
            WELCOME: welcoming(mailer, recipient, sender=settings.mail_from),
            EMAIL_CHANGED: warning_the_old_address(mailer, sender=settings.mail_from),
        },
        [
            *sweeps.own(settings.audit_log),
            Sweep("overdue_orders", _OVERDUE_EVERY_S, orders.expire_overdue),
            Sweep("logins", sweeps.FORGET_EVERY_S, forget_logins, at_once=auth.SWEPT_AT_ONCE),
            Sweep("idempotency_keys", sweeps.FORGET_EVERY_S, forget_keys, at_once=store.SWEPT_AT_ONCE),
        ],
        # Two containers may both be `app`, process 1.
        name=f"{platform.node()[:32]}:{os.getpid()}:{secrets.token_hex(4)}",
        sources=sources,
    )


def _resources(settings: Settings, sources: Sources, document: Document) -> Mapping[type[Any], Any]:
    """What handlers may ask for by type, one of each for the whole application."""
    keys = [key.get_secret_value() for key in settings.secret_keys]
    database = Database.of(settings, clock=sources.clock)
    passwords = Passwords(threads=settings.hashing_threads, waiting=settings.hashing_waiting)
    tokens = Tokens(
        keys,
        clock=sources.clock,
        random_bytes=sources.random_bytes,
        known_scopes=ALL_SCOPES,
        lifetime_s=settings.access_token_lifetime_s,
    )
    return {
        Settings: settings,
        Document: document,
        Database: database,
        Passwords: passwords,
        Standings: Standings(auth.standing_of, sources.stopwatch),
        Login: Login(passwords, tokens, LoginRules.of(settings), sources.random_bytes),
        Cursors: Cursors(*(key.encode() for key in keys)),
        Totals: Totals(database),
        Checkup: Checkup(document.version, sources.stopwatch, lambda: database.takes_writes),
    }
