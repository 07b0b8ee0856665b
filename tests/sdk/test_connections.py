"""Connections on real sockets: cancelled calls, and a second event loop."""

import asyncio
import json
import multiprocessing
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors, operations
from steelyard_client.testing import FakeSteelyard
from tests.sdk.kit import AT_ONCE, EXAMPLES
from tests.sdk.loopback import loopback

ITEM = json.dumps(EXAMPLES["get_item"]).encode()
RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(ITEM) + ITEM
FORK = multiprocessing.get_context("fork")
PATIENCE_S = 20


# -- cancelled calls ---------------------------------------------------------------------------------------------------
class Stalling:
    """A server that responds only after `go` is set."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.url = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await self.go.wait()
                writer.write(RESPONSE)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            self.go.set()
            server.close()


@asynccontextmanager
async def stalling(**options: Any) -> AsyncIterator[tuple[Stalling, AsyncSteelyard]]:
    server = Stalling()
    async with server.running(), AsyncSteelyard(server.url, retries=AT_ONCE, timeout=PATIENCE_S, **options) as client:
        yield server, client


async def by_timeout(call: Callable[[], Any]) -> None:
    try:
        async with asyncio.timeout(0.2):
            await call()
    except TimeoutError:
        pass


async def by_scope(call: Callable[[], Any]) -> None:
    with anyio.move_on_after(0.2):
        await call()


async def by_two_cancellations(call: Callable[[], Any]) -> None:
    task = asyncio.ensure_future(call())
    await asyncio.wait([task], timeout=0.2)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize("provided", [False, True], ids=["own", "http="])
@pytest.mark.parametrize("cancelled", [by_timeout, by_scope, by_two_cancellations])
async def test_cancelled_calls_leave_all_places_of_the_pool(cancelled: Callable[..., Any], provided: bool) -> None:
    options = {"http": httpx.AsyncClient()} if provided else {}
    async with stalling(**options) as (server, client):
        for _ in range(2):
            await asyncio.gather(*[cancelled(lambda: client.items.get(7)) for _ in range(220)])
        server.go.set()
        items = await asyncio.wait_for(asyncio.gather(*[client.items.get(7) for _ in range(100)]), PATIENCE_S)

    assert [item.id for item in items] == [7] * 100


@pytest.mark.parametrize("steps", range(12))
async def test_a_call_that_is_cancelled_at_any_step_leaves_its_place(steps: int) -> None:
    limits = httpx.Limits(max_connections=1)
    async with stalling(http=httpx.AsyncClient(limits=limits)) as (server, client):
        server.go.set()
        for _ in range(3):
            task = asyncio.ensure_future(client.items.get(7))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        assert (await asyncio.wait_for(client.items.get(7), PATIENCE_S)).id == 7


async def test_a_stream_that_is_cancelled_while_it_closes_leaves_its_place() -> None:
    async with stalling(http=httpx.AsyncClient(limits=httpx.Limits(max_connections=1))) as (server, client):
        server.go.set()

        async def use() -> None:
            async with client.stream(calls.get_item(7)):
                asyncio.current_task().cancel()  # type: ignore[union-attr]  # it is a task

        await asyncio.wait([asyncio.ensure_future(use())])
        assert (await asyncio.wait_for(client.items.get(7), PATIENCE_S)).id == 7


def test_a_synchronous_call_that_is_interrupted_leaves_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupt(BaseException):
        pass

    with loopback(lambda *_: (200, ITEM, {})) as server:
        http = httpx.Client(limits=httpx.Limits(max_connections=1), timeout=PATIENCE_S)
        with Steelyard(server.url, http=http) as client:
            # A signal arrives when the pool has given the place away and the connection has not begun.
            monkeypatch.setattr("httpcore._sync.connection_pool.PoolRequest.wait_for_connection", lambda *_, **__: interrupt(Interrupt()))
            with pytest.raises(Interrupt):
                client.items.get(7)
            monkeypatch.undo()
            assert client.items.get(7).id == 7


def interrupt(error: BaseException) -> None:
    raise error


# -- event loops -------------------------------------------------------------------------------------------------------
def test_the_use_in_a_second_event_loop_raises_before_anything_is_sent() -> None:
    with loopback(lambda *_: (200, ITEM, {"connection": "close"})) as server:
        client = AsyncSteelyard(server.url)

        async def use() -> int:
            return (await client.items.get(7)).id

        assert asyncio.run(use()) == 7
        with pytest.raises(errors.WrongEventLoop, match="first used in another event loop"):
            asyncio.run(use())
        asyncio.run(client.aclose())

        assert len(server.requests) == 1


def test_a_client_without_sockets_works_in_any_event_loop() -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.get_item)
        client = fake.async_steelyard()

        async def use() -> int:
            return (await client.items.get(7)).id

        assert [asyncio.run(use()), asyncio.run(use())] == [7, 7]
