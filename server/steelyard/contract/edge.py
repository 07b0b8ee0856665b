"""The outermost layer: names, times and logs every request, adds common headers, and turns unhandled errors into responses."""

import asyncio
from collections.abc import Collection
from uuid import UUID

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steelyard.contract.dispatch import path_of
from steelyard.contract.http.cors import Cors
from steelyard.contract.http.forwarded import TrustedProxies, plain_address
from steelyard.contract.http.hosts import TrustedHosts
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.http.sending import HOST_CHECKED, SEND_WHOLE, ResponseSender, SendWhole, send_response
from steelyard.contract.observer import RequestObserver, RequestRecord, RequestTracing
from steelyard.contract.response.problems import render_blank, render_problem
from steelyard.identifiers import Uuid7Generator
from steelyard.sources import Sources
from steelyard.tracing import current_span
from steelyard_contract.headers import CONSTANTS
from steelyard_contract.operations import BASE_PATH
from steelyard_contract.problems import InternalError, Unavailable

_CONSTANTS = {name.lower().encode(): value.encode() for name, value in CONSTANTS.items()}
# Documentation pages have another policy.
_POLICY = b"content-security-policy"
_ALWAYS: list[Header] = [(name, value) for name, value in _CONSTANTS.items() if name != _POLICY]
_DEFAULTS: list[Header] = [
    (_POLICY, _CONSTANTS[_POLICY]),
    (b"cache-control", b"no-store"),
    (b"vary", b"Origin"),
]
# Two years (RFC 6797 sets no figure; the preload lists of browsers require at least one).
_HSTS = (b"strict-transport-security", b"max-age=63072000")


# What X-Forwarded-Proto may say.
_SCHEMES = frozenset({"http", "https"})


class Edge:
    """An ASGI application around all others."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        digest: str,
        cors: Cors,
        hosts: Collection[str],
        proxies: Collection[str],
        sources: Sources,
        observer: RequestObserver,
        tracing: RequestTracing | None = None,
        root_path: str = "",
        whole_responses: bool = True,
    ) -> None:
        self._app = app
        self._sends_whole = whole_responses
        self.root_path = root_path
        # What comes before the addresses in headers, of pages and of operations: the path that a proxy has for this server, and below it
        # that of the contract. Each response needs one of them, and a method would be a call more.
        self.roots = (root_path.encode(), (root_path + BASE_PATH).encode())
        self.cors = cors
        self.stopwatch = sources.stopwatch
        self._clock = sources.clock
        self._hosts = TrustedHosts(hosts)
        self._proxies = TrustedProxies(proxies)
        self._new_request_id = Uuid7Generator(sources.random_bytes)
        self._observer = observer
        self._tracing = tracing
        self._request_finished = observer.request_finished if tracing is None else self._end_span
        self._always: list[Header] = [*_ALWAYS, (b"contract-digest", f"sha-256={digest}".encode())]
        self._api: list[Header] = [*self._always, _DEFAULTS[0]]
        self.api_lines = b"".join(b"%b: %b\r\n" % header for header in self._api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lifespan and other kinds pass through; an HTTP request always gets one response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self.root_path or scope.get("root_path", "")
        headers = dict(scope["headers"])
        record = scope["record"] = self._new_record(scope, headers)
        # Removed from the scope, because it refers to the scope, and such a cycle would wait for the garbage collector.
        extensions = scope.get("extensions", {})
        in_one_piece = extensions.pop(SEND_WHOLE, None)
        origin = headers.get(b"origin")
        # Browsers also send the origin of this server's pages, unless they only read.
        if origin is not None and origin.partition(b"://")[2] != headers.get(b"host") and not self.cors.allows(origin):
            self._observer.rejected_origin(origin)
        finish = _Finish(self, record, send, in_one_piece if self._sends_whole else None, origin, scope["scheme"])
        try:
            objection = None if HOST_CHECKED in extensions else self._hosts.objection(headers.get(b"host", b""), path_of(scope))
            if objection is not None:
                await send_response(render_blank(400, objection, record.request_id), scope, finish)
            elif scope["method"] == "OPTIONS" and b"access-control-request-method" in headers and origin is not None:
                await send_response(RawResponse(204, self.cors.preflight(origin), b""), scope, finish)
            else:
                await self._app(scope, receive, finish)
        except ClientDisconnect:
            pass  # no fault of ours, and no one is left to respond to
        except asyncio.CancelledError:
            # Only a server that stops cancels a request. It ends here, so the exception has no further receiver.
            if record.status == 0:
                record.problem = Unavailable.TYPE
                await send_response(render_problem(Unavailable(retry_after=1), record.request_id), scope, finish)
        except Exception as error:  # noqa: BLE001  # this is the edge: whatever comes here would otherwise cut the connection
            self._observer.unhandled_error(error, record)
            if record.status == 0:
                record.problem = InternalError.TYPE
                await send_response(render_problem(InternalError(), record.request_id), scope, finish)
        finally:
            self._request_finished(scope["method"], record)

    def complete(self, record: RequestRecord, headers: list[Header]) -> None:
        """Add the headers that every response has."""
        record.took_s = self.stopwatch() - record.started_s
        headers += self._api if record.operation_id is not None else self._for_others(headers)
        headers.append((b"x-request-id", record.request_id.encode()))
        headers.append((b"x-response-time", b"%.4fs" % record.took_s))

    def _end_span(self, method: str, record: RequestRecord) -> None:
        if record.span is not None and self._tracing is not None:
            current_span.set(None)
            self._tracing.request_ended(record.span, method, record)
        self._observer.request_finished(method, record)

    def _for_others(self, own: list[Header]) -> list[Header]:
        """Headers for responses that no operation made: web pages may have set some of them already."""
        present = {name.lower() for name, _ in own}
        return self._always + [header for header in _DEFAULTS if header[0] not in present]

    def _new_record(self, scope: Scope, headers: dict[bytes, bytes]) -> RequestRecord:
        address = plain_address(scope["client"][0] if scope.get("client") else "")
        request_id = traceparent = None
        if self._proxies and self._proxies.include(address):
            address = self._proxies.client(address, _lines(scope, b"x-forwarded-for"))
            request_id = _uuid(headers.get(b"x-request-id"))
            traceparent = headers.get(b"traceparent")
            # The nearest proxy writes last.
            scheme = ",".join(_lines(scope, b"x-forwarded-proto")).rpartition(",")[2].strip().lower()
            if scheme in _SCHEMES:
                scope["scheme"] = scheme
        now = self._clock()
        record = RequestRecord(request_id or self._new_request_id(now), address, now, self.stopwatch())
        if self._tracing is not None:
            record.span = self._tracing.request_began(record, traceparent)
            # Also if it is None: a pipelined request begins in the context of the one before.
            current_span.set(record.span)
        return record


class _Finish(ResponseSender):
    """Sends the response of one request with its last headers, and with one write where the server can."""

    __slots__ = ("_edge", "_in_one_piece", "_is_secure", "_origin", "_record", "_send")

    def __init__(
        self, edge: Edge, record: RequestRecord, send: Send, in_one_piece: SendWhole | None, origin: bytes | None, scheme: str
    ) -> None:
        self._edge = edge
        self._record = record
        self._send = send
        self._in_one_piece = in_one_piece
        self._origin = origin
        self._is_secure = scheme == "https"

    async def __call__(self, message: Message) -> None:
        """An ASGI `send`."""
        if message["type"] == "http.response.start":
            self._record.status = message["status"]
            headers = message["headers"] = list(message.get("headers", ()))
            self._edge.complete(self._record, headers)
            headers += self._further()
            if root := self._edge.roots[self._record.operation_id is not None]:
                headers[:] = _below(root, headers)
        await self._send(message)

    def send_whole(self, status: int, headers: list[Header], body: bytes) -> bool:
        """Send the response of an operation with one write; False where that is impossible, and then nothing has been sent."""
        record, edge = self._record, self._edge
        if self._in_one_piece is None or record.operation_id is None:
            return False
        took_s = edge.stopwatch() - record.started_s
        lines = b"%bx-request-id: %b\r\nx-response-time: %.4fs\r\n" % (edge.api_lines, record.request_id.encode(), took_s)
        if self._origin is not None or self._is_secure:
            headers = [*headers, *self._further()]
        if root := edge.roots[record.operation_id is not None]:
            headers = _below(root, headers)
        if not self._in_one_piece(status, headers, lines, body):
            return False
        record.status, record.took_s = status, took_s
        return True

    def _further(self) -> list[Header]:
        """The headers that depend on origin and scheme."""
        headers = self._edge.cors.headers(self._origin) if self._origin is not None else []
        return [*headers, _HSTS] if self._is_secure else headers


def _below(root: bytes, headers: list[Header]) -> list[Header]:
    """The same headers, with addresses of this server below its root."""
    below = []
    for name, value in headers:
        if name == b"location" and value.startswith(b"/"):
            below.append((name, root + value))
        else:
            below.append((name, value.replace(b"</", b"<" + root + b"/") if name == b"link" else value))
    return below


def _lines(scope: Scope, name: bytes) -> list[str]:
    """The values of a header field, line by line."""
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]


def _uuid(text: bytes | None) -> str | None:
    try:
        return str(UUID(text.decode("ascii"))) if text is not None and len(text) == 36 else None
    except ValueError:
        return None
