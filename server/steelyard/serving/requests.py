"""Reads the requests of one connection, one at a time.

The parser gets the bytes of one request. The bytes behind it wait until the response is written and the client reads it. So the
responses do not depend on how the bytes were cut into packets, and a client that does not read costs one response and one packet.
"""

import asyncio
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from steelyard.contract.http.hosts import TrustedHosts
from steelyard.contract.http.sending import CUT, HOST_CHECKED, SEND_WHOLE
from steelyard.serving import heads
from steelyard.serving.bounds import Bounds
from steelyard.serving.closing import ConnectionClosing
from steelyard.serving.cycle import CycleTransport, ExpectingCycle, RequestCycle
from steelyard.serving.framing import ChunkedBody, RequestRejected, SizedBody, announced_body

_VERSIONS = frozenset({"1.0", "1.1"})
_END = b"\r\n\r\n"
_LINE_BREAKS = re.compile(rb"[\r\n]*")
_MALFORMED = "The request is not well-formed HTTP"


class RequestReader(HttpToolsProtocol):
    """Turns bytes into requests. The derived class has the timeouts and closes the connection."""

    cycle: Any  # of the newest request; None before the first, which uvicorn's own annotation does not say

    def __init__(self, bounds: Bounds, trusted_hosts: TrustedHosts, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._bounds = bounds
        self._trusted_hosts = trusted_hosts
        self._closing: ConnectionClosing
        self._cycle_transport: CycleTransport
        self._timer: asyncio.TimerHandle | None = None
        self._idle_since: float | None = None
        self._head = 0  # bytes of an unfinished head; 0 between requests and in bodies
        self._head_tail = b""  # the last of them, where the end of the head may have begun
        self._body: SizedBody | ChunkedBody | None = None  # what the present request has not sent yet
        self._is_resumed = False  # a new parser is being given what the former one had read
        self._waiting = b""  # bytes behind the present request
        self._waiting_from = 0
        self._is_finishing = False  # the next response is the last one here

    def data_received(self, data: bytes) -> None:
        if self._closing.has_begun:
            return
        if self._waiting:
            self._read(self._waiting[self._waiting_from :] + data, 0)
        else:
            self._read(data, 0)

    def _read(self, data: bytes, at: int) -> None:
        """Pass to the parser what it may read now. A request that arrives in one piece, as nearly all do, costs no timer."""
        self._waiting = b""
        cycle = self.cycle
        is_free = cycle is None or (cycle.response_complete and not self.flow.write_paused)
        while at < len(data):
            if self._body is not None:
                at = self._read_body(self._body, data, at)
            elif self._head or is_free:
                at = self._read_head(data, at)
                is_free = False  # no response can be complete in this turn of the event loop
            else:
                self._waiting, self._waiting_from = data, at
                self.flow.pause_reading()
                return
            if self._closing.has_begun:
                return
        if self._timer is None and (self._head or self._body is not None):
            self._expect_rest()

    def _read_head(self, data: bytes, at: int) -> int:
        """Pass to the parser the head, as far as it has arrived; the position behind it."""
        if self._head:
            end_at = (self._head_tail + data[at:]).find(_END)
            end = len(data) if end_at < 0 else at + end_at - len(self._head_tail) + len(_END)
        else:
            if data[at] in b"\r\n":
                # Some clients send a line break behind a body (RFC 9112, section 2.2); it is no beginning of a request.
                at = _LINE_BREAKS.match(data, at).end()  # type: ignore[union-attr]  # it also matches no bytes
                if at == len(data):
                    return at
            end_at = data.find(_END, at)
            end = len(data) if end_at < 0 else end_at + len(_END)
            self._idle_since = None
            self._head_tail = b""
        most = self._bounds.max_head_bytes - self._head
        self._head += end - at
        self._parse(data[at : min(end, at + most)])
        if self._closing.has_begun:
            return end
        if end - at > most:
            detail = f"The head may have at most {self._bounds.max_head_bytes} bytes"
            self._reject(RequestRejected(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail))
        elif (end_at < 0) != (self._head > 0):
            self._reject(RequestRejected(HTTPStatus.BAD_REQUEST, _MALFORMED))
        elif self._head:
            self._head_tail = (self._head_tail + data[at:end])[1 - len(_END) :]
        return end

    def _read_body(self, body: SizedBody | ChunkedBody, data: bytes, at: int) -> int:
        """Pass to the parser what belongs to the body; the position behind it."""
        try:
            end = body.end(data, at)
        except RequestRejected as refused:
            self._reject(refused)
            return len(data)
        self._parse(data[at:end])
        if body.is_complete and self._body is not None:
            self._reject(RequestRejected(HTTPStatus.BAD_REQUEST, _MALFORMED))
        return end

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._ignore_upgrade()
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._reject(cause if isinstance(cause, RequestRejected) else RequestRejected(HTTPStatus.BAD_REQUEST, _MALFORMED))

    def _ignore_upgrade(self) -> None:
        """This server supports no other protocol and may ignore the header (RFC 9110, section 7.8), but not the body.

        The parser expects another protocol behind the head, so a new parser continues with the body.
        """
        self.parser = httptools.HttpRequestParser(self)
        if self._body is not None:
            self._is_resumed = True
            self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n\r\n" % self._body.header)
            self._is_resumed = False

    # Callbacks of the parser, in place of uvicorn's, which they do not call: for short responses each call counts.

    def on_message_begin(self) -> None:
        if self._body is not None and not self._is_resumed:
            raise RequestRejected(HTTPStatus.BAD_REQUEST, _MALFORMED)
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > self._bounds.max_url_bytes:
            raise RequestRejected(HTTPStatus.REQUEST_URI_TOO_LONG, f"Path and query may have at most {self._bounds.max_url_bytes} bytes")

    def on_headers_complete(self) -> None:
        if self._is_resumed:
            return
        parser, headers = self.parser, self.headers
        version = parser.get_http_version()
        if version not in _VERSIONS:
            raise RequestRejected(HTTPStatus.BAD_REQUEST, "This server supports HTTP/1.0 and HTTP/1.1")
        if len(headers) > self._bounds.max_head_fields:
            raise RequestRejected(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The head may have at most {self._bounds.max_head_fields} fields"
            )
        fields = dict(headers)
        if len(fields) != len(headers):
            heads.check_unique(headers)
        raw_path, query, host = heads.split(self.url)
        if fields.get(b"host") not in self._trusted_hosts.spellings:
            heads.check_host(self._trusted_hosts, fields.get(b"host"), raw_path, version)
        if host is not None:
            # The host of the target replaces the header (RFC 9112, section 3.2.2).
            heads.check_host(self._trusted_hosts, host, raw_path, version)
            headers = [(name, host if name == b"host" else value) for name, value in headers]
        self._body = announced_body(fields) if b"content-length" in fields or b"transfer-encoding" in fields else None
        self._head = 0
        if self._timer is not None:
            self._stop_timer()
        # Trailers go into a list that is not used: as headers they would escape the checks.
        self.headers = []
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
        # Positional arguments, because keywords would cost a dictionary.
        cycle = self.cycle = (ExpectingCycle if self.expect_100_continue else RequestCycle)(
            self.scope,
            self._cycle_transport,  # type: ignore[arg-type]  # the part of a transport that a cycle uses
            self.flow,
            self.logger,
            self.access_logger,
            False,  # the observer logs
            self.server_state.default_headers,
            asyncio.Event(),
            self.expect_100_continue,
            version != "1.0" and not self._is_finishing and parser.should_keep_alive(),
            self.on_response_complete,
        )
        self.scope["extensions"] = {SEND_WHOLE: cycle.send_whole, HOST_CHECKED: {}, CUT: {}}  # type: ignore[dict-item]  # as our edge takes it
        self._start_asgi_task(cycle, self.app)

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.body += body
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        if self._body is not None:
            if not self._body.is_complete:
                return  # a body that the parser skips because of an upgrade, or whose end it sees elsewhere
            self._body = None
        if self._timer is not None:
            self._stop_timer()
        cycle = self.cycle
        if cycle.response_complete:
            self._idle_since = self.loop.time()
        else:
            cycle.more_body = False
            cycle.message_event.set()

    def _resume(self) -> None:
        """Read the waiting bytes, and then from the client."""
        if self._waiting:
            self._read(self._waiting, self._waiting_from)
        if not self._waiting:
            self.flow.resume_reading()

    def on_response_complete(self) -> None:
        """Called by a cycle when its response is complete."""
        raise NotImplementedError

    def _expect_rest(self) -> None:
        """Start the timeout for the rest of a head or a body."""
        raise NotImplementedError

    def _stop_timer(self) -> None:
        raise NotImplementedError

    def _reject(self, why: RequestRejected) -> None:
        raise NotImplementedError
