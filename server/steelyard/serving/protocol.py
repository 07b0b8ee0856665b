"""uvicorn's protocol for HTTP/1.1, with a bound on every size and duration that a client controls.

A request that is rejected here has no operation yet, so its problem is outside of the contract: it has the type `about:blank`, and then
the connection closes.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json

from steelyard.contract.http.hosts import TrustedHosts
from steelyard.serving.bounds import Bounds
from steelyard.serving.closing import ConnectionClosing
from steelyard.serving.connections import Connections
from steelyard.serving.cycle import CycleTransport
from steelyard.serving.framing import RequestRejected
from steelyard.serving.requests import RequestReader


class BoundedProtocol(RequestReader):
    """One connection. It replaces callbacks of uvicorn's protocol."""

    def __init__(self, bounds: Bounds, trusted_hosts: TrustedHosts, connections: Connections, **uvicorns: Any) -> None:
        super().__init__(bounds, trusted_hosts, **uvicorns)
        self._connections = connections
        self._network = ""
        self._idle_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self._closing = ConnectionClosing(transport, self.flow, self._bounds.write_timeout_s)
        self._cycle_transport = CycleTransport(transport.write, self._close, self._is_closing)
        self._network = self._connections.open(self.client[0] if self.client else "")
        if self._connections.exceed_limit(self._network, self.loop.time()):
            transport.abort()
        else:
            self._expect_head()
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._check_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.close(self._network)
        self._stop_timer()
        self._closing.cancel_timers()
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        super().connection_lost(exc)
        # Both refer to the connection, and such cycles would wait for the garbage collector.
        self.cycle = None
        del self._cycle_transport

    def on_response_complete(self) -> None:
        """As in uvicorn, but without a timer per response: this records the time, and one timer per connection checks it."""
        self.server_state.total_requests += 1
        if self._closing.has_begun or self.transport.is_closing():
            return
        self._idle_since = self.loop.time()
        if self._waiting:
            self._resume()
        else:
            self.flow.resume_reading()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._closing.expect_progress()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._closing.record_progress()
        if not self._is_closing():
            self._resume()

    def finish(self) -> None:
        """Close after the next response. A request may be under way on an idle connection, so closing at once could lose it."""
        self._is_finishing = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self._close()
        elif self.cycle.is_endless:
            self.cycle.disconnect()
            self._close()
        else:
            self.cycle.keep_alive = False

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _check_idle(self) -> None:
        rest: float = self.timeout_keep_alive
        if self._idle_since is not None:
            rest -= self.loop.time() - self._idle_since
        if rest > 0:
            self._idle_timer = self.loop.call_later(rest, self._check_idle)
        elif not self._is_closing():
            self._close()

    def _expect_rest(self) -> None:
        if self._body is None:
            self._expect_head()
        else:
            self._timer = self.loop.call_later(self._bounds.body_timeout_s, self._body_is_late)

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self._bounds.head_timeout_s, self._head_is_late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        detail = f"The head must arrive within {self._bounds.head_timeout_s:g} seconds"
        self._reject(RequestRejected(HTTPStatus.REQUEST_TIMEOUT, detail))

    def _body_is_late(self) -> None:
        detail = f"The body must arrive within {self._bounds.body_timeout_s:g} seconds"
        self._reject(RequestRejected(HTTPStatus.REQUEST_TIMEOUT, detail))

    def _is_closing(self) -> bool:
        return self._closing.has_begun or self.transport.is_closing()

    def _close(self) -> None:
        """Close after a response. A client that still sends gets the time to read the response."""
        if self._body is not None or self._waiting:
            self._stop_timer()
            self._closing.linger()
        else:
            self._closing.close()

    def _reject(self, why: RequestRejected) -> None:
        """Send the problem and close, unless the response to this request has begun."""
        self._stop_timer()
        if self._is_closing():
            return
        has_response = self._body is not None
        if self.cycle is not None and not self.cycle.response_complete:
            has_response = self.cycle.response_started
            self.cycle.disconnect()
        if not has_response:
            body = to_json({"type": "about:blank", "title": why.status.phrase, "status": why.status.value, "detail": why.detail})
            head = [b"HTTP/1.1 %d %s" % (why.status.value, why.status.phrase.encode())]
            head += [name + b": " + value for name, value in self.server_state.default_headers]
            head += [b"content-type: application/problem+json", b"content-length: %d" % len(body), b"connection: close", b"", body]
            self.transport.write(b"\r\n".join(head))
        self._closing.linger()
