"""The guarded protocol on a real socket: what is refused before there is an operation, and when a connection is closed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from steelyard import protocol
from steelyard.settings import Settings

HOST = b"host: localhost\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the number of bytes of the body and the names of the headers."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = json.dumps({"size": size, "headers": [name.decode() for name, _ in scope["headers"]]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, *parts: bytes) -> None:
        self._writer.write(b"".join(parts))

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 10)).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return int(status.split()[1]), headers, await self._reader.readexactly(int(headers["content-length"]))

    async def is_closed(self) -> bool:
        try:
            return await asyncio.wait_for(self._reader.read(1), 10) == b""
        except ConnectionResetError:
            return True

    async def refusal(self) -> tuple[int, str]:
        status, headers, body = await self.answer()
        problem = json.loads(body)
        assert headers["content-type"] == "application/problem+json"
        assert headers["connection"] == "close"
        assert (problem["type"], problem["status"]) == ("about:blank", status)
        assert await self.is_closed()
        return status, problem["detail"]


@asynccontextmanager
async def guarded(
    app: ASGIApp = echo, most_connections: int = 1000, keep_alive_s: float = protocol.KEEP_ALIVE_S, **limits: Any
) -> AsyncIterator[Callable[[], Any]]:
    config = protocol.Config(lambda: app, Settings(**limits))
    config.timeout_keep_alive = keep_alive_s  # type: ignore[assignment]  # whole seconds are for operators
    config.most_connections = most_connections
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: protocol.GuardedProtocol(config, state, {}), "127.0.0.1", 0)
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> Connection:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writers.append(writer)
        return Connection(reader, writer)

    try:
        yield connect
    finally:
        for writer in writers:
            writer.close()
        server.close()


async def test_an_ordinary_request_is_served_and_the_connection_stays() -> None:
    async with guarded() as connect:
        connection = await connect()

        for _ in range(2):
            connection.send(b"POST /a HTTP/1.1\r\n", HOST, b"content-length: 3\r\n\r\nabc")
            status, _, body = await connection.answer()

            assert (status, json.loads(body)["size"]) == (200, 3)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 400),
        (b"GET / HTTP/0.9\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + HOST + b"x: y\r\n" * 100 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"x: " + b"y" * 32768 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"x: " + b"y" * 60000, 431),
    ],
    ids=[
        "no host",
        "two hosts",
        "foreign host",
        "1.0 without host",
        "0.9",
        "2.0",
        "tls",
        "two lengths",
        "long url",
        "many fields",
        "long field",
        "endless field",
    ],
)
async def test_what_is_no_acceptable_head_is_refused_and_the_connection_closed(request_bytes: bytes, status: int) -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(request_bytes)

        assert (await connection.refusal())[0] == status


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:8000", b"[::1]:8000", b"127.0.0.1"])
async def test_a_trusted_host_is_served_whatever_its_port_and_case(host: bytes) -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(b"GET / HTTP/1.0\r\nhost: ", host, b"\r\n\r\n")

        assert (await connection.answer())[0] == 200


@pytest.mark.parametrize(
    "start", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: loc", b"\r\n"], ids=["silent", "half", "in a field", "empty lines"]
)
async def test_a_head_that_does_not_come_in_time_is_refused(start: bytes) -> None:
    async with guarded(head_timeout_s=0.1) as connect:
        connection = await connect()

        connection.send(start)

        assert (await connection.refusal())[0] == 408


async def test_a_dripped_head_of_a_second_request_is_refused_in_time() -> None:
    async with guarded(head_timeout_s=0.3) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.answer()

        async def drip() -> None:
            while True:
                connection.send(b"\r\n")
                await asyncio.sleep(0.05)  # style: sleep, the pause is the attack

        dripping = asyncio.create_task(drip())
        assert (await connection.refusal())[0] == 408
        dripping.cancel()


async def test_an_idle_connection_outlives_the_time_for_a_head() -> None:
    async with guarded(head_timeout_s=0.05) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.answer()

        assert not await closes_within(connection, 0.3)


async def test_a_connection_is_closed_when_it_has_been_idle_for_long() -> None:
    async with guarded(keep_alive_s=0.1) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.answer()

        assert await connection.is_closed()


async def test_a_connection_is_not_idle_while_its_answer_is_being_made() -> None:
    is_made = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await is_made.wait()
        await echo(scope, receive, send)

    async with guarded(slow, keep_alive_s=0.1) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        assert not await closes_within(connection, 0.4)

        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        asyncio.get_running_loop().call_later(0.3, is_made.set)
        status, _, _ = await connection.answer()

        assert status == 200
        assert await connection.is_closed()


async def closes_within(connection: Connection, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(connection.is_closed(), seconds)
    except TimeoutError:
        return False


async def test_a_slow_body_is_not_the_heads_business() -> None:
    async with guarded(head_timeout_s=0.1) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 2\r\n\r\na")

        assert not await closes_within(connection, 0.3)
        connection.send(b"b")
        assert (await connection.answer())[0] == 200


@pytest.mark.parametrize("framing", [b"content-length: 3\r\n\r\na", b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n"])
async def test_a_body_that_does_not_come_in_time_is_refused(framing: bytes) -> None:
    async with guarded(body_timeout_s=0.1) as connect:
        connection = await connect()

        connection.send(b"POST / HTTP/1.1\r\n", HOST, framing)

        assert await connection.refusal() == (408, "A body must arrive within 0.1 seconds")


async def test_a_body_in_time_leaves_no_timer_behind() -> None:
    async with guarded(body_timeout_s=0.1) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 2\r\n\r\na")

        connection.send(b"b")

        assert (await connection.answer())[0] == 200
        assert not await closes_within(connection, 0.3)


async def test_a_trailer_does_not_become_a_header() -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nauthorization: Bearer x\r\n\r\n")

        _, _, body = await connection.answer()
        assert json.loads(body) == {"size": 1, "headers": ["host", "transfer-encoding"]}


async def test_chunk_extensions_without_end_are_refused() -> None:
    async with guarded() as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"transfer-encoding: chunked\r\n\r\n1;")

        connection.send(b"x" * 200_000)

        assert (await connection.refusal())[0] == 400


async def test_a_large_body_is_not_framing() -> None:
    async with guarded() as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 500000\r\n\r\n")

        connection.send(b"x" * 500_000)

        _, _, body = await connection.answer()
        assert json.loads(body)["size"] == 500_000


async def test_a_connection_beyond_the_limit_is_closed_at_once() -> None:
    async with guarded(most_connections=1) as connect:
        first = await connect()
        second = await connect()

        assert await second.is_closed()
        first.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        assert (await first.answer())[0] == 200
