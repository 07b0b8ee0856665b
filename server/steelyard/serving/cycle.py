"""One request and its response, as uvicorn has it, and a way to send the whole response by one system call."""

from collections.abc import Callable
from functools import lru_cache

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle


class CycleTransport:
    """What a cycle does with its connection: write to it, and end it in the protocol's way instead of at once."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, write: Callable[[bytes], object], close: Callable[[], None], is_closing: Callable[[], bool]) -> None:
        self.write = write
        self.close = close
        self.is_closing = is_closing


class RequestCycle(RequestResponseCycle):
    """One request and its response."""

    transport: CycleTransport  # type: ignore[assignment]  # the part of a transport that a cycle uses

    def send_whole(self, status: int, headers: list[tuple[bytes, bytes]], lines: bytes, body: bytes) -> bool:
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

    def disconnect(self) -> None:
        """Have the application read that its client has gone; what it still sends is dropped."""
        self.disconnected = True
        self.message_event.set()


class ExpectingCycle(RequestCycle):
    """One whose client sends its body only when it is asked to (RFC 9110, section 10.1.1).

    A response before that leaves open whether the body still comes. So the connection ends with it: the next bytes could be read as the
    body by one side and as a request by the other.
    """

    _may_keep_alive = True
    _has_read_body = False

    @property
    def keep_alive(self) -> bool:
        """Whether the connection outlives the response."""
        return self._may_keep_alive and self._has_read_body

    @keep_alive.setter
    def keep_alive(self, value: bool) -> None:
        self._may_keep_alive = value

    async def receive(self) -> ASGIReceiveEvent:
        """As uvicorn's, which asks for the body when the application first reads it."""
        self._has_read_body = True
        return await super().receive()


# Most headers are the same in response after response.
@lru_cache(maxsize=4096)
def _line(header: tuple[bytes, bytes]) -> bytes:
    return b"%b: %b\r\n" % header
