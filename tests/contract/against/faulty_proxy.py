"""A proxy in front of a server. It passes everything on byte for byte, except for the one fault that it plants."""

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.kit.contract.checker import Exchange

PATIENCE_S = 20


def unchanged_request(head: bytes) -> bytes:
    """No fault in requests."""
    return head


def unchanged_response(exchange: Exchange) -> Exchange:
    """No fault in responses."""
    return exchange


@dataclass(frozen=True)
class Fault:
    """What the proxy changes: request heads before the server reads them, responses before the caller reads them."""

    request: Callable[[bytes], bytes] = unchanged_request
    response: Callable[[Exchange], Exchange] = unchanged_response


class _Stream:
    """One direction of a connection, read up to a mark or by length. Raises EOFError if it ends before that."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._read = b""

    def until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        part, _, self._read = self._read.partition(end)
        return part + end

    def exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        part, self._read = self._read[:size], self._read[size:]
        return part

    def _more(self) -> None:
        received = self._source.recv(65_536)
        if not received:
            raise EOFError
        self._read += received


class _Caller:
    """One connection to the proxy, and its connection to the server."""

    def __init__(self, fault: Fault, near: socket.socket, far: socket.socket) -> None:
        self._fault = fault
        self._near = near
        self._far = far
        self._requested: deque[tuple[str, str]] = deque()

    def requests(self) -> None:
        """Pass on the caller's requests, each a head and its body."""
        stream = _Stream(self._near)
        with suppress(OSError, EOFError):
            while True:
                head = stream.until(b"\r\n\r\n")
                method, _, target = head.partition(b"\r\n")[0].rpartition(b" ")[0].partition(b" ")
                self._requested.append((method.decode("latin-1"), target.decode("latin-1")))
                self._far.sendall(self._fault.request(head))
                fields = _fields(head)
                if fields.get("transfer-encoding") == "chunked":
                    while size := int((line := stream.until(b"\r\n")).partition(b";")[0], 16):
                        self._far.sendall(line + stream.exactly(size + 2))
                    # The last chunk, the trailers, and the empty line after them.
                    while line != b"\r\n":
                        self._far.sendall(line)
                        line = stream.until(b"\r\n")
                    self._far.sendall(line)
                else:
                    self._far.sendall(stream.exactly(int(fields.get("content-length", "0"))))
        with suppress(OSError):
            self._far.shutdown(socket.SHUT_WR)

    def responses(self) -> None:
        """Pass on the server's responses, and close when the server does."""
        stream = _Stream(self._far)
        with suppress(OSError, EOFError):
            while True:
                head = stream.until(b"\r\n\r\n")
                method, target = self._requested.popleft()
                start, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
                status, fields = int(start.split(" ")[1]), _fields(head)
                length = 0 if method == "HEAD" or status in {204, 304} else int(fields.get("content-length", "0"))
                headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
                received = Exchange(method, target, status, headers, stream.exactly(length))
                passed = self._fault.response(received)
                self._near.sendall(head + received.body if passed is received else _rendered(passed))
        for end in (self._near, self._far):
            _end(end)


def _end(end: socket.socket) -> None:
    """Close it, and wake the threads that wait for it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _rendered(exchange: Exchange) -> bytes:
    length = str(len(exchange.body))
    fields = [(name, length if name.lower() == "content-length" and exchange.body else value) for name, value in exchange.headers]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {exchange.status} Changed\r\n{head}\r\n".encode("latin-1") + exchange.body


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


@contextmanager
def faulty_proxy(port: int, fault: Fault) -> Iterator[str]:
    """The address of a proxy in front of the server on that port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(target: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=target, name="faulty-proxy"))
        threads[-1].start()

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
                far.settimeout(None)
                ends.extend((near, far))
                caller = _Caller(fault, near, far)
                start(caller.requests)
                start(caller.responses)

    start(accept)
    try:
        yield f"http://localhost:{listener.getsockname()[1]}"
    finally:
        for end in (listener, *ends):
            _end(end)
        for thread in threads:
            thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads), "the proxy did not stop"
