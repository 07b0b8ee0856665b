"""Responses that are sent item by item: what a client gets of a producer that fails, waits or never ends, and what ends a producer."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from pydantic_core import to_json

from steelyard.contract import streaming
from steelyard.contract.access import confirmation
from steelyard.contract.access.caller import Caller
from steelyard.contract.execution.deadlines import Deadlines
from steelyard.contract.observer import ContractViolation
from steelyard.db.errors import DatabaseUnavailable
from steelyard_contract.base import Encoded, StreamEvent
from steelyard_contract.problems import InvalidToken
from tests.contracts.exchanges import OPERATIONS, VALID, with_parameter
from tests.contracts.gates.conftest import Opened
from tests.contracts.producing import Producing
from tests.kit.contract.bodies import EVENTS, decoded, is_stream
from tests.kit.contract.checker import CONTRACT, Exchange, Operation
from tests.kit.servers.waiting import until

# Without a further item, the producer waits.
LOOKS = 20
STREAMS = [
    operation
    for operation in OPERATIONS
    if any(is_stream(media) for node in CONTRACT.responses(operation).values() for media in node.get("content", {}))
]
EVENT_STREAMS = [
    operation for operation in STREAMS if any(EVENTS in node.get("content", {}) for node in CONTRACT.responses(operation).values())
]
Start = Callable[..., AbstractContextManager[Producing]]
each_stream = pytest.mark.parametrize("operation", STREAMS, ids=str)


@dataclass
class Producer:
    """Repeats the first item of the handler, without end, each with much white space around it."""

    made: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    pause: float | None = 0
    """Seconds between two items; None: there is only one, and no end."""

    async def __call__(self, items: AsyncIterator[Any]) -> AsyncIterator[Any]:
        item = padded(await anext(items))
        try:
            while True:
                self.made += 1
                yield item
                if self.pause is None:
                    await asyncio.Event().wait()
        finally:
            self.ended.set()


def padded(item: Any) -> Any:
    """The same, encoded, so that few items fill the buffers between two programs."""
    if isinstance(item, StreamEvent):
        return replace(item, data=padded(item.data))
    return Encoded[Any](to_json(item) + b" " * 65_536)


def arrived(response: httpx.Response) -> bytes:
    """What arrives before the response breaks off; AssertionError if it does not."""
    received = b""
    try:
        for part in response.iter_raw():
            received += part
    except httpx.RemoteProtocolError:
        return received
    raise AssertionError(f"the response has an end: {received[:200]!r}")


def items_of(response: httpx.Response, received: bytes) -> list[Any]:
    made: list[Any] = decoded(response.headers["content-type"].partition(";")[0], received)
    return made


async def fail_later(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
    yield await anext(items)
    raise ZeroDivisionError


async def fail_at_once(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for _ in items:
        raise ZeroDivisionError
    yield None


async def break_the_contract(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
    item = await anext(items)
    yield item
    surprise = Encoded[Any](b'{"surprise":1}')
    yield replace(item, data=surprise) if isinstance(item, StreamEvent) else surprise


@each_stream
def test_a_producer_that_fails_cuts_the_response(operation: Operation, producer_of: Start) -> None:
    with producer_of(operation, fail_later) as it:
        with it.opened() as response:
            received = arrived(response)

        assert response.status_code == 200
        assert len(items_of(response, received)) == 1
        assert [type(fault) for fault in it.server.journal.faults] == [ZeroDivisionError]
        it.server.journal.faults.clear()


@each_stream
def test_a_producer_that_fails_at_once_is_an_internal_error(operation: Operation, producer_of: Start) -> None:
    with producer_of(operation, fail_at_once) as it:
        with it.opened() as response:
            if EVENTS in response.headers["content-type"]:  # their next one may take as long as it likes
                assert b"data" not in arrived(response)
            else:
                response.read()
                assert (response.status_code, response.json()["type"]) == (500, "/problems/internal-error")

        assert [type(fault) for fault in it.server.journal.faults] == [ZeroDivisionError]
        it.server.journal.faults.clear()


@each_stream
def test_an_item_that_breaks_the_contract_does_not_leave(operation: Operation, producer_of: Start) -> None:
    with producer_of(operation, break_the_contract) as it:
        with it.opened() as response:
            received = arrived(response)

        assert b"surprise" not in received
        assert [type(fault) for fault in it.server.journal.faults] == [ContractViolation]
        it.server.journal.faults.clear()


@each_stream
@pytest.mark.parametrize("pause", [0, None], ids=["busy", "waiting"])
def test_a_client_that_leaves_ends_the_producer(operation: Operation, pause: float | None, producer_of: Start) -> None:
    producer = Producer(pause=pause)
    with producer_of(operation, producer) as it:
        with it.opened() as response:
            next(response.iter_raw())

        assert producer.ended.wait(20)


@each_stream
async def test_a_producer_waits_for_a_slow_reader(operation: Operation, producer_of: Start) -> None:
    producer = Producer()
    with producer_of(operation, producer) as it, it.opened() as response:
        received = response.iter_raw()
        next(received)
        seen = list[int]()

        def waits() -> bool:
            seen.append(producer.made)
            return len(seen) > LOOKS and len(set(seen[-LOOKS:])) == 1

        await until(waits, within_s=60)
        for part in received:
            if producer.made > 2 * seen[-1]:
                break
            assert part


@each_stream
async def test_a_stream_has_a_deadline(operation: Operation, producer_of: Start) -> None:
    producer = Producer(pause=None)
    with producer_of(operation, producer) as it:
        await until(lambda: bool(it.apps))
        for compiled in it.apps[0]._compiled:
            compiled._streams._deadlines = Deadlines(0.3)
        with it.opened() as response:
            assert arrived(response)

        assert producer.ended.wait(20)


ADMITTED = [(operation, way) for operation in STREAMS for way in CONTRACT.security(operation) if way]


def expire(authenticator: Any) -> None:
    def verify(_: bytes) -> Any:
        raise InvalidToken

    authenticator.verify = verify


def revoke(authenticator: Any) -> None:
    async def load_caller(*_: Any) -> Caller:
        raise InvalidToken

    authenticator.load_caller = load_caller


def change_role(authenticator: Any) -> None:
    load = authenticator.load_caller

    async def load_caller(*arguments: Any) -> Caller:
        return replace(await load(*arguments), role="another")

    authenticator.load_caller = load_caller


def lose_the_database(authenticator: Any) -> None:
    async def load_caller(*_: Any) -> Caller:
        raise DatabaseUnavailable("it is away")

    authenticator.load_caller = load_caller


@pytest.mark.parametrize("end", [expire, revoke, change_role, lose_the_database], ids=lambda end: end.__name__)
@pytest.mark.parametrize(("operation", "way"), ADMITTED, ids=[f"{operation}-{'-'.join(way)}" for operation, way in ADMITTED])
async def test_a_stream_ends_with_the_rights_of_its_caller(
    operation: Operation, way: dict[str, list[str]], end: Callable[[Any], None], producer_of: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation, "CONFIRM_S", 0.02)
    monkeypatch.setattr(confirmation, "UNCONFIRMED_S", 0.1)
    producer = Producer(pause=None)
    with producer_of(operation, producer) as it, it.opened(sample=VALID[operation.id].by(way)) as response:
        received = response.iter_raw()
        next(received)
        assert not producer.ended.wait(0.1), "the caller is confirmed, and the stream stays open"

        for authenticator in (it.apps[0]._runtime.authenticator, *it.apps[0]._runtime.enforcers.values()):
            end(authenticator)

        with pytest.raises(httpx.RemoteProtocolError):
            list(received)
        assert producer.ended.wait(20)


@each_stream
async def test_open_streams_are_counted_and_limited(operation: Operation, producer_of: Start) -> None:
    producer = Producer(pause=None)
    with producer_of(operation, producer, max_streams_per_caller=1) as it:
        with it.opened() as response:
            received = response.iter_raw()  # closes the connection when it is collected
            next(received)
            streams = it.apps[0]._runtime.open_streams
            with it.opened() as rejected:
                rejected.read()
                assert (rejected.status_code, rejected.headers["retry-after"]) in {(429, "3"), (503, "3")}
            assert (streams.count, producer.made) == (1, 1), "the rejected one is not counted, and its handler has not run"

        await until(lambda: streams.count == 0)
        with it.opened() as response:
            assert response.status_code == 200
            next(response.iter_raw())


@each_stream
def test_a_server_that_stops_ends_the_producer_and_the_response_is_broken(operation: Operation, producer_of: Start) -> None:
    producer = Producer(pause=None)
    with ExitStack() as client:
        with producer_of(operation, producer, stop_timeout_s=0.1) as it:
            response = client.enter_context(it.opened())
            received = response.iter_raw()
            next(received)

        assert producer.ended.is_set()
        with pytest.raises(httpx.RemoteProtocolError):
            list(received)


@pytest.mark.parametrize("operation", EVENT_STREAMS, ids=str)
def test_comments_keep_a_stream_without_events_open(operation: Operation, producer_of: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PING_S", 0.02)
    with producer_of(operation, Producer(pause=None)) as it, it.opened() as response:
        received = b""
        for part in response.iter_raw():
            received += part
            if received.count(b"\n\n: ping\n\n") == 2:
                break

    assert len(items_of(response, received)) == 1


@pytest.mark.parametrize("operation", [each for each in STREAMS if each.method == "GET"], ids=str)
def test_head_makes_no_item(operation: Operation, producer_of: Start) -> None:
    producer = Producer()
    with producer_of(operation, producer) as it, it.opened("HEAD") as response:
        assert (response.status_code, response.read(), producer.made) == (200, b"", 0)


@each_stream
def test_other_requests_are_served_beside_a_busy_stream(operation: Operation, producer_of: Start) -> None:
    producer = Producer()
    with producer_of(operation, producer) as it, it.opened() as response:
        stop = threading.Event()
        reading = threading.Thread(target=lambda: next((part for part in response.iter_raw() if stop.is_set()), None))
        reading.start()

        assert it.server.request("GET", b"/openapi.json").status == 200
        stop.set()
        reading.join(20)
        assert not reading.is_alive()


RESUMED = with_parameter("Last-Event-ID")


@pytest.mark.parametrize("operation", RESUMED, ids=str)
async def test_a_stream_continues_behind_the_last_event(operation: Operation, api: Opened) -> None:
    sample = VALID[operation.id]
    whole = events(await api.send(sample))

    for at, event in enumerate(whole):
        assert events(await api.send(sample.having("Last-Event-ID", event["id"]))) == whole[at + 1 :]


def events(response: Exchange) -> list[Any]:
    made: list[Any] = decoded(EVENTS, response.body)
    return made
