"""The guarded protocol on a real socket: what is rejected before there is an operation, and when a connection is closed."""

import asyncio
import json
import pickle

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from steelyard.serving.config import ServerConfig
from steelyard.settings import Settings
from tests.unit.serving.bounded import HOST, echo, every, guarded


async def test_an_ordinary_request_is_served_and_the_connection_stays() -> None:
    async with guarded() as connect:
        connection = await connect()

        for _ in range(2):
            connection.send(b"POST /a HTTP/1.1\r\n", HOST, b"content-length: 3\r\n\r\nabc")
            status, _, body = await connection.response()

            assert (status, json.loads(body)["size"]) == (200, 3)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nhost: local host\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: localhost:abc\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: localhost:80:80\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: user@localhost\r\n\r\n", 400),
        (b"GET http://user@localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET http://localhost:abc/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
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
        "probe without host",
        "probe with two hosts",
        "probe with a malformed host",
        "malformed port",
        "two ports",
        "user in the host",
        "user in the target",
        "malformed port in the target",
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
async def test_an_invalid_head_is_rejected_and_the_connection_closed(request_bytes: bytes, status: int) -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(request_bytes)

        assert (await connection.problem())[0] == status


@pytest.mark.parametrize("path", [b"/health", b"/livez"])
@pytest.mark.parametrize("rest", [b"1.1\r\nhost: 10.1.2.3:8000", b"1.1\r\nhost: pod.example", b"1.1\r\nhost:", b"1.0"])
async def test_a_health_probe_is_served_whatever_its_host(path: bytes, rest: bytes) -> None:
    async with guarded(trusted_hosts=("shop.example.com",)) as connect:
        connection = await connect()

        connection.send(b"GET ", path, b" HTTP/", rest, b"\r\n\r\n")

        assert (await connection.response())[0] == 200


async def test_the_host_of_an_absolute_target_is_the_one_that_counts() -> None:
    seen: list[Scope] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await echo(scope, receive, send)

    async with guarded(note, trusted_hosts=("shop.example.com", "localhost")) as connect:
        connection = await connect()

        connection.send(b"GET http://shop.example.com:8000 HTTP/1.1\r\n", HOST, b"\r\n")

        assert (await connection.response())[0] == 200
    assert (seen[0]["path"], dict(seen[0]["headers"])[b"host"]) == ("/", b"shop.example.com:8000")


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:8000", b"localhost:", b"[::1]:8000", b"127.0.0.1"])
async def test_a_trusted_host_is_served_whatever_its_port_and_case(host: bytes) -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(b"GET / HTTP/1.0\r\nhost: ", host, b"\r\n\r\n")

        assert (await connection.response())[0] == 200


@pytest.mark.parametrize(
    "start", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: loc", b"\r\n"], ids=["silent", "half", "in a field", "empty lines"]
)
async def test_a_late_head_is_rejected(start: bytes) -> None:
    async with guarded(head_timeout_s=0.1) as connect:
        connection = await connect()

        connection.send(start)

        assert (await connection.problem())[0] == 408


async def test_a_line_break_on_an_idle_connection_begins_no_request() -> None:
    async with guarded(head_timeout_s=0.1) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 3\r\n\r\nabc")
        await connection.response()

        connection.send(b"\r\n")

        assert await connection.is_open_for(0.4)
        connection.send(b"\r\n\nGET / HTTP/1.1\r\n", HOST, b"\r\n")
        assert (await connection.response())[0] == 200


async def test_line_breaks_keep_no_idle_connection_open() -> None:
    async with guarded(keep_alive_s=0.3) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.response()

        async def drip() -> None:
            async for _ in every(0.05):
                connection.send(b"\r\n")

        dripping = asyncio.create_task(drip())
        assert await connection.is_closed()
        dripping.cancel()


async def test_a_dripped_head_of_a_second_request_is_rejected_in_time() -> None:
    async with guarded(head_timeout_s=0.3) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.response()

        async def drip() -> None:
            connection.send(b"GET / HTTP/1.1\r\nx: ")
            async for _ in every(0.05):
                connection.send(b"y")

        dripping = asyncio.create_task(drip())
        assert (await connection.problem())[0] == 408
        dripping.cancel()


async def test_an_idle_connection_outlives_the_time_for_a_head() -> None:
    async with guarded(head_timeout_s=0.05) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.response()

        assert await connection.is_open_for(0.3)


async def test_a_connection_is_closed_when_it_has_been_idle_for_long() -> None:
    async with guarded(keep_alive_s=0.1) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        await connection.response()

        assert await connection.is_closed()


async def test_a_connection_is_not_idle_while_its_response_is_being_made() -> None:
    is_made = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await is_made.wait()
        await echo(scope, receive, send)

    async with guarded(slow, keep_alive_s=0.1) as connect:
        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        assert await connection.is_open_for(0.4)

        connection = await connect()
        connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        asyncio.get_running_loop().call_later(0.3, is_made.set)
        status, _, _ = await connection.response()

        assert status == 200
        assert await connection.is_closed()


async def test_a_slow_body_does_not_use_the_time_for_the_head() -> None:
    async with guarded(head_timeout_s=0.1) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 2\r\n\r\na")

        assert await connection.is_open_for(0.3)
        connection.send(b"b")
        assert (await connection.response())[0] == 200


@pytest.mark.parametrize("framing", [b"content-length: 3\r\n\r\na", b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n"])
async def test_a_late_body_is_rejected(framing: bytes) -> None:
    async with guarded(body_timeout_s=0.1) as connect:
        connection = await connect()

        connection.send(b"POST / HTTP/1.1\r\n", HOST, framing)

        assert await connection.problem() == (408, "The body must arrive within 0.1 seconds")


async def test_a_body_in_time_leaves_no_timer_behind() -> None:
    async with guarded(body_timeout_s=0.1) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 2\r\n\r\na")

        connection.send(b"b")

        assert (await connection.response())[0] == 200
        assert await connection.is_open_for(0.3)


async def test_a_trailer_does_not_become_a_header() -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nauthorization: Bearer x\r\n\r\n")

        _, _, body = await connection.response()
        read = json.loads(body)
        assert (read["size"], read["headers"]) == (1, ["host", "transfer-encoding"])


async def test_endless_chunk_extensions_are_rejected() -> None:
    async with guarded() as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"transfer-encoding: chunked\r\n\r\n1;")

        connection.send(b"x" * 200_000)

        assert (await connection.problem())[0] == 400


@pytest.mark.parametrize("framing", [b"1;" + b"x" * 100_000 + b"\r\nA\r\n0\r\n\r\n", b"1\r\nA\r\n0\r\n" + b"x: y\r\n" * 20_000 + b"\r\n"])
async def test_framing_is_bounded_from_the_first_packet_on(framing: bytes) -> None:
    async with guarded() as connect:
        connection = await connect()

        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"transfer-encoding: chunked\r\n\r\n", framing)

        assert (await connection.problem())[0] == 400


async def test_a_late_body_after_its_response_has_no_second_response() -> None:
    async def hasty(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    async with guarded(hasty, body_timeout_s=0.1) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 5\r\n\r\na")

        assert (await connection.response())[0] == 401
        assert await connection.rest() == b""


async def test_a_connection_is_idle_once_the_body_behind_its_response_has_come() -> None:
    async def hasty(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    async with guarded(hasty, keep_alive_s=0.2) as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 5\r\n\r\na")
        await connection.response()

        connection.send(b"bcde")

        assert await connection.is_closed()


async def test_a_response_before_the_expected_body_ends_the_connection() -> None:
    async def hasty(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/read":
            await receive()
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    head = b" HTTP/1.1\r\n" + HOST + b"expect: 100-continue\r\ncontent-length: 3\r\n\r\n"
    async with guarded(hasty) as connect:
        reading, hasty_one = await connect(), await connect()
        reading.send(b"POST /read", head, b"abc")
        hasty_one.send(b"POST /hasty", head)

        assert (await reading.reader.readuntil(b"\r\n\r\n")) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert "connection" not in (await reading.response())[1]
        hasty_one.send(b"GET /next HTTP/1.1\r\n", HOST, b"\r\n")
        assert (await hasty_one.response())[1]["connection"] == "close"
        assert await hasty_one.rest() == b""


async def test_a_large_body_does_not_count_as_framing() -> None:
    async with guarded() as connect:
        connection = await connect()
        connection.send(b"POST / HTTP/1.1\r\n", HOST, b"content-length: 500000\r\n\r\n")

        connection.send(b"x" * 500_000)

        _, _, body = await connection.response()
        assert json.loads(body)["size"] == 500_000


async def test_a_connection_beyond_the_limit_is_closed_at_once() -> None:
    async with guarded(most_connections=1) as connect:
        first = await connect()
        second = await connect()

        assert await second.is_closed()
        first.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
        assert (await first.response())[0] == 200


async def test_one_address_does_not_take_every_connection() -> None:
    async with guarded(max_connections_per_network=2) as connect:
        first, second = await connect(), await connect()
        third = await connect()

        assert await third.is_closed()
        first.send(b"GET / HTTP/1.1\r\n", HOST, b"connection: close\r\n\r\n")
        assert (await first.response())[0] == 200
        assert await first.is_closed()
        fourth = await connect()
        for connection in (second, fourth):
            connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
            assert (await connection.response())[0] == 200


async def test_a_trusted_proxy_may_open_many_connections() -> None:
    async with guarded(max_connections_per_network=1, trusted_proxies=("127.0.0.0/8",)) as connect:
        for connection in [await connect() for _ in range(5)]:
            connection.send(b"GET / HTTP/1.1\r\n", HOST, b"\r\n")
            assert (await connection.response())[0] == 200


def made() -> ASGIApp:
    return echo


async def test_a_configuration_is_handed_down_to_workers_and_each_counts_its_own_connections() -> None:
    config = ServerConfig(made, Settings(), workers=2)

    workers = [pickle.loads(pickle.dumps(config)) for _ in range(2)]  # as multiprocessing hands it down
    for worker in workers:
        worker.load()

    workers[0].connections.open("192.0.2.1")
    assert workers[0].connections is not workers[1].connections
