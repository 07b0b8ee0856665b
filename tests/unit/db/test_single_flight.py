"""Single flight: `join` shares the call under way, `join_next` only one that starts later."""

import asyncio

import pytest

from steelyard.db.errors import StatementFailed
from steelyard.db.single_flight import SingleFlight

Flights = SingleFlight[str, int]


class HeldCall:
    """A call that ends when the test releases it. Its result is the version at its start."""

    def __init__(self) -> None:
        self.version = 0
        self.starts = 0
        self.error: Exception | None = None
        self._started = asyncio.Event()
        self._finish = asyncio.Event()

    async def __call__(self) -> int:
        self.starts += 1
        version = self.version
        self._started.set()
        await self._finish.wait()
        if self.error is not None:
            raise self.error
        return version

    async def has_started(self) -> None:
        await self._started.wait()

    def finish(self) -> None:
        self._finish.set()


@pytest.fixture
def call() -> HeldCall:
    return HeldCall()


@pytest.fixture
def flights() -> Flights:
    return SingleFlight()


def joins(flights: Flights, call: HeldCall, count: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(flights.join("total", call)) for _ in range(count)]


def joins_next(flights: Flights, call: HeldCall, count: int) -> list[asyncio.Future[int]]:
    return [asyncio.ensure_future(flights.join_next("page", call)) for _ in range(count)]


async def test_callers_join_the_call_under_way(flights: Flights, call: HeldCall) -> None:
    call.version = 7
    tasks = joins(flights, call, 3)
    await call.has_started()

    tasks += joins(flights, call, 2)
    call.finish()

    assert await asyncio.gather(*tasks) == [7] * 5
    assert call.starts == 1


async def test_a_call_that_has_ended_is_not_joined(flights: Flights, call: HeldCall) -> None:
    call.finish()
    await flights.join("total", call)

    await flights.join("total", call)

    assert call.starts == 2


async def test_calls_with_different_keys_are_not_shared(flights: Flights, call: HeldCall) -> None:
    call.finish()

    await asyncio.gather(flights.join("total", call), flights.join("page", call))

    assert call.starts == 2


async def test_cancelling_one_caller_does_not_cancel_the_shared_call(flights: Flights, call: HeldCall) -> None:
    call.version = 7
    first, second = joins(flights, call, 2)
    await call.has_started()

    first.cancel()
    call.finish()

    assert await second == 7
    assert call.starts == 1


async def test_an_abandoned_call_ends_quietly(flights: Flights, call: HeldCall) -> None:
    call.error = StatementFailed("broken", "22P02")
    (only,) = joins(flights, call, 1)
    await call.has_started()

    only.cancel()
    call.finish()
    await asyncio.wait([only])

    call.error = None
    assert await flights.join("total", call) == 0


async def test_every_caller_of_a_joined_call_gets_its_error_and_later_callers_do_not(flights: Flights, call: HeldCall) -> None:
    call.error = StatementFailed("broken", "22P02")
    tasks = joins(flights, call, 3)
    await call.has_started()

    call.finish()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StatementFailed] * 3
    call.error = None
    assert await flights.join("total", call) == 0
    assert call.starts == 2


async def test_callers_share_the_next_call_and_not_the_one_under_way(flights: Flights, call: HeldCall) -> None:
    first, *others = joins_next(flights, call, 3)
    await call.has_started()

    call.version = 1
    call.finish()

    assert await first == 0
    assert await asyncio.gather(*others) == [1, 1]
    assert call.starts == 2


async def test_a_caller_with_no_call_under_way_does_not_wait(flights: Flights, call: HeldCall) -> None:
    call.finish()

    await flights.join_next("page", call)
    await flights.join_next("page", call)

    assert call.starts == 2


async def test_no_caller_waits_for_a_call_that_is_late(flights: Flights, call: HeldCall, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    now = loop.time()
    joins_next(flights, call, 1)
    await call.has_started()

    monkeypatch.setattr(loop, "time", lambda: now + 1)
    late = joins_next(flights, call, 1)
    await asyncio.sleep(0)

    assert call.starts == 2
    call.finish()
    await asyncio.gather(*late)


async def test_every_caller_of_the_next_call_gets_its_error_and_later_callers_do_not(flights: Flights, call: HeldCall) -> None:
    call.error = StatementFailed("broken", "22P02")
    tasks = joins_next(flights, call, 3)
    await call.has_started()
    tasks[1].cancel()

    call.finish()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StatementFailed, asyncio.CancelledError, StatementFailed]
    call.error = None
    assert await flights.join_next("page", call) == 0


async def test_cancelling_the_call_under_way_starts_the_next(flights: Flights, call: HeldCall) -> None:
    first, second = joins_next(flights, call, 2)
    await call.has_started()

    first.cancel()
    call.finish()

    assert await second == 0
    assert call.starts == 2
