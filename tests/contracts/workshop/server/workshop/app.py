"""Builds the application of the workshop out of the packages that also build the marketplace, without any of its features."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from steelyard import web_pages
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
from steelyard.rate_limits.counts import Counts
from steelyard.rate_limits.memory import MemoryLimiter, Quota
from steelyard.security.sealing import Sealing
from steelyard.settings import Settings
from steelyard.sources import Sources
from steelyard.telemetry.access_log import AccessLog
from steelyard_contract.operations import OPERATIONS
from workshop.drawer import Drawer
from workshop.shelf import Shelf
from workshop.tokens import Keys, Tokens


def create_app(settings: Settings, *, sources: Sources | None = None, journal: AccessLog | None = None) -> ContractAPI:
    """The workshop as an ASGI application."""
    sources = sources or Sources()
    document = Document.load()
    database = Database.of(settings, clock=sources.clock, random_bytes=sources.random_bytes)
    limiter = MemoryLimiter({"default": Quota(settings.rate_default_per_minute, 60)}, Counts(sources.random_bytes))
    access_log = journal or AccessLog(sources.clock, None)
    tokens, keys = Tokens(), {scheme: Keys(scheme) for scheme in ("device", "link", "seat")}
    runtime = Runtime(
        document=document,
        shared={Settings: settings, Database: database, Shelf: Shelf(), Drawer: Drawer()},
        authenticator=tokens,
        enforcers=keys,
        rate_limits=RateLimits(limiter, sources.stopwatch, are_on=settings.rate_limits),
        validator=ResponseValidator(document, settings.response_validation, settings.response_validation_sample),
        problems_by_constraint={},
        sealing=Sealing([key.get_secret_value() for key in settings.secret_keys], sources.random_bytes),
        sources=sources,
        observer=access_log,
        deadlines=Deadlines(settings.operation_timeout_s),
        open_streams=OpenStreams(settings.max_streams_per_caller),
    )

    @asynccontextmanager
    async def lifespan(_: ContractAPI) -> AsyncIterator[None]:
        await database.open()
        limiter.open()
        try:
            yield
        finally:
            limiter.close()
            await database.close()

    app = ContractAPI(
        runtime,
        partial(
            Edge,
            digest=document.sha256,
            cors=Cors(settings.cors_origins),
            hosts=settings.trusted_hosts,
            proxies=settings.trusted_proxies,
            root_path=settings.root_path,
            sources=sources,
            observer=access_log,
        ),
        title=document.tree["info"]["title"],
        version=document.version,
        lifespan=lifespan,
        routes=web_pages.routes(settings, document.raw),
    )
    for operation_id, handler in bind_handlers(OPERATIONS, "workshop.features", tokens.schemes | keys.keys()).items():
        app.add_operation(OPERATIONS[operation_id], handler)
    return app


def reset(app: ContractAPI) -> None:
    """Remove what requests have changed."""
    app.shared(Shelf).clear()
    app.shared(Drawer).clear()
