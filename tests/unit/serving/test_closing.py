"""Clients that do not read, or are still sending when they have their response: what they get, and that they leave nothing behind."""

import asyncio
import socket
from collections.abc import Callable

import pytest
from starlette.types import Receive, Scope, Send

from steelyard.serving import closing
from steelyard.serving.protocol import BoundedProtocol
from tests.kit.servers.waiting import until
from tests.unit.serving.bounded import HOST, PATIENCE_S, Connection, every, guarded

GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
# More than the buffers of a loopback connection take.
LARGE = b"x" * 16_777_216


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


async def large(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(LARGE))]})
    await send({"type": "http.response.body", "body": LARGE})


async def too_large(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"2"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"no"})


def counting() -> tuple[type[BoundedProtocol], Callable[[], int]]:
    """The protocol, and how many of its connections there are."""
    connected: set[BoundedProtocol] = set()

    class Counted(BoundedProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
            connected.add(self)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            connected.discard(self)

    return Counted, lambda: len(connected)


def deaf(connection: Connection) -> None:
    """From here on the client reads nothing."""
    connection.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads


@pytest.mark.parametrize("requests", [GET * 4, GET[:-2] + b"connection: close\r\n\r\n"], ids=["pipelined", "closed behind the response"])
async def test_a_client_that_does_not_read_is_gone_after_the_write_deadline(requests: bytes) -> None:
    kind, connected = counting()
    async with guarded(large, kind=kind, write_timeout_s=0.2) as connect:
        connection = await connect()
        deaf(connection)
        connection.send(requests)
        await until(connected)

        await until(lambda: not connected(), PATIENCE_S)


async def test_a_client_that_does_not_read_is_gone_after_a_stop() -> None:
    kind, connected = counting()
    made: list[BoundedProtocol] = []

    class Kept(kind):  # type: ignore[valid-type, misc]  # made above
        def pause_writing(self) -> None:
            super().pause_writing()
            made.append(self)

    async with guarded(large, kind=Kept, write_timeout_s=0.2) as connect:
        connection = await connect()
        deaf(connection)
        connection.send(GET)
        (protocol,) = await until(lambda: made, PATIENCE_S)

        protocol.shutdown()

        await until(lambda: not connected(), PATIENCE_S)


async def test_a_client_that_reads_slowly_gets_everything() -> None:
    async with guarded(large, write_timeout_s=0.2) as connect:
        connection = await connect()
        connection.send(GET[:-2], b"connection: close\r\n\r\n")
        size = 0
        async for _ in every(0.02):
            part = await asyncio.wait_for(connection.reader.read(262_144), PATIENCE_S)
            size += len(part)
            if not part:
                break

        assert size > len(LARGE)


async def test_a_request_is_not_started_before_the_previous_one_has_ended() -> None:
    begun: list[Scope] = []
    may_end = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append(scope)
        await may_end.wait()
        await too_large({**scope}, receive, send)

    async with guarded(slow) as connect:
        connection = await connect()
        connection.send(GET * 1000)
        await until(lambda: begun)
        for _ in range(100):
            await asyncio.sleep(0)

        assert len(begun) == 1
        may_end.set()
        assert (await connection.response())[0] == 413


def response_to(address: tuple[str, int], size: int) -> bytes:
    """What a client reads that sends its whole body before it looks at the response."""
    with socket.create_connection(address, PATIENCE_S) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"content-length: %d\r\n\r\n" % size)
        client.sendall(b"x" * size)
        read = b""
        while part := client.recv(65_536):
            read += part
        return read


# The last is more than the buffers of a loopback connection take.
@pytest.mark.parametrize(("size", "clients"), [(100, 20), (100_000, 20), (1_100_000, 20), (16_777_216, 2)])
async def test_an_early_response_reaches_a_client_that_does_not_read_while_it_sends(size: int, clients: int) -> None:
    async with guarded(too_large) as connect:
        address = (await connect()).writer.get_extra_info("peername")

        reads = [asyncio.to_thread(response_to, address, size) for _ in range(clients)]

        for read in await asyncio.gather(*reads):
            assert read.startswith(b"HTTP/1.1 413 ")


async def test_a_client_that_keeps_sending_is_disconnected_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "LINGER_S", 0.2)
    kind, connected = counting()
    async with guarded(too_large, kind=kind) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 1000000000\r\n\r\n")

        assert (await connection.response())[0] == 413

        def is_left() -> bool:
            connection.send(b"x" * 65_536)
            return not connected()

        await until(is_left, PATIENCE_S)
