"""Responses that are cut, and streams of events when the process stops."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from steelyard.contract.http.sending import CUT, cut_response
from steelyard.serving.protocol import BoundedProtocol
from tests.kit.servers.waiting import until
from tests.unit.serving.bounded import HOST, guarded

GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"


async def cut(scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    await cut_response(scope, send)


async def test_a_cut_response_has_no_end_and_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async with guarded(cut) as connect:
        connection = await connect()
        connection.send(GET, GET)

        assert (await connection.rest()).endswith(b"\r\n\r\n4\r\nhalf\r\n")
    assert caplog.records == []


async def test_another_server_is_not_sent_the_message() -> None:
    async def send(message: object) -> None:
        raise AssertionError(f"{message} is sent")

    await cut_response({"type": "http", "extensions": {}}, send)
    with pytest.raises(AssertionError, match=CUT):
        await cut_response({"type": "http", "extensions": {CUT: {}}}, send)


@pytest.mark.parametrize(("media", "is_ended"), [(b"text/event-stream", True), (b"application/x-ndjson", False)], ids=["events", "lines"])
async def test_events_end_when_the_process_stops(media: bytes, is_ended: bool) -> None:  # an expectation
    made, left, may_end = list[BoundedProtocol](), asyncio.Event(), asyncio.Event()

    class Kept(BoundedProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
            super().connection_made(transport)
            made.append(self)

    async def stream(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", media)]})
        await send({"type": "http.response.body", "body": b"begin", "more_body": True})
        if is_ended:
            while (await receive())["type"] != "http.disconnect":
                pass
            left.set()
        else:
            await may_end.wait()
            await send({"type": "http.response.body", "body": b"end"})

    async with guarded(stream, kind=Kept) as connect:
        connection = await connect()
        connection.send(GET)
        await connection.reader.readuntil(b"begin\r\n")
        (protocol,) = await until(lambda: made)

        protocol.shutdown()
        may_end.set()

        rest = await connection.rest()
        assert rest.endswith(b"0\r\n\r\n") != is_ended
        assert left.is_set() == is_ended
