"""The server process: uvicorn with our protocol, an orderly stop, and workers that end with their parent."""

import asyncio
import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.supervisors import ChangeReload, Multiprocess

from steelyard.protocol import Config
from steelyard.settings import Settings

# So many dead workers within so many seconds are no accident.
DEATHS, DEATHS_WITHIN_S = 5, 60.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h

log = structlog.get_logger()


class OrderlyStop:
    """An ASGI layer that turns the first SIGTERM into a drain: still serving, but no longer ready; then uvicorn stops as it always does.

    A second one stops at once.
    """

    def __init__(self, app: ASGIApp, drain_s: float, draining: Callable[[], object]) -> None:
        self.app = app
        self._drain_s = drain_s
        self._draining = draining
        self._signalled = 0

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._live(scope, receive, send) if scope["type"] == "lifespan" else self.app(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        if threading.current_thread() is threading.main_thread():
            self._take_over(asyncio.get_running_loop())
        try:
            await self.app(scope, receive, send)
        except Exception:
            # uvicorn tells it as one text, which our log leaves out because it may hold values.
            log.exception("start or stop failed")
            raise

    def _take_over(self, loop: asyncio.AbstractEventLoop) -> None:
        stop = signal.getsignal(signal.SIGTERM)

        def handle(number: int, frame: FrameType | None) -> None:
            self._signalled += 1
            if not callable(stop):
                return
            if self._signalled > 1:
                os._exit(128 + number)  # nothing may hold up whoever insists; what was committed is safe
            elif self._drain_s:
                loop.call_soon_threadsafe(self._draining)
                loop.call_soon_threadsafe(loop.call_later, self._drain_s, stop, number, None)
            else:
                self._draining()
                stop(number, frame)

        signal.signal(signal.SIGTERM, handle)


def serve(
    settings: Settings, app: Callable[[Settings], ASGIApp], listener: socket.socket, *, workers: int = 1, reload: bool = False
) -> int:
    """Serve until told to stop; the exit status. `app` is built in the process that serves it, so it must be a module's function."""
    config = Config(partial(_built, app, settings), settings, workers=workers, reload=reload)
    if workers == 1 and not reload:
        server = uvicorn.Server(config)
        # uvicorn raises the signal that stopped it once more at its end: by then it has been obeyed, and our caller has things to tidy.
        signal.signal(signal.SIGTERM, lambda *_: None)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
        return 0 if server.started else uvicorn.config.STARTUP_FAILURE
    if reload:
        ChangeReload(config, target=uvicorn.Server(config).run, sockets=[listener]).run()
        return 0
    supervisor = Supervisor(config, [listener])
    supervisor.run()
    return supervisor.status


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound here, before anything else is done, and inherited by workers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    # A restart must not wait for the connections of its predecessor to be forgotten.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def _built(app: Callable[[Settings], ASGIApp], settings: Settings) -> ASGIApp:
    if multiprocessing.parent_process() is not None:
        end_with_parent()
    built = app(settings)
    # What exists by now lives as long as the process: nothing for the collector to look at again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    return built


def end_with_parent() -> None:
    """Have this process told to stop when its parent is gone, however it went."""
    parent = multiprocessing.parent_process()
    pid = None if parent is None else parent.pid
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(pid,), daemon=True).start()
    if os.getppid() != pid:  # it went before we asked
        os.kill(os.getpid(), signal.SIGTERM)


def _watch(pid: int | None) -> None:
    while os.getppid() == pid:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


class Supervisor(Multiprocess):
    """uvicorn's manager of workers, which gives up when they keep dying."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.status = 0
        self._deaths: deque[float] = deque(maxlen=DEATHS)

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        replaced = len(before - {process.pid for process in self.processes})
        self._deaths.extend([time.monotonic()] * replaced)
        if self.should_exit.is_set() and any(process.exitcode for process in self.processes):
            self.status = uvicorn.config.STARTUP_FAILURE
        if len(self._deaths) == DEATHS and self._deaths[-1] - self._deaths[0] < DEATHS_WITHIN_S:
            log.error("workers keep dying, giving up", count=DEATHS)
            self.status = 1
            self.should_exit.set()
