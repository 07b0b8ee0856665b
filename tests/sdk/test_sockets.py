"""Behaviour that needs a socket: slow bodies, dropped connections, proxies, large bodies and streams."""

import gzip
import json
import random
import socket
import struct
import threading
import time
from contextlib import suppress

import httpx
import pytest

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors
from tests.sdk.kit import AT_ONCE, EXAMPLES, PROBLEMS
from tests.sdk.loopback import Behaviour, Handler, ReceivedRequest, SentResponse, loopback

TOKEN = json.dumps(EXAMPLES["issue_token"]).encode()
ITEM = json.dumps(EXAMPLES["get_item"]).encode()


def head(handler: Handler, length: int, *more: str) -> None:
    lines = ["HTTP/1.1 200 OK", "content-type: application/json", f"content-length: {length}", *more, "", ""]
    handler.wfile.write("\r\n".join(lines).encode())


def dripping(_: ReceivedRequest, handler: Handler) -> None:
    head(handler, len(ITEM))
    gone = threading.Event()
    for byte in ITEM:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        gone.wait(0.02)


def test_a_slow_body_ends_at_the_deadline() -> None:
    with loopback(dripping) as server, Steelyard(server.url, deadline=0.4, retries=AT_ONCE) as client:
        begun = time.monotonic()
        with pytest.raises(errors.TimedOut):
            client.items.get(7)
        assert time.monotonic() - begun < 3


async def test_a_slow_body_ends_at_the_deadline_of_the_asynchronous_client() -> None:
    with loopback(dripping) as server:
        async with AsyncSteelyard(server.url, deadline=0.4, retries=AT_ONCE) as client:
            with pytest.raises(errors.TimedOut):
                await client.items.get(7)


def dropping(times: int, *, after: bytes = b"") -> tuple[list[str], Behaviour]:
    """A server that drops the first connections after some bytes of a response. Also the idempotency keys that it gets."""
    keys = list[str]()

    def behave(request: ReceivedRequest, handler: Handler) -> SentResponse | None:
        if len(keys) < times:
            keys.append(request.headers.get("idempotency-key", ""))
            if after:
                head(handler, 999)
                handler.wfile.write(after)
            return None
        keys.append(request.headers.get("idempotency-key", ""))
        body = ITEM if request.path.startswith("/items") else json.dumps(EXAMPLES["issue_token"]).encode()
        return 200, body, {}

    return keys, behave


@pytest.mark.parametrize("after", [b"", b'{"id"'])
def test_a_repeatable_call_succeeds_after_dropped_connections(after: bytes) -> None:
    keys, behave = dropping(2, after=after)
    with loopback(behave) as server, Steelyard(server.url, token="t", retries=AT_ONCE) as client:
        item = client.items.create(title="Lamp", price={"amount": 1, "currency": "USD"})

    assert item.id == 7
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_an_unrepeatable_call_raises_after_a_dropped_connection() -> None:
    keys, behave = dropping(1)
    with loopback(behave) as server, Steelyard(server.url, retries=AT_ONCE) as client, pytest.raises(errors.ConnectionFailed) as raised:
        client.auth.issue_token(username="a", password="b")

    assert raised.value.sent
    assert len(keys) == 1


def test_without_a_listening_server_the_error_states_that_the_call_was_not_sent() -> None:
    with loopback(lambda *_: None) as server:
        url = server.url

    with Steelyard(url, retries=AT_ONCE) as client, pytest.raises(errors.ConnectionFailed) as raised:
        client.auth.issue_token(username="a", password="b")

    assert (raised.value.sent, raised.value.attempts) == (False, 3)


def test_requests_go_through_the_proxy_of_a_passed_client() -> None:
    with loopback(lambda *_: (200, ITEM, {})) as proxy:
        with Steelyard("http://127.0.0.1:1", http=httpx.Client(proxy=proxy.url)) as client:
            assert client.items.get(7).id == 7
        assert proxy.requests[0].path == "http://127.0.0.1:1/items/7"


def test_a_body_over_the_limit_raises_but_can_be_streamed() -> None:
    flood = b"x" * 300_000
    with loopback(lambda *_: (200, flood, {})) as server, Steelyard(server.url, max_answer=100_000) as client:
        with pytest.raises(errors.UnexpectedAnswer, match="larger than 100000 bytes"):
            client.items.get(7)
        with client.stream(calls.get_item(7)) as stream:
            assert (stream.status, stream.headers["content-length"], stream.attempts) == (200, "300000", 1)
            assert sum(len(chunk) for chunk in stream.iter_bytes()) == 300_000


def test_a_small_body_that_unpacks_to_one_over_the_limit_raises() -> None:
    packed = gzip.compress(b" " * 5_000_000)
    with (
        loopback(lambda *_: (200, packed, {"content-encoding": "gzip"})) as server,
        Steelyard(server.url, max_answer=100_000) as client,
        pytest.raises(errors.UnexpectedAnswer, match="larger than"),
    ):
        client.items.get(7)
    with loopback(lambda *_: (200, gzip.compress(ITEM), {"content-encoding": "gzip"})) as server, Steelyard(server.url) as client:
        assert client.items.get(7).id == 7


async def test_a_stream_is_retried_until_it_begins() -> None:
    statuses = [503, 200]

    def behave(*_: object) -> SentResponse:
        return statuses.pop(0), b"one\ntwo\n", {}

    with loopback(behave) as server:
        async with AsyncSteelyard(server.url, retries=AT_ONCE) as client:
            async with client.stream(calls.get_item(7)) as stream:
                assert [line async for line in stream.iter_lines()] == ["one", "two"]
            assert stream.attempts == 2


def test_a_problem_instead_of_a_stream_raises_its_exception() -> None:
    body = json.dumps(PROBLEMS["ItemNotFound"]).encode()
    with (
        loopback(lambda *_: (404, body, {"content-type": "application/problem+json"})) as server,
        Steelyard(server.url) as client,
        pytest.raises(errors.ItemNotFound),
        client.stream(calls.get_item(7)),
    ):
        pass


class Careless:
    """A server that executes most requests and loses many connections: before, in or after its response, or at the next use."""

    def __init__(self, seed: int) -> None:
        self.done = list[str]()
        self._dice = random.Random(seed)

    def __call__(self, request: ReceivedRequest, handler: Handler) -> SentResponse | None:
        fate = self._dice.randrange(8)
        if fate == 0:
            return 429, b"", {"retry-after": "0"}
        if fate == 1:
            # The connection ends with a reset instead of an orderly close.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return None
        self.done.append(request.form["username"])
        if fate == 2:
            head(handler, 999)
            handler.wfile.write(b'{"access')
        # 4: a response, and then the end of a connection that the client keeps.
        handler.close_connection = fate == 4
        return None if fate in {2, 3} else (503, b"", {}) if fate == 5 else (200, TOKEN, {})


@pytest.mark.parametrize("seed", range(4))
def test_an_unrepeatable_call_has_at_most_one_effect_whatever_happens_to_its_connections(seed: int) -> None:
    shop = Careless(seed)
    with loopback(shop) as server, Steelyard(server.url, retries=AT_ONCE) as client:
        for number in range(100):
            with suppress(errors.ConnectionFailed, errors.ApiError):
                client.auth.issue_token(username=f"caller {number}", password="p")

    assert len(shop.done) == len(set(shop.done))
    assert len(shop.done) > 60


async def test_an_unrepeatable_call_of_the_asynchronous_client_has_at_most_one_effect() -> None:
    shop = Careless(4)
    with loopback(shop) as server:
        async with AsyncSteelyard(server.url, retries=AT_ONCE) as client:
            for number in range(100):
                with suppress(errors.ConnectionFailed, errors.ApiError):
                    await client.auth.issue_token(username=f"caller {number}", password="p")

    assert len(shop.done) == len(set(shop.done))
    assert len(shop.done) > 60
