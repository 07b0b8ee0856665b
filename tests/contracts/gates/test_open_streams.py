"""What limits and ends a stream that is open: the rights of its caller, their other streams, and a server that stops."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from steelyard.contract import confirmation, streaming
from steelyard.contract.access.caller import Caller
from steelyard.db.errors import DatabaseUnavailable
from steelyard_contract.problems import InvalidToken
from tests.contracts.exchanges import VALID
from tests.contracts.gates.test_streams import STREAMS, Start, each_stream, items_of
from tests.contracts.producing import Producer
from tests.kit.contract.bodies import EVENTS
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.servers.waiting import until

EVENT_STREAMS = [
    operation for operation in STREAMS if any(EVENTS in node.get("content", {}) for node in CONTRACT.responses(operation).values())
]
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
        caller: Caller = await load(*arguments)
        return replace(caller, role="support")

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

        assert producer.ended.wait(20)
        with pytest.raises(httpx.RemoteProtocolError):
            list(received)


@each_stream
async def test_open_streams_are_counted_and_limited(operation: Operation, producer_of: Start) -> None:
    producer = Producer(pause=None)
    with producer_of(operation, producer, max_streams_per_caller=1) as it:
        with it.opened() as response:
            received = response.iter_raw()  # closes the connection when it is collected
            next(received)
            streams = it.apps[0]._runtime.open_streams
            with it.opened() as rejected:
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
