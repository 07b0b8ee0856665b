"""Callers of Steelyard through a proxy with TLS, and what they send."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterable

from tests.faults.callers import Caller
from tests.kit.clients.raw import Connection, request_bytes
from tests.kit.contract.checker import Exchange
from tests.kit.programs import program
from tests.kit.servers.proxies import HOST, Proxy

PATIENCE_S = 20


class SecureCaller(Caller):
    """A caller on a persistent connection with TLS."""

    host = HOST.encode()

    def __init__(self, proxy: Proxy, token: str | None = None) -> None:
        super().__init__(f"https://127.0.0.1:{proxy.https}", token)
        self._trust = proxy.trust()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._stream is None:
            self._stream = await asyncio.open_connection("127.0.0.1", self._where.port, ssl=self._trust, server_hostname=HOST)
        return self._stream


def unchecked(_sent: bytes, _exchange: Exchange) -> None:
    """Responses of a proxy itself are not those of the contract."""


def connect(proxy: Proxy) -> Connection:
    """A connection with TLS, on which a test sends exact bytes."""
    plain = socket.create_connection(("127.0.0.1", proxy.https), timeout=PATIENCE_S)
    return Connection(proxy.trust().wrap_socket(plain, server_hostname=HOST), HOST.encode(), unchecked)


def curl(proxy: Proxy, target: str, *options: str) -> str:
    """What curl prints for a path behind the proxy."""
    resolve = ("--resolve", f"{HOST}:{proxy.https}:127.0.0.1", "--cacert", str(proxy.folder / "tls" / "fullchain.pem"))
    command = [program("curl"), "-sS", "--max-time", "20", *resolve, *options, f"https://{HOST}:{proxy.https}{target}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def too_large(connection: Connection, *, is_chunked: bool) -> Exchange:
    """The response to a body of 3 MB, all of which the client sends before it reads."""
    body = b"x" * 3_000_000
    length = [(b"transfer-encoding", b"chunked")] if is_chunked else [(b"content-length", b"%d" % len(body))]
    fields = [(b"content-type", b"application/json"), *length]
    connection.send(request_bytes("POST", b"/users", fields, host=HOST.encode()))
    pieces: Iterable[bytes] = (body[at : at + 30_000] for at in range(0, len(body), 30_000))
    for piece in pieces:
        connection.send(b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece)
    if is_chunked:
        connection.send(b"0\r\n\r\n")
    return connection.read_response("POST", b"/users")


def trickle(proxy: Proxy, count: int) -> tuple[list[ssl.SSLSocket], Callable[[], None]]:
    """Connections that have sent half of a request each, and a function that sends one more byte on all of them."""
    head = request_bytes("POST", b"/token", [(b"content-length", b"1000")], host=HOST.encode())
    opened = []
    for _ in range(count):
        plain = socket.create_connection(("127.0.0.1", proxy.https), timeout=PATIENCE_S)
        opened.append(proxy.trust().wrap_socket(plain, server_hostname=HOST))
        opened[-1].sendall(head)

    def send_more() -> None:
        for each in opened:
            each.sendall(b"a")

    return opened, send_more
