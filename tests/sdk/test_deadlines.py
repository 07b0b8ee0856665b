"""A deadline ends every phase of a call on a real socket, and nothing after it."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from anyio import to_thread

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors
from tests.sdk.kit import AT_ONCE, EXAMPLES
from tests.sdk.loopback import Handler, ReceivedRequest, loopback

ITEM = json.dumps(EXAMPLES["get_item"]).encode()
PAUSE_S = 0.02


class Dripping:
    """Sends a response byte by byte, which takes far longer than the deadline of the tests."""

    def __init__(self, response: bytes) -> None:
        self.response, self.cut = response, threading.Event()

    def __call__(self, _: ReceivedRequest, handler: Handler) -> None:
        pause = threading.Event()
        try:
            for byte in self.response:
                handler.wfile.write(bytes([byte]))
                pause.wait(PAUSE_S)
        except OSError:
            self.cut.set()


HEADERS = b"HTTP/1.1 200 OK\r\nx-filler: " + b"a" * 5000 + b"\r\ncontent-length: %d\r\n\r\n" % len(ITEM) + ITEM
INTERIM = b"HTTP/1.1 103 Early Hints\r\n\r\n" * 200
CHUNKS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 1000
PACKED = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5000\r\n\r\n" + b"\x1f\x8b\x08" + b"\x00" * 4997
PROBLEM = b"HTTP/1.1 404 Not Found\r\ncontent-length: 5000\r\n\r\n" + b" " * 5000
RESPONSES = {"headers": HEADERS, "interim responses": INTERIM, "chunks": CHUNKS, "compressed": PACKED, "a problem": PROBLEM}


@pytest.mark.parametrize("provided", [False, True], ids=["own", "http="])
@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_that_drips_ends_at_the_deadline(name: str, provided: bool) -> None:
    drip = Dripping(RESPONSES[name])
    options: dict[str, Any] = {"http": httpx.Client()} if provided else {}

    with loopback(drip) as server, Steelyard(server.url, deadline=0.3, retries=AT_ONCE, **options) as client:
        with pytest.raises(errors.TimedOut) as raised:
            client.items.get(7)
        assert drip.cut.wait(10)

    assert raised.value.sent


@pytest.mark.parametrize("provided", [False, True], ids=["own", "http="])
@pytest.mark.parametrize("name", RESPONSES)
async def test_a_response_that_drips_ends_at_the_deadline_of_the_asynchronous_client(name: str, provided: bool) -> None:
    drip = Dripping(RESPONSES[name])
    options: dict[str, Any] = {"http": httpx.AsyncClient()} if provided else {}

    with loopback(drip) as server:
        async with AsyncSteelyard(server.url, deadline=0.3, retries=AT_ONCE, **options) as client:
            with pytest.raises(errors.TimedOut) as raised:
                await client.items.get(7)
        assert await to_thread.run_sync(drip.cut.wait, 10)

    assert raised.value.sent


def test_a_login_that_drips_ends_at_the_deadline_and_the_call_was_not_sent() -> None:
    with (
        loopback(Dripping(HEADERS)) as server,
        Steelyard(server.url, username="a", password="b", deadline=0.3, retries=AT_ONCE) as client,
        pytest.raises(errors.TimedOut) as raised,
    ):
        client.users.get_current()

    assert not raised.value.sent


def test_the_headers_of_a_stream_end_at_the_deadline_and_its_body_does_not() -> None:
    body = b"line\n" * 10
    drip = Dripping(body)

    def behave(request: ReceivedRequest, handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
        drip(request, handler)

    with loopback(behave) as server, Steelyard(server.url, deadline=0.3) as client, client.stream(calls.get_item(7)) as stream:
        assert list(stream.iter_lines()) == ["line"] * 10
    with (
        loopback(Dripping(HEADERS)) as server,
        Steelyard(server.url, deadline=0.3, retries=AT_ONCE) as client,
        pytest.raises(errors.TimedOut),
        client.stream(calls.get_item(7)),
    ):
        pass


@contextmanager
def listening(accept: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server whose connections a function gets."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        held = list[socket.socket]()

        def serve() -> None:
            connection, _ = server.accept()
            held.append(connection)
            accept(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)
        for connection in held:
            connection.close()


def test_a_handshake_that_drips_ends_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        pause = threading.Event()
        try:
            for byte in b"\x16\x03\x03\x40\x00" + bytes(5000):
                connection.sendall(bytes([byte]))
                pause.wait(PAUSE_S)
        except OSError:
            pass

    with (
        listening(drip) as address,
        Steelyard(f"https://{address}", deadline=0.3, retries=AT_ONCE) as client,
        pytest.raises(errors.TimedOut) as raised,
    ):
        client.items.get(7)

    assert not raised.value.sent


def test_a_body_that_is_read_slowly_ends_at_the_deadline() -> None:
    taken = list[int]()

    def sip(connection: socket.socket) -> None:
        pause = threading.Event()
        while received := connection.recv(65_536):
            taken.append(len(received))
            pause.wait(PAUSE_S)

    call = calls.update_item(7, title="a" * 60_000_000)
    with listening(sip) as address, Steelyard(f"http://{address}", token="t", deadline=0.5, retries=AT_ONCE) as client:
        with pytest.raises(errors.TimedOut) as raised:
            client.send(call)
        # At the deadline there were some 25 reads; 50 a second follow.
        reads = len(taken)

    assert raised.value.sent
    assert reads < 150
