"""The application as a server runs it, and the processes that count together under a server that is not ours."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from steelyard.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Group:
    """Several processes on one socket, the folders in which they count limits and metrics together, and whether they are its first ones."""

    limits: Path
    metrics: Path
    workers: int
    is_first: bool


class Application:
    """An ASGI application with its settings, and the function that makes it report that it is not ready."""

    def __init__(self, app: ASGIApp, settings: Settings, drain: Callable[[], object]) -> None:
        self.app = app
        self.settings = settings
        self.drain = drain

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._run_lifespan(scope, receive, send) if scope["type"] == "lifespan" else self.app(scope, receive, send)

    async def _run_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception:
            # uvicorn logs it as one text, which the log leaves out because it may contain values.
            log.exception("start or stop failed")
            raise
