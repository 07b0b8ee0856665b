"""uvicorn's cycle of one request and its response, and a way to send a whole response in one write."""

from collections.abc import Callable
from functools import lru_cache

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from steelyard.contract.http.media_types import EVENTS
from steelyard.contract.http.sending import CUT

_EVENTS = (b"content-type", EVENTS.encode())


class CycleTransport:
    """The transport of a cycle. Closing it lets the protocol close the connection, instead of closing it at once."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, write: Callable[[bytes], object], close: Callable[[], None], is_closing: Callable[[], bool]) -> None:
        self.write = write
        self.close = close
        self.is_closing = is_closing


class RequestCycle(RequestResponseCycle):
    transport: CycleTransport  # type: ignore[assignment]  # the part of a transport that a cycle uses
    is_endless = False
    """Its response has events, whose clients connect to another process when this one stops."""

    def send_whole(self, status: int, headers: list[tuple[bytes, bytes]], lines: bytes, body: bytes) -> bool:
        """Write the response. Returns False in unusual cases, in which uvicorn sends head and body separately."""
        if self.disconnected or self.response_started or self.flow.write_paused or (b"connection", b"close") in headers:
            return False
        head = b"".join(map(_line, self.default_headers + headers))
        # More lines than headers mean that a value has a line break.
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

    async def send(self, message: ASGISendEvent) -> None:
        """As in uvicorn, and the message that cuts a response: the connection closes behind what has been sent."""
        if message["type"] == CUT:
            self.transport.close()
            self.disconnect()
        else:
            if message["type"] == "http.response.start":
                self.is_endless = _EVENTS in message.get("headers", ())
            await super().send(message)

    def disconnect(self) -> None:
        """Report to the application that its client has disconnected, and discard what it still sends."""
        self.disconnected = True
        self.message_event.set()


class ExpectingCycle(RequestCycle):
    """A cycle whose client waits for 100 Continue before it sends the body (RFC 9110, section 10.1.1).

    A response before that leaves open whether the body still comes. So the connection ends with it: the next bytes could be read as the
    body by one side and as a request by the other.
    """

    _may_keep_alive = True
    _has_read_body = False

    @property
    def keep_alive(self) -> bool:
        """Whether the connection stays open after the response."""
        return self._may_keep_alive and self._has_read_body

    @keep_alive.setter
    def keep_alive(self, value: bool) -> None:
        self._may_keep_alive = value

    async def receive(self) -> ASGIReceiveEvent:
        """As in uvicorn, which sends 100 Continue when the application first reads the body."""
        self._has_read_body = True
        return await super().receive()


# Most headers are the same in every response.
@lru_cache(maxsize=4096)
def _line(header: tuple[bytes, bytes]) -> bytes:
    return b"%b: %b\r\n" % header
