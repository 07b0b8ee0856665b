"""Rows that are requested at the same time are fetched together; no caller waits for a late one, and none pays for another's error."""

import asyncio
import random
from collections.abc import Collection

import hypothesis
import pytest
from hypothesis import strategies as st

from steelyard.db.batch import Batch
from steelyard.db.errors import DatabaseUnavailable, StatementFailed
from steelyard.db.single_flight import SingleFlight


class Store:
    """Each row is the number of writes before its statement was sent. Rows arrive when the test releases them."""

    def __init__(self) -> None:
        self.version = 0
        self.sent: list[list[str]] = []
        self.broken: set[str] = set()
        self.is_unavailable = False
        self._arrivals: list[asyncio.Future[None]] = []

    async def fetch_one(self, key: str) -> int | None:
        return (await self.fetch_many([key])).get(key)

    async def fetch_many(self, keys: Collection[str]) -> dict[str, int]:
        self.sent.append(list(keys))
        version = self.version
        arrival = asyncio.get_running_loop().create_future()
        self._arrivals.append(arrival)
        await arrival
        if self.is_unavailable:
            raise DatabaseUnavailable("gone")
        if self.broken & set(keys):
            raise StatementFailed("broken", "22P02")
        return {key: version for key in keys if key != "nothing"}

    def hold(self) -> asyncio.Future[None]:
        """Keep back the rows of the only statement under way; finishing the future lets them arrive."""
        (arrival,) = self._arrivals
        self._arrivals.clear()
        return arrival

    async def settle(self) -> None:
        """Let the rows of all statements arrive, and those of the statements that follow."""
        for _ in range(20):
            arrivals, self._arrivals = self._arrivals, []
            for arrival in arrivals:
                if not arrival.done():
                    arrival.set_result(None)
            await asyncio.sleep(0)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def batch(store: Store) -> Batch[str, int]:
    return Batch(store.fetch_one, store.fetch_many)


async def request(batch: Batch[str, int], *keys: str) -> list[asyncio.Task[int | None]]:
    tasks = [asyncio.create_task(batch.row(key)) for key in keys]
    await asyncio.sleep(0)
    return tasks


async def test_the_first_row_is_fetched_at_once_and_the_others_together(batch: Batch[str, int], store: Store) -> None:
    tasks = await request(batch, "a", "b", "c", "d", "c", "nothing")
    assert store.sent == [["a"]]

    store.version = 1
    await store.settle()

    assert await asyncio.gather(*tasks) == [0, 1, 1, 1, 1, None]
    assert store.sent[1:] == [["b", "c", "d", "nothing"]]


async def test_no_caller_waits_for_a_statement_that_is_late(batch: Batch[str, int], store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = await request(batch, "hanging", "waiting")
    hanging = store.hold()
    loop = asyncio.get_running_loop()
    now = loop.time()

    monkeypatch.setattr(loop, "time", lambda: now + 1)
    tasks += await request(batch, "later")
    await store.settle()

    assert store.sent == [["hanging"], ["later"], ["waiting"]]
    assert [task.done() for task in tasks] == [False, True, True]
    hanging.set_result(None)
    assert await tasks[0] == 0


async def test_a_statement_has_a_hundred_keys_at_most(batch: Batch[str, int], store: Store) -> None:
    tasks = await request(batch, *(str(number) for number in range(250)))

    await store.settle()

    assert await asyncio.gather(*tasks) == [0] * 250
    assert [len(keys) for keys in store.sent] == [1, 100, 100, 49]


async def test_a_bad_key_fails_only_for_its_caller(batch: Batch[str, int], store: Store) -> None:
    store.broken = {"bad"}
    tasks = await request(batch, "a", "b", "c", "bad", "d")

    await store.settle()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(outcomes.pop(3), StatementFailed)
    assert outcomes == [0, 0, 0, 0]


async def test_an_unavailable_database_gets_no_statement_for_each_key(batch: Batch[str, int], store: Store) -> None:
    store.is_unavailable = True
    tasks = await request(batch, *"abcdef")

    await store.settle()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {DatabaseUnavailable}
    assert len(store.sent) == 2


async def test_a_cancelled_caller_does_not_affect_the_others(batch: Batch[str, int], store: Store) -> None:
    tasks = await request(batch, *"abcde")
    tasks[0].cancel()
    tasks[3].cancel()

    await store.settle()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError, int, int, asyncio.CancelledError, int]
    later = await request(batch, "f")
    await store.settle()
    assert await later[0] == 0


@hypothesis.given(seed=st.integers(0, 2**32), is_batch=st.booleans())
def test_every_caller_sees_what_was_written_before_it_called(seed: int, is_batch: bool) -> None:
    chance = random.Random(seed)

    async def market() -> None:
        store, flights = Store(), SingleFlight[str, int | None]()
        batch = Batch(store.fetch_one, store.fetch_many)

        async def read(key: str) -> None:
            before = store.version
            row = await (batch.row(key) if is_batch else flights.join_next(key, lambda: store.fetch_one(key)))
            assert row is not None
            assert row >= before

        reading: list[asyncio.Task[None]] = []
        for _ in range(60):
            match chance.randrange(5):
                case 0:
                    store.version += 1
                case 1:
                    await store.settle()
                case 2 if reading:
                    chance.choice(reading).cancel()
                case _:
                    reading.append(asyncio.create_task(read(chance.choice("abc"))))
                    await asyncio.sleep(0)
        await store.settle()
        for error in await asyncio.gather(*reading, return_exceptions=True):
            assert error is None or isinstance(error, asyncio.CancelledError), error

    asyncio.run(market())


async def test_a_key_that_comes_before_the_next_statement_is_sent_is_fetched_once(store: Store) -> None:
    batch: Batch[str, int] = Batch(store.fetch_one, store.fetch_many)

    async def one_after_the_other() -> None:
        await batch.row("a")
        await batch.row("c")

    first = asyncio.create_task(one_after_the_other())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(batch.row("b"))
    await asyncio.sleep(0)
    await store.settle()

    await asyncio.gather(first, waiting)
    assert store.sent == [["a"], ["b"], ["c"]]
