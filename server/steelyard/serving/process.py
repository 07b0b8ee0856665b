"""The server process: uvicorn with our protocol, one worker or several, and a graceful stop."""

import asyncio
import gc
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import ChangeReload

from steelyard.serving.application import Application
from steelyard.serving.config import ServerConfig
from steelyard.serving.exiting import exit_now
from steelyard.serving.supervisor import BEAT_INTERVAL_S, Beat, Supervisor, end_with_parent
from steelyard.settings import Settings

# A stopping server serves one more request on each connection, with `Connection: close`, and closes those that are idle for this long.
LINGER_S = 1.0
# Cancelled requests roll back and send a 503.
CANCELLED_WITHIN_S = 2.0
# The time for jobs, logs and database after the requests. A process that takes longer is killed.
LEAVE_WITHIN_S = 9.0
POLL_INTERVAL_S = 0.02

# Builds the application in the process that serves it. It is pickled, so it must be a function of a module.
AppFactory = Callable[[Settings], ASGIApp]

log = structlog.get_logger()


def do_nothing() -> None:
    """The heartbeat of a server without a supervisor."""


class Server(uvicorn.Server):
    """uvicorn's server with a graceful stop.

    The first signal stops in order: not ready for `drain_s` (SIGTERM only), then no new connections, and time for requests in flight.
    The second one ends the process at once, and so does a stop that takes longer than it may.
    A supervisor has the second one for itself: where a whole group is signalled, its workers get the first one twice.
    """

    def __init__(self, config: ServerConfig, *, beat: Beat = do_nothing, is_supervised: bool = False) -> None:
        super().__init__(config)
        self._settings = config.settings
        self._is_supervised = is_supervised
        self._beat = beat
        self._signal: int | None = None
        self._stop_at: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike in uvicorn, the handlers stay, because the command may have more to close, and the signal is not raised again."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # as signal handlers are called
        if self._signal is None:
            self._signal = sig
        elif not self._is_supervised:
            exit_now(sig)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._beating = asyncio.create_task(self._keep_beating())

    async def _keep_beating(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(BEAT_INTERVAL_S)

    async def on_tick(self, counter: int) -> bool:
        now = time.monotonic()
        if self._signal is not None and self._stop_at is None:
            drain_s = self._settings.drain_s if self._signal == signal.SIGTERM else 0
            self._stop_at = now + drain_s
            hanging = threading.Timer(drain_s + self._settings.stop_timeout_s + LEAVE_WITHIN_S, exit_now, [self._signal])
            hanging.daemon = True
            hanging.start()
            if isinstance(self.config.loaded_app, Application):
                self.config.loaded_app.drain()
        if self._stop_at is not None and now >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Replaces uvicorn's shutdown, which resets connections with requests under way and sends a bare 500 to those that it cancels."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        connections, tasks = self.server_state.connections, self.server_state.tasks
        if self._signal == signal.SIGTERM:
            for connection in connections:
                connection.finish()  # type: ignore[union-attr]  # they are all of our protocol
            await _wait_until_empty(LINGER_S, connections)
        for connection in list(connections):
            connection.shutdown()
        if not await _wait_until_empty(self._settings.stop_timeout_s, connections, tasks):
            log.warning("requests cancelled, because the process stops", count=len(tasks))
            for task in tasks:
                task.cancel()
            await _wait_until_empty(CANCELLED_WITHIN_S, tasks)
        await self.lifespan.shutdown()


async def _wait_until_empty(within_s: float, *sets: Collection[object]) -> bool:
    """Whether all of them are empty in time."""
    until = time.monotonic() + within_s
    while any(sets):
        if time.monotonic() > until:
            return False
        await asyncio.sleep(POLL_INTERVAL_S)
    return True


def serve(
    settings: Settings,
    app: AppFactory,
    listener: socket.socket,
    *,
    workers: int = 1,
    reload: bool = False,
) -> int:
    """Serve until a signal; the exit status."""
    host, port, *_ = listener.getsockname()
    log.info("serving", host=host, port=port, workers=workers, pid=os.getpid(), environment=settings.environment)
    if reload:
        watching = uvicorn.Config(app, reload=True, log_config=None)
        ChangeReload(watching, target=partial(_serve_until_changed, settings, app), sockets=[listener]).run()
        return 0
    if workers > 1:
        stop_within_s = settings.drain_s + settings.stop_timeout_s + LEAVE_WITHIN_S + 1
        return Supervisor(partial(_work, settings, app), listener, workers, stop_within_s=stop_within_s).run()
    Server(_config(settings, app)).run(sockets=[listener])
    return 0


def _work(settings: Settings, app: AppFactory, listener: socket.socket, beat: Beat) -> None:
    Server(_config(settings, app), beat=beat, is_supervised=True).run(sockets=[listener])


def _serve_until_changed(settings: Settings, app: AppFactory, sockets: list[socket.socket] | None) -> None:
    end_with_parent()
    Server(_config(settings, app)).run(sockets=sockets)


def _config(settings: Settings, app: AppFactory) -> ServerConfig:
    # Created in the process that serves, because its counters belong to this process.
    return ServerConfig(partial(_build, app, settings), settings)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, which workers inherit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    # A restart must not wait for TIME_WAIT of earlier connections.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def _build(app: AppFactory, settings: Settings) -> ASGIApp:
    # What is imported and built here stays. Examining it while it grows takes a sixth of the start.
    gc.disable()
    try:
        built = app(settings)
    finally:
        gc.enable()
    freeze()
    return built


def freeze() -> None:
    """Objects that exist now live as long as the process, so the garbage collector need not examine them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
