"""The server process: uvicorn behind a guarded protocol, an orderly stop, and workers that end with their parent.

What is refused here has no operation yet, so it is outside the contract: problem+json of type `about:blank`, then the connection closes.
"""

import asyncio
import ctypes
import gc
import math
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from types import FrameType
from typing import Any

import structlog
import uvicorn
from pydantic_core import to_json
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.supervisors import ChangeReload, Multiprocess

from steelyard.contract.edge import IN_ONE_PIECE
from steelyard.contract.hosts import TrustedHosts
from steelyard.settings import Settings

# Bytes of a body that are not its content (chunk sizes, extensions, trailers).
MOST_FRAMING = 65_536
# What is left of the open files is for the database, logs and the listener itself.
SHARE_OF_FILES = 0.8
# Longer than the idle time of the usual proxies, so that it is they who close.
KEEP_ALIVE_S = 75
# A loaded machine takes its time; an impatient supervisor would kill a worker that is only busy.
WORKER_ANSWERS_S = 60
# So many dead workers within so many seconds are no accident.
DEATHS, DEATHS_WITHIN_S = 5, 60.0
TELL_EVERY_S = 60
PR_SET_PDEATHSIG = 1  # linux/prctl.h

log = structlog.get_logger()


class RefusedHead(Exception):
    """Raised out of a parser callback: this request goes no further."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Config(uvicorn.Config):
    """uvicorn's configuration, and the settings that its protocol needs."""

    def __init__(self, app: Callable[[], ASGIApp], settings: Settings, **given: Any) -> None:
        super().__init__(
            app,
            factory=True,
            http=GuardedProtocol,
            ws="none",
            interface="asgi3",
            lifespan="on",
            proxy_headers=False,  # the contract's edge judges X-Forwarded-* by trusted_proxies
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=int(settings.stop_timeout_s) or 1,
            timeout_worker_healthcheck=WORKER_ANSWERS_S,
            **given,
        )
        self.settings = settings
        self.trusted = TrustedHosts(settings.trusted_hosts)
        self.most_connections = int(resource.getrlimit(resource.RLIMIT_NOFILE)[0] * SHARE_OF_FILES)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a bound on everything that a client can make grow or last."""

    cycle: Any  # of the newest request; None before the first, which uvicorn's own annotation does not say
    _told_at = -math.inf  # when "too many connections" was last logged

    def __init__(self, config: Config, *given: Any, **named: Any) -> None:
        super().__init__(config, *given, **named)
        self._limits = config.settings
        self._most_connections = config.most_connections
        self._trusted = config.trusted
        self._timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._idle_since: float | None = None
        self._head = 0  # bytes of an unfinished head; 0 between requests and in bodies
        self._read = 0  # bytes of the newest read
        self._in_body = False
        self._framing = 0
        self._content = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        if len(self.connections) > self._most_connections:
            transport.abort()
            if self.loop.time() > GuardedProtocol._told_at + TELL_EVERY_S:
                GuardedProtocol._told_at = self.loop.time()
                log.warning("too many connections, closing new ones", count=self._most_connections)
        else:
            self._expect_head()
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._look_whether_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A request that arrives in one piece, as nearly all do, costs no timer and no second look at its head."""
        self._read = len(data)
        self._content = 0
        started_in_body = self._in_body
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_body:
            if started_in_body:
                self._framing += self._read - self._content
                if self._framing > MOST_FRAMING:
                    self._refuse(RefusedHead(HTTPStatus.BAD_REQUEST, "The framing of the body is larger than any content could need"))
                    return
            if self._timer is None:
                self._timer = self.loop.call_later(self._limits.body_timeout_s, self._body_is_late)
            return
        if self._head:
            self._head += self._read
            if self._head > self._limits.max_head_bytes:
                self._refuse(self._too_large())
                return
        if self._timer is None and (self._head or self.cycle is None or self.cycle.response_complete):
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 1

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self._limits.max_url_bytes:
            raise RefusedHead(HTTPStatus.REQUEST_URI_TOO_LONG, f"Path and query may have {self._limits.max_url_bytes} bytes")

    def on_headers_complete(self) -> None:
        if self.parser.get_http_version() not in {"1.0", "1.1"}:
            raise RefusedHead(HTTPStatus.BAD_REQUEST, "HTTP/1.0 and HTTP/1.1 are spoken here")
        if len(self.headers) > self._limits.max_head_fields:
            raise RefusedHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"A head may have {self._limits.max_head_fields} fields")
        # Only when more was read than a head may have can the head have more.
        if self._head + self._read > self._limits.max_head_bytes:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > self._limits.max_head_bytes:
                raise self._too_large()
        self._check_host()
        self._stop_timer()
        self._in_body, self._head, self._framing = True, 0, 0
        super().on_headers_complete()
        self.scope["extensions"] = {IN_ONE_PIECE: partial(_in_one_piece, self.cycle)}  # type: ignore[dict-item]  # as our edge takes it
        # Trailers go into a list that nobody reads: as headers they would speak after the checks.
        self.headers = []

    def _too_large(self) -> RefusedHead:
        return RefusedHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"A head may have {self._limits.max_head_bytes} bytes")

    def on_body(self, body: bytes) -> None:
        self._content += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._stop_timer()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words for everything
        """Called by uvicorn, in its `except`, for whatever its parser or our callbacks refuse."""
        error = sys.exception()
        cause = error.__context__ if error is not None else None
        self._refuse(
            cause if isinstance(cause, RefusedHead) else RefusedHead(HTTPStatus.BAD_REQUEST, "The request is not well-formed HTTP")
        )

    def _check_host(self) -> None:
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) != 1:
            raise RefusedHead(HTTPStatus.BAD_REQUEST, "Exactly one Host header is required")
        if not self._trusted(hosts[0]):
            raise RefusedHead(HTTPStatus.BAD_REQUEST, "This host name is not served here")

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def on_response_complete(self) -> None:
        """As uvicorn's, but for its timer, made for each answer and hardly ever fired: ours notes the time and looks now and then."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._idle_since = self.loop.time()

    def _look_whether_idle(self) -> None:
        rest: float = self.timeout_keep_alive
        if self._idle_since is not None:
            rest -= self.loop.time() - self._idle_since
        if rest > 0:
            self._idle_timer = self.loop.call_later(rest, self._look_whether_idle)
        else:
            self.timeout_keep_alive_handler()

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self._limits.head_timeout_s, self._head_is_late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self._refuse(RefusedHead(HTTPStatus.REQUEST_TIMEOUT, f"A head must arrive within {self._limits.head_timeout_s:g} seconds"))

    def _body_is_late(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self._refuse(RefusedHead(HTTPStatus.REQUEST_TIMEOUT, f"A body must arrive within {self._limits.body_timeout_s:g} seconds"))

    def _refuse(self, why: RefusedHead) -> None:
        """Say no and close; nothing is said into the middle of an answer."""
        self._stop_timer()
        waits_for_body = self._in_body and self.cycle is not None and not self.cycle.response_started
        if self.cycle is None or self.cycle.response_complete or waits_for_body:
            body = to_json({"type": "about:blank", "title": why.status.phrase, "status": why.status.value, "detail": why.detail})
            head = [b"HTTP/1.1 %d %s" % (why.status.value, why.status.phrase.encode())]
            head += [name + b": " + value for name, value in self.server_state.default_headers]
            head += [b"content-type: application/problem+json", b"content-length: %d" % len(body), b"connection: close", b"", body]
            self.transport.write(b"\r\n".join(head))
        self.transport.close()


def _in_one_piece(cycle: RequestResponseCycle, status: int, headers: list[tuple[bytes, bytes]], lines: bytes, body: bytes) -> bool:
    """Send a whole answer by one system call. What is out of the ordinary is left to uvicorn, which sends head and body apart."""
    if cycle.disconnected or cycle.response_started or cycle.flow.write_paused or (b"connection", b"close") in headers:
        return False
    headers = cycle.default_headers + headers
    head = b"".join([b"%b: %b\r\n" % header for header in headers])
    # A line more than there are headers would be one that somebody smuggled in.
    if head.count(b"\n") != len(headers):
        return False
    if not cycle.keep_alive:
        lines += b"connection: close\r\n"
    cycle.transport.write(b"".join((STATUS_LINE[status], head, lines, b"\r\n", body)))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


class OrderlyStop:
    """An ASGI layer that turns the first SIGTERM into a drain: still serving, but no longer ready; then uvicorn stops as it always does.

    A second one stops at once.
    """

    def __init__(self, app: ASGIApp, drain_s: float, draining: Callable[[], object]) -> None:
        self.app = app
        self._drain_s = drain_s
        self._draining = draining
        self._signalled = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await self.app(scope, receive, send)

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
