"""However a stream of requests is cut into packets, its responses are the same, byte by byte."""

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from steelyard.serving.protocol import BoundedProtocol
from tests.unit.serving.bounded import HOST, guarded

HEAD = b" HTTP/1.1\r\n" + HOST
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
H2C = b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"


def framed(body: bytes) -> bytes:
    return b"content-length: %d\r\n\r\n" % len(body) + body


SERVED = {
    "get": b"GET /a?b=c" + HEAD + b"\r\n",
    "head": b"HEAD /head" + HEAD + b"x-long: " + b"y" * 300 + b"\r\n\r\n",
    "absolute": b"GET http://localhost:8000/absolute?q" + HEAD + b"\r\n",
    "absolute without path": b"GET http://localhost" + HEAD + b"\r\n",
    "body": b"POST /body" + HEAD + framed(b"abc"),
    "body that looks like a request": b"POST /body" + HEAD + framed(b"\r\n\r\n" + SMUGGLED),
    "empty body": b"POST /empty" + HEAD + framed(b""),
    "line breaks behind": b"POST /breaks" + HEAD + framed(b"abc") + b"\r\n\r\n\n",
    "chunks": b"POST /chunks" + CHUNKED + b"3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n",
    "no chunk": b"POST /chunks" + CHUNKED + b"0\r\n\r\n",
    "chunks with extension and trailer": b"PUT /chunks" + CHUNKED + b'2;a="b;c"\r\nab\r\n0;x\r\ntrailer: 1\r\nother: 2\r\n\r\n',
    "chunks that look like a request": b"POST /chunks" + CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED),
    "upgrade": b"GET /upgrade" + HEAD + H2C + b"\r\n",
    "upgrade with body": b"POST /upgrade" + HEAD + H2C + framed(SMUGGLED),
    "upgrade with chunks": b"POST /upgrade" + HEAD + H2C + b"transfer-encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n",
    "websocket": b"GET /upgrade" + HEAD + b"connection: upgrade\r\nupgrade: websocket\r\n\r\n",
    "continue": b"POST /continue" + HEAD + b"expect: 100-continue\r\n" + framed(b"abc"),
}
LAST = {
    "close": b"GET /last" + HEAD + b"connection: close\r\n\r\n" + SMUGGLED,
    "close with body": b"POST /last" + HEAD + b"connection: close\r\n" + framed(b"abc") + SMUGGLED,
    "1.0": b"GET /last HTTP/1.0\r\n" + HOST + b"\r\n" + SMUGGLED,
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + SMUGGLED,
    "no host": b"GET /last HTTP/1.1\r\n\r\n",
    "malformed port": b"GET /last HTTP/1.1\r\nhost: localhost:abc\r\n\r\n" + SMUGGLED,
    "foreign host in the target": b"GET http://evil.example/" + HEAD + b"\r\n" + SMUGGLED,
    "two lengths": b"POST /last" + HEAD + b"content-length: 1\r\n" + framed(b"abc") + SMUGGLED,
    "length and chunks": b"POST /last" + HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two codings": b"POST /last" + HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "coding twice": b"POST /last" + HEAD + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "malformed chunk": b"POST /last" + CHUNKED + b"3\r\nabc\r\nxyz\r\n\r\n" + SMUGGLED,
    "negative chunk": b"POST /last" + CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "chunk longer than its size": b"POST /last" + CHUNKED + b"2\r\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "chunk with a bare line feed": b"POST /last" + CHUNKED + b"3\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "bare line feeds": b"GET /last HTTP/1.1\nhost: localhost\n\n" + SMUGGLED,
    "folded field": b"GET /last" + HEAD + b"x: y\r\n z\r\n\r\n" + SMUGGLED,
    "long target": b"GET /" + b"a" * 300 + HEAD + b"\r\n" + SMUGGLED,
    "many fields": b"GET /last" + HEAD + b"x: y\r\n" * 20 + b"\r\n" + SMUGGLED,
    "large head": b"GET /last" + HEAD + b"x: " + b"y" * 1100 + b"\r\n\r\n" + SMUGGLED,
    "padded head": b"GET /last" + HEAD + b"x:" + b" " * 1100 + b"y\r\n\r\n" + SMUGGLED,
    "large head and malformed before": b"GET /last" + HEAD + b"x y: z\r\n" + b"x: " + b"y" * 1100 + b"\r\n\r\n",
    "connect": b"CONNECT localhost:80" + HEAD + b"\r\n" + SMUGGLED,
}
LIMITS: dict[str, Any] = {"max_url_bytes": 256, "max_head_fields": 15, "max_head_bytes": 1024}

Cut = Callable[[bytes], Iterator[bytes]]


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def bytewise(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


def at_random(chance: random.Random) -> Cut:
    def cut(data: bytes) -> Iterator[bytes]:
        at = 0
        while at < len(data):
            size = chance.choice((1, 2, 3, 17, 64, 300, 2000))
            yield data[at : at + size]
            at += size

    return cut


def cutting(cut: Cut, *, is_hasty: bool) -> type[BoundedProtocol]:
    """The protocol behind a network that cuts packets anew: all within one turn of the loop, or one packet a turn."""

    class Cutting(BoundedProtocol):
        packets: asyncio.Task[None] | None = None

        def data_received(self, data: bytes) -> None:
            if is_hasty:
                for packet in cut(data):
                    super().data_received(packet)
            else:
                self.packets = asyncio.create_task(self._deliver(data, self.packets))

        async def _deliver(self, data: bytes, before: asyncio.Task[None] | None) -> None:
            if before is not None:
                await before
            for packet in cut(data):
                if not self.transport.is_closing():
                    super().data_received(packet)
                    await asyncio.sleep(0)

    return Cutting


async def responses(stream: bytes, cut: Cut, *, is_hasty: bool) -> bytes:
    async with guarded(kind=cutting(cut, is_hasty=is_hasty), **LIMITS) as connect:
        connection = await connect()
        connection.send(stream)
        return await connection.rest()


def expected(names: list[str], last: str) -> list[bytes]:
    """The paths of the requests that have to be served."""
    targets = [SERVED[name].split(b" ")[1].removeprefix(b"http://localhost:8000").removeprefix(b"http://localhost") for name in names]
    if last in {"close", "close with body", "1.0"}:
        targets.append(b"/last")
    return [target.partition(b"?")[0] or b"/" for target in targets]


async def check(names: list[str], last: str, *cuts: Cut) -> None:
    stream = b"".join(SERVED[name] for name in names) + LAST[last]
    first = await responses(stream, whole, is_hasty=True)

    shown = first.count(b'"path": "')
    heads = [name for name in names if name == "head"]
    assert shown == len(expected(names, last)) - len(heads), (names, last, first)
    at = 0
    for name, target in zip([*names, ""], [*expected(names, last), b""], strict=False):
        if target and name != "head":
            at = first.index(b'"path": "%s"' % target, at) + 1
    assert b"smuggled" not in first
    refused = b'"about:blank"' in first
    assert refused == (last not in {"close", "close with body", "1.0"}), (names, last, first)
    for cut in cuts:
        for is_hasty in (True, False):
            assert await responses(stream, cut, is_hasty=is_hasty) == first, (names, last, is_hasty)


@pytest.mark.parametrize("name", SERVED)
async def test_a_request_is_served_and_the_next_one_too(name: str) -> None:
    await check([name, "get", name], "close", whole, bytewise)


@pytest.mark.parametrize("last", LAST)
async def test_a_connection_ends_after_its_responses(last: str) -> None:
    await check(["get", "body"], last, whole, bytewise)


async def test_random_streams_have_the_same_responses_in_any_packets(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        names = chance.choices(list(SERVED), k=chance.randrange(7))
        await check(names, chance.choice(list(LAST)), at_random(chance), at_random(chance), bytewise)
