"""A proxy in front of a server that lets everything through byte for byte, but for the one drift that it is given."""

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.kit.contract.checker import Exchange

PATIENCE_S = 20


def as_it_is(head: bytes) -> bytes:
    """No drift of requests."""
    return head


def untouched(exchange: Exchange) -> Exchange:
    """No drift of answers."""
    return exchange


@dataclass(frozen=True)
class Drift:
    """What is changed on the way: heads of requests before the server sees them, answers before the caller does."""

    request: Callable[[bytes], bytes] = as_it_is
    answer: Callable[[Exchange], Exchange] = untouched


class _Stream:
    """One direction of a connection, read up to a mark or by length. What the other side ended in the middle is an EOFError."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._read = b""

    def until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        found, _, self._read = self._read.partition(end)
        return found + end

    def exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    def _more(self) -> None:
        received = self._source.recv(65_536)
        if not received:
            raise EOFError
        self._read += received


class _Caller:
    """One connection to the proxy, and the one that it has to the server for it."""

    def __init__(self, drift: Drift, near: socket.socket, far: socket.socket) -> None:
        self._drift = drift
        self._near = near
        self._far = far
        self._asked: deque[tuple[str, str]] = deque()

    def requests(self) -> None:
        """Pass on what the caller sends, one head and its body after the other."""
        stream = _Stream(self._near)
        with suppress(OSError, EOFError):
            while True:
                head = stream.until(b"\r\n\r\n")
                method, _, target = head.partition(b"\r\n")[0].rpartition(b" ")[0].partition(b" ")
                self._asked.append((method.decode("latin-1"), target.decode("latin-1")))
                self._far.sendall(self._drift.request(head))
                fields = _fields(head)
                if fields.get("transfer-encoding") == "chunked":
                    while size := int((line := stream.until(b"\r\n")).partition(b";")[0], 16):
                        self._far.sendall(line + stream.exactly(size + 2))
                    # The last chunk, the trailers, and the empty line behind them.
                    while line != b"\r\n":
                        self._far.sendall(line)
                        line = stream.until(b"\r\n")
                    self._far.sendall(line)
                else:
                    self._far.sendall(stream.exactly(int(fields.get("content-length", "0"))))
        with suppress(OSError):
            self._far.shutdown(socket.SHUT_WR)

    def answers(self) -> None:
        """Pass on what the server answers, and close when it does."""
        stream = _Stream(self._far)
        with suppress(OSError, EOFError):
            while True:
                head = stream.until(b"\r\n\r\n")
                method, target = self._asked.popleft()
                start, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
                status, fields = int(start.split(" ")[1]), _fields(head)
                length = 0 if method == "HEAD" or status in {204, 304} else int(fields.get("content-length", "0"))
                headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
                came = Exchange(method, target, status, headers, stream.exactly(length))
                goes = self._drift.answer(came)
                self._near.sendall(head + came.body if goes is came else _rendered(goes))
        for each in (self._near, self._far):
            _end(each)


def _end(one: socket.socket) -> None:
    """Close it, whoever is still waiting for something from it."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def _rendered(exchange: Exchange) -> bytes:
    length = str(len(exchange.body))
    told = [(name, length if name.lower() == "content-length" and exchange.body else value) for name, value in exchange.headers]
    head = "".join(f"{name}: {value}\r\n" for name, value in told)
    return f"HTTP/1.1 {exchange.status} Changed\r\n{head}\r\n".encode("latin-1") + exchange.body


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


@contextmanager
def drifting(port: int, drift: Drift) -> Iterator[str]:
    """The address of a proxy in front of the server at that port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(target: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=target, name="drifting"))
        threads[-1].start()

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
                far.settimeout(None)
                ends.extend((near, far))
                caller = _Caller(drift, near, far)
                start(caller.requests)
                start(caller.answers)

    start(accept)
    try:
        yield f"http://localhost:{listener.getsockname()[1]}"
    finally:
        for each in (listener, *ends):
            _end(each)
        for thread in threads:
            thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads), "the proxy did not stop"
