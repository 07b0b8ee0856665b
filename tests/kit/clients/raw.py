"""A client that sends exact bytes to any server, and passes each exchange to a check."""

import socket
import ssl
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from tests.kit.contract.checker import CONTRACT, Exchange

# Generous, because the machine may be busy.
PATIENCE_S = 20

Fields = list[tuple[bytes, bytes]]
# Is called with the bytes that were sent and the exchange.
ExchangeCheck = Callable[[bytes, Exchange], None]


def check_exchange(sent: bytes, exchange: Exchange) -> None:  # noqa: ARG001  # the signature of ExchangeCheck
    """AssertionError unless the response matches the contract, or is an error of the HTTP protocol."""
    if not is_protocol_error(exchange):
        CONTRACT.check(exchange)


class Connection:
    """One connection to the server."""

    def __init__(self, stream: socket.socket, host: bytes, check: ExchangeCheck) -> None:
        self._socket = stream
        self._host = host
        self._check = check
        self._sent = b""
        self._read = b""

    def send(self, raw: bytes) -> None:
        self._sent += raw
        self._socket.sendall(raw)

    def send_request(self, method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None) -> None:
        """Send a request. The length of a body is added unless the fields contain one."""
        self.send(request_bytes(method, target, fields, body, host=self._host))

    def request(self, method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None) -> Exchange:
        """Send a request and read its response."""
        self.send_request(method, target, fields, body)
        return self.read_response(method, target)

    def read_response(self, method: str, target: bytes) -> Exchange:
        """The next response on this connection, which has been checked."""
        head = self._until(b"\r\n\r\n").decode("latin-1")
        start, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        fields = [(name.lower(), value.strip(" \t")) for name, _, value in (line.partition(":") for line in lines)]
        status = int(start.split(" ")[1])
        body = b"" if method == "HEAD" or status in {204, 304} else self._body(dict(fields))
        sent, self._sent = self._sent, b""
        # Responses to pipelined requests come after the first one has taken the bytes of all.
        sent_fields = (
            None if not sent else [line.partition(": ")[::2] for line in sent.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]]
        )
        exchange = Exchange(method, target.decode("latin-1"), status, fields, body, sent_fields)
        self._check(sent, exchange)
        return exchange

    def receives_continue(self) -> bool:
        """Whether the server sends 100 Continue next."""
        return self._until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")

    def is_closed(self) -> bool:
        """Whether the server closes the connection without sending more."""
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

    def _body(self, fields: dict[str, str]) -> bytes:
        if fields.get("transfer-encoding", "").lower() != "chunked":
            return self._exactly(int(fields.get("content-length", "0")))
        body = b""
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            body += self._exactly(size)
            self._exactly(2)
        self._until(b"\r\n")
        return body

    def _until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        part, _, self._read = self._read.partition(end)
        return part + end

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        part, self._read = self._read[:size], self._read[size:]
        return part

    def _more(self) -> None:
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionError(f"the server closed the connection after {self._read!r}")
        self._read += received


def request_bytes(
    method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None, *, host: bytes = b"localhost"
) -> bytes:
    """The bytes of a request."""
    sent: Fields = [(b"host", host), *fields]
    if body is not None and not any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in sent):
        sent.append((b"content-length", b"%d" % len(body)))
    head = b"".join(name + b": " + value + b"\r\n" for name, value in sent)
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + head + b"\r\n" + (body or b"")


def chunked(*chunks: bytes) -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def is_protocol_error(exchange: Exchange) -> bool:
    """Whether this is an error response to malformed HTTP. It belongs to no operation, and the contract does not describe it."""
    return exchange.header("connection") == "close" and exchange.status >= 400 and b'"about:blank"' in exchange.body


class Peer:
    """A client of the server at an address."""

    def __init__(
        self, address: tuple[str, int], host: bytes = b"localhost", check: ExchangeCheck = check_exchange, tls: ssl.SSLContext | None = None
    ) -> None:
        self.address = address
        self.host = host
        self._check = check
        self._tls = tls
        self._connection: Connection | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.address[1]}"

    def connect(self) -> Connection:
        """A new connection."""
        stream = socket.create_connection(self.address, PATIENCE_S)
        if self._tls is not None:
            stream = self._tls.wrap_socket(stream, server_hostname=self.address[0])
        return Connection(stream, self.host, self._check)

    def request(self, method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]] = (), body: bytes | None = None) -> Exchange:
        """A request on a persistent connection. If the server has closed it, a new one is opened."""
        fields = list(fields)
        for _ in range(2):
            if self._connection is None:
                self._connection = self.connect()
            try:
                exchange = self._connection.request(method, target, fields, body)
            except (ConnectionError, BrokenPipeError):
                self.close()
                continue
            if exchange.header("connection") == "close":
                self.close()
            return exchange
        raise ConnectionError("the server does not respond")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
