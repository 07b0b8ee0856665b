"""A server beside the work of a process that handles its signals itself."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from steelyard.serving.config import ServerConfig
from steelyard.settings import Settings

STOP_TIMEOUT_S = 1.0


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: the process does."""
        yield


@asynccontextmanager
async def served(app: ASGIApp, listener: socket.socket, settings: Settings) -> AsyncIterator[None]:
    """Serve until the block ends, within the bounds of our protocol. Any Host is accepted: a scrape may name the machine by its address."""
    config = ServerConfig(lambda: app, settings.model_copy(update={"trusted_hosts": ("*",)}))
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        # A scrape takes milliseconds. A client that reads slowly must not hold up the end of the process.
        await asyncio.wait([serving], timeout=STOP_TIMEOUT_S)
        server.force_exit = True
        await serving
