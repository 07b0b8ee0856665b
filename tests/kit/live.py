"""A server on a loopback port as `steelyard serve` makes it, and a client that sends exactly the bytes it is told."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import uvicorn

from steelyard import serving
from steelyard.app import create_app
from steelyard.settings import Settings
from steelyard.sources import Sources
from tests.kit.judge import CONTRACT, Exchange
from tests.kit.people import Clock
from tests.kit.running import Journal

# A test waits for nobody, but a machine may be busy.
PATIENCE_S = 20

Fields = list[tuple[bytes, bytes]]


class Connection:
    """One connection to the server. Answers are judged by the contract unless they are refusals of the protocol itself."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, PATIENCE_S)
        self._read = b""

    def send(self, raw: bytes) -> None:
        self._socket.sendall(raw)

    def ask(self, method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None) -> Exchange:
        """Send a request and read its answer. The length is added when a body is given and nothing is said about it."""
        self.send(request(method, target, fields, body))
        return self.answer(method, target)

    def answer(self, method: str, target: bytes) -> Exchange:
        """The next answer on this connection, judged."""
        head = self._until(b"\r\n\r\n").decode("latin-1")
        start, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        fields = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
        status = int(start.split(" ")[1])
        length = next((int(value) for name, value in fields if name == "content-length"), 0)
        body = b"" if method == "HEAD" or status in {204, 304} else self._exactly(length)
        exchange = Exchange(method, target.decode("latin-1"), status, fields, body)
        if not is_of_the_protocol(exchange):
            CONTRACT.check(exchange)
        return exchange

    def is_closed(self) -> bool:
        """Whether the server ends the connection here, with nothing more to say."""
        try:
            return self._read == b"" and self._socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        found, _, self._read = self._read.partition(end)
        return found + end

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    def _more(self) -> None:
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionError(f"the server closed the connection after {self._read!r}")
        self._read += received


def request(method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None) -> bytes:
    """The bytes of a request."""
    sent: Fields = [(b"host", b"localhost"), *fields]
    if body is not None and not any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in sent):
        sent.append((b"content-length", b"%d" % len(body)))
    head = b"".join(name + b": " + value + b"\r\n" for name, value in sent)
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + head + b"\r\n" + (body or b"")


def chunked(*chunks: bytes) -> bytes:
    """A body whose length is not told beforehand."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def is_of_the_protocol(exchange: Exchange) -> bool:
    """Whether it refuses what is no good HTTP: that has no operation yet and is outside the contract (reliability.md, section 3)."""
    return exchange.header("connection") == "close" and exchange.status >= 400 and b'"about:blank"' in exchange.body


class LiveServer:
    """An address to connect to, and what became of the application behind it."""

    def __init__(self, address: tuple[str, int], journal: Journal) -> None:
        self.address = address
        self.journal = journal
        self._connection: Connection | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.address[1]}"

    def connect(self) -> Connection:
        """A new connection."""
        return Connection(self.address)

    def ask(self, method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None) -> Exchange:
        """A request on a connection that is kept, as clients do; one that the server closed is opened anew."""
        for _ in range(2):
            if self._connection is None:
                self._connection = self.connect()
            try:
                exchange = self._connection.ask(method, target, fields, body)
            except (ConnectionError, BrokenPipeError):
                self.close()
                continue
            if exchange.header("connection") == "close":
                self.close()
            return exchange
        raise ConnectionError("the server does not answer")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def live(settings: Settings, clock: Clock | None = None, sources: Sources | None = None) -> Iterator[LiveServer]:
    """The application on a free loopback port, in a thread of its own, through the product's protocol and configuration."""
    journal = Journal(clock or Clock())
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = serving.Config(lambda: create_app(settings, sources=sources, journal=journal), settings)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server")
    thread.start()
    # Who connects before it listens is in the backlog already: nothing to wait for.
    running = LiveServer(listener.getsockname(), journal)
    try:
        yield running
    finally:
        running.close()
        server.should_exit = True
        thread.join(PATIENCE_S)
    assert not thread.is_alive(), "the server did not stop"
    assert not journal.faults, f"the application had faults that its callers did not see: {journal.faults!r}"
