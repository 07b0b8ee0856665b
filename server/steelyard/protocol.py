"""HTTP/1.1 as it is spoken here: uvicorn's protocol with a bound on everything that a client can make grow or last.

What is refused here has no operation yet, so it is outside the contract: problem+json of type `about:blank`, then the connection closes.
"""

import asyncio
import math
import resource
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httptools
import structlog
import uvicorn
from pydantic_core import to_json
from starlette.types import ASGIApp
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from steelyard.contract.edge import IN_ONE_PIECE
from steelyard.contract.hosts import TrustedHosts
from steelyard.settings import Settings

# Bytes of a body that are not its content (chunk sizes, extensions, trailers).
MOST_FRAMING = 65_536
# What is left of the open files is for the database, logs and the listener itself.
SHARE_OF_FILES = 0.8
# Longer than the idle time of the usual proxies, so that it is they who close.
KEEP_ALIVE_S = 75
TELL_EVERY_S = 60

_VERSIONS = frozenset({"1.0", "1.1"})

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
        self._is_finishing = False

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
        self._idle_since = None
        started_in_body = self._in_body
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(
                cause if isinstance(cause, RefusedHead) else RefusedHead(HTTPStatus.BAD_REQUEST, "The request is not well-formed HTTP")
            )
            return
        except httptools.HttpParserUpgrade:
            pass  # no other protocol is spoken here, and a server may ignore the wish (RFC 9110, section 7.8)
        if self.transport.is_closing():
            return
        if self._in_body:
            self._await_body(started=started_in_body)
            return
        if self._head:
            self._head += self._read
            if self._head > self._limits.max_head_bytes:
                self._refuse(self._too_large())
                return
        if self._timer is None and (self._head or self.cycle is None or self.cycle.response_complete):
            self._expect_head()

    def _await_body(self, *, started: bool) -> None:
        if started:
            self._framing += self._read - self._content
            if self._framing > MOST_FRAMING:
                self._refuse(RefusedHead(HTTPStatus.BAD_REQUEST, "The framing of the body is larger than any content could need"))
                return
        if self._timer is None:
            self._timer = self.loop.call_later(self._limits.body_timeout_s, self._body_is_late)

    # What follows are the parser's callbacks. uvicorn's are not called from them: a call more for each is what a short answer feels.

    def on_message_begin(self) -> None:
        self._head = 1
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > self._limits.max_url_bytes:
            raise RefusedHead(HTTPStatus.REQUEST_URI_TOO_LONG, f"Path and query may have {self._limits.max_url_bytes} bytes")

    def on_headers_complete(self) -> None:
        parser, headers = self.parser, self.headers
        version = parser.get_http_version()
        if version not in _VERSIONS:
            raise RefusedHead(HTTPStatus.BAD_REQUEST, "HTTP/1.0 and HTTP/1.1 are spoken here")
        if len(headers) > self._limits.max_head_fields:
            raise RefusedHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"A head may have {self._limits.max_head_fields} fields")
        # Only when more was read than a head may have can the head have more.
        if self._head + self._read > self._limits.max_head_bytes:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in headers)
            if size > self._limits.max_head_bytes:
                raise self._too_large()
        self._check_host()
        if self._timer is not None:
            self._stop_timer()
        self._in_body, self._head, self._framing = True, 0, 0
        # Trailers go into a list that nobody reads: as headers they would speak after the checks.
        self.headers = []
        raw_path, query = _split(self.url)
        path = raw_path.decode("ascii")
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,  # type: ignore[typeddict-item]  # known once there is a connection
            "method": parser.get_method().decode("ascii"),
            "root_path": "",
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": headers,
            "state": self.app_state.copy(),
        }
        before = self.cycle
        # In the order of its arguments: named ones would cost a dictionary.
        cycle = self.cycle = Cycle(
            self.scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            False,  # the journal logs
            self.server_state.default_headers,
            asyncio.Event(),
            self.expect_100_continue,
            version != "1.0" and not self._is_finishing and parser.should_keep_alive(),
            self.on_response_complete,
        )
        self.scope["extensions"] = {IN_ONE_PIECE: cycle.send_in_one_piece}  # type: ignore[dict-item]  # as our edge takes it
        if before is None or before.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def finish(self) -> None:
        """Close after the next response. On a connection that looks idle a request may be on its way: to close at once would lose it."""
        self._is_finishing = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False

    def _too_large(self) -> RefusedHead:
        return RefusedHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"A head may have {self._limits.max_head_bytes} bytes")

    def on_body(self, body: bytes) -> None:
        self._content += len(body)
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.body += body
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        self._in_body = False
        if self._timer is not None:
            self._stop_timer()
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

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


class Cycle(RequestResponseCycle):
    """One request and its answer, as uvicorn has it, and a way to send the whole answer by one system call."""

    def send_in_one_piece(self, status: int, headers: list[tuple[bytes, bytes]], lines: bytes, body: bytes) -> bool:
        """False for what is out of the ordinary: that is left to uvicorn, which sends head and body apart."""
        if self.disconnected or self.response_started or self.flow.write_paused or (b"connection", b"close") in headers:
            return False
        head = b"".join(map(_line, self.default_headers + headers))
        # A line more than there are headers would be one that somebody smuggled in.
        if head.count(b"\n") != len(self.default_headers) + len(headers):
            return False
        if not self.keep_alive:
            lines += b"connection: close\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], head, lines, b"\r\n", body)))
        self.response_started = self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
        return True


def _split(target: bytes) -> tuple[bytes, bytes]:
    """Path and query of a request target; of one in absolute form, too (RFC 9112, section 3.2)."""
    if target.startswith(b"/") and b"#" not in target:
        path, _, query = target.partition(b"?")
        return path, query
    parsed = httptools.parse_url(target)
    return parsed.path, parsed.query or b""


# Most headers are the same in answer after answer.
@lru_cache(maxsize=4096)
def _line(header: tuple[bytes, bytes]) -> bytes:
    return b"%b: %b\r\n" % header
