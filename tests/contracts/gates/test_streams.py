"""Responses that are sent item by item: what a client gets of a producer that fails, waits or never ends, and what ends a producer."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from steelyard.contract.execution.deadlines import Deadlines
from steelyard.contract.observer import ContractViolation
from steelyard_contract.base import Encoded, StreamEvent
from tests.contracts.exchanges import OPERATIONS, VALID, with_parameter
from tests.contracts.gates.conftest import Opened
from tests.contracts.producing import Producer, Producing
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
Start = Callable[..., AbstractContextManager[Producing]]
each_stream = pytest.mark.parametrize("operation", STREAMS, ids=str)


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
