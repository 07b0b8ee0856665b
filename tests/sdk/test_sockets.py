"""What only a socket shows: bodies that drip, connections that drop, proxies, floods, and answers that arrive in pieces."""

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
from tests.sdk.kit import ANSWERS, AT_ONCE, PROBLEMS
from tests.sdk.loopback import Asked, Behaviour, Given, Handler, loopback

TOKEN = json.dumps(ANSWERS["issue_token"]).encode()
ITEM = json.dumps(ANSWERS["get_item"]).encode()


def head(handler: Handler, length: int, *more: str) -> None:
    lines = ["HTTP/1.1 200 OK", "content-type: application/json", f"content-length: {length}", *more, "", ""]
    handler.wfile.write("\r\n".join(lines).encode())


def dripping(_: Asked, handler: Handler) -> None:
    head(handler, len(ITEM))
    gone = threading.Event()
    for byte in ITEM:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        gone.wait(0.02)


def test_a_body_that_drips_does_not_get_past_the_deadline() -> None:
    with loopback(dripping) as server, Steelyard(server.url, deadline=0.4, retries=AT_ONCE) as client:
        begun = time.monotonic()
        with pytest.raises(errors.TimedOut):
            client.items.get(7)
        assert time.monotonic() - begun < 3


async def test_a_body_that_drips_does_not_get_past_the_deadline_of_a_task() -> None:
    with loopback(dripping) as server:
        async with AsyncSteelyard(server.url, deadline=0.4, retries=AT_ONCE) as client:
            with pytest.raises(errors.TimedOut):
                await client.items.get(7)


def dropping(times: int, *, after: bytes = b"") -> tuple[list[str], Behaviour]:
    """Drops so many connections, with these bytes of an answer written, then answers."""
    dropped = list[str]()

    def behave(asked: Asked, handler: Handler) -> Given | None:
        if len(dropped) < times:
            dropped.append(asked.headers.get("idempotency-key", ""))
            if after:
                head(handler, 999)
                handler.wfile.write(after)
            return None
        dropped.append(asked.headers.get("idempotency-key", ""))
        body = ITEM if asked.path.startswith("/items") else json.dumps(ANSWERS["issue_token"]).encode()
        return 200, body, {}

    return dropped, behave


@pytest.mark.parametrize("after", [b"", b'{"id"'])
def test_a_dropped_connection_is_survived_by_what_may_be_repeated(after: bytes) -> None:
    asked, behave = dropping(2, after=after)
    with loopback(behave) as server, Steelyard(server.url, token="t", retries=AT_ONCE) as client:
        item = client.items.create(title="Lamp", price={"amount": 1, "currency": "USD"})

    assert item.id == 7
    assert len(asked) == 3
    assert len(set(asked)) == 1


def test_a_dropped_connection_ends_what_may_not_be_repeated() -> None:
    asked, behave = dropping(1)
    with loopback(behave) as server, Steelyard(server.url, retries=AT_ONCE) as client, pytest.raises(errors.ConnectionFailed) as raised:
        client.auth.issue_token(username="a", password="b")

    assert raised.value.sent
    assert len(asked) == 1


def test_nobody_listening_means_nothing_was_sent() -> None:
    with loopback(lambda *_: None) as server:
        url = server.url

    with Steelyard(url, retries=AT_ONCE) as client, pytest.raises(errors.ConnectionFailed) as raised:
        client.auth.issue_token(username="a", password="b")

    assert (raised.value.sent, raised.value.attempts) == (False, 3)


def test_requests_go_through_a_proxy_that_a_client_was_given() -> None:
    with loopback(lambda *_: (200, ITEM, {})) as proxy:
        with Steelyard("http://127.0.0.1:1", http=httpx.Client(proxy=proxy.url)) as client:
            assert client.items.get(7).id == 7
        assert proxy.asked[0].path == "http://127.0.0.1:1/items/7"


def test_a_flood_is_not_read_to_its_end_but_may_be_streamed() -> None:
    flood = b"x" * 300_000
    with loopback(lambda *_: (200, flood, {})) as server, Steelyard(server.url, max_answer=100_000) as client:
        with pytest.raises(errors.UnexpectedAnswer, match="larger than 100000 bytes"):
            client.items.get(7)
        with client.stream(calls.get_item(7)) as stream:
            assert (stream.status, stream.headers["content-length"], stream.attempts) == (200, "300000", 1)
            assert sum(len(chunk) for chunk in stream.iter_bytes()) == 300_000


def test_a_small_body_that_unpacks_to_a_flood_is_no_answer() -> None:
    packed = gzip.compress(b" " * 5_000_000)
    with (
        loopback(lambda *_: (200, packed, {"content-encoding": "gzip"})) as server,
        Steelyard(server.url, max_answer=100_000) as client,
        pytest.raises(errors.UnexpectedAnswer, match="larger than"),
    ):
        client.items.get(7)
    with loopback(lambda *_: (200, gzip.compress(ITEM), {"content-encoding": "gzip"})) as server, Steelyard(server.url) as client:
        assert client.items.get(7).id == 7


async def test_a_stream_is_retried_until_it_has_begun_and_closed_with_its_block() -> None:
    answers = [503, 200]

    def behave(*_: object) -> Given:
        return answers.pop(0), b"one\ntwo\n", {}

    with loopback(behave) as server:
        async with AsyncSteelyard(server.url, retries=AT_ONCE) as client:
            async with client.stream(calls.get_item(7)) as stream:
                assert [line async for line in stream.iter_lines()] == ["one", "two"]
            assert stream.attempts == 2


def test_a_stream_that_is_refused_is_an_error_like_any_other() -> None:
    body = json.dumps(PROBLEMS["ItemNotFound"]).encode()
    with (
        loopback(lambda *_: (404, body, {"content-type": "application/problem+json"})) as server,
        Steelyard(server.url) as client,
        pytest.raises(errors.ItemNotFound),
        client.stream(calls.get_item(7)),
    ):
        pass


class Careless:
    """A server that does what it is asked, and then loses one connection in two: before, in or after its answer, or on the next use."""

    def __init__(self, seed: int) -> None:
        self.done = list[str]()
        self._dice = random.Random(seed)

    def __call__(self, asked: Asked, handler: Handler) -> Given | None:
        fate = self._dice.randrange(8)
        if fate == 0:
            return 429, b"", {"retry-after": "0"}
        if fate == 1:
            # Closing answers with a reset instead of an orderly end.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return None
        self.done.append(asked.form["username"])
        if fate == 2:
            head(handler, 999)
            handler.wfile.write(b'{"access')
        # 4: it answers, and closes a connection that the client believes to be alive.
        handler.close_connection = fate == 4
        return None if fate in {2, 3} else (503, b"", {}) if fate == 5 else (200, TOKEN, {})


@pytest.mark.parametrize("seed", range(4))
def test_what_may_not_be_repeated_is_done_at_most_once_whatever_happens_to_its_connections(seed: int) -> None:
    shop = Careless(seed)
    with loopback(shop) as server, Steelyard(server.url, retries=AT_ONCE) as client:
        for number in range(100):
            with suppress(errors.ConnectionFailed, errors.ApiError):
                client.auth.issue_token(username=f"caller {number}", password="p")

    assert len(shop.done) == len(set(shop.done))
    assert len(shop.done) > 60


async def test_what_may_not_be_repeated_is_done_at_most_once_by_tasks_too() -> None:
    shop = Careless(4)
    with loopback(shop) as server:
        async with AsyncSteelyard(server.url, retries=AT_ONCE) as client:
            for number in range(100):
                with suppress(errors.ConnectionFailed, errors.ApiError):
                    await client.auth.issue_token(username=f"caller {number}", password="p")

    assert len(shop.done) == len(set(shop.done))
    assert len(shop.done) > 60
