"""Reads that are shared: who is alone waits for nobody, nobody sees what was there before he asked, and nobody pays for another's error."""

import asyncio
import random
from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, select

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable, StatementFailed
from steelyard.db.single_flight import Batch, SingleFlight
from steelyard.db.statements import any_of, statement
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.statements import count_statements
from tests.unit.db.sample_tables import GoodRow, Opener, add_good, add_shelf, goods, rename

_columns = [goods.c[name] for name in GoodRow._fields]
good_by_id = statement(
    select(*_columns).where(goods.c.id == bindparam("good_id")),
    GoodRow,
    batch=(select(*_columns).where(any_of(goods.c.id, "good_id")), "id"),
)
goods_in_order = statement(select(*_columns).order_by(goods.c.id), GoodRow, coalesce=True)


class Store:
    """Rows that are what was written last when a statement was sent, and arrive when the test says so."""

    def __init__(self) -> None:
        self.version = 0
        self.sent: list[list[str]] = []
        self.broken: set[str] = set()
        self.out_of_reach = False
        self._arrivals: list[asyncio.Future[None]] = []

    async def alone(self, key: str) -> int | None:
        return (await self.several([key])).get(key)

    async def several(self, keys: Collection[str]) -> dict[str, int]:
        self.sent.append(list(keys))
        version = self.version
        arrival = asyncio.get_running_loop().create_future()
        self._arrivals.append(arrival)
        await arrival
        if self.out_of_reach:
            raise DatabaseUnavailable("gone")
        if self.broken & set(keys):
            raise StatementFailed("broken", "22P02")
        return {key: version for key in keys if key != "nothing"}

    async def settle(self) -> None:
        """Let everything arrive that was sent, and what is sent because of it."""
        for _ in range(20):
            arrivals, self._arrivals = self._arrivals, []
            for arrival in arrivals:
                if not arrival.done():
                    arrival.set_result(None)
            await asyncio.sleep(0)


def asked(gathered: Batch[str, int], *keys: str) -> list[asyncio.Task[int | None]]:
    return [asyncio.create_task(gathered.row(key)) for key in keys]


async def test_the_first_goes_at_once_and_the_rest_together() -> None:
    store = Store()
    tasks = asked(Batch(store.alone, store.several), "a", "b", "c", "d", "c", "nothing")
    await asyncio.sleep(0)
    assert store.sent == [["a"]]

    store.version = 1
    await store.settle()

    assert [await task for task in tasks] == [0, 1, 1, 1, 1, None]
    assert store.sent[1:] == [["b", "c", "d", "nothing"]]


async def test_nobody_waits_for_a_statement_that_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    gathered = Batch(store.alone, store.several)
    tasks = asked(gathered, "hanging", "waiting")
    await asyncio.sleep(0)
    hanging, store._arrivals = store._arrivals, []
    loop = asyncio.get_running_loop()
    now = loop.time()

    monkeypatch.setattr(loop, "time", lambda: now + 1)
    tasks += asked(gathered, "later")
    await asyncio.sleep(0)
    await store.settle()

    assert store.sent == [["hanging"], ["later"], ["waiting"]]
    assert [task.done() for task in tasks] == [False, True, True]
    hanging[0].set_result(None)
    assert await tasks[0] == 0


async def test_a_statement_has_a_hundred_keys_at_most() -> None:
    store = Store()
    tasks = asked(Batch(store.alone, store.several), *(str(number) for number in range(250)))
    await asyncio.sleep(0)

    await store.settle()

    assert await asyncio.gather(*tasks) == [0] * 250
    assert [len(keys) for keys in store.sent] == [1, 100, 100, 49]


async def test_a_bad_key_fails_for_who_asked_for_it() -> None:
    store = Store()
    store.broken = {"bad"}
    tasks = asked(Batch(store.alone, store.several), "a", "b", "c", "bad", "d")
    await asyncio.sleep(0)

    await store.settle()

    *good, last = await asyncio.gather(*tasks[:3], tasks[4], tasks[3], return_exceptions=True)
    assert good == [0, 0, 0, 0]
    assert isinstance(last, StatementFailed)


async def test_a_database_that_is_gone_is_not_asked_again_for_each() -> None:
    store = Store()
    store.out_of_reach = True
    tasks = asked(Batch(store.alone, store.several), *"abcdef")
    await asyncio.sleep(0)

    await store.settle()

    assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {DatabaseUnavailable}
    assert len(store.sent) == 2


async def test_who_gives_up_disturbs_nobody() -> None:
    store = Store()
    tasks = asked(Batch(store.alone, store.several), *"abcde")
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()

    await store.settle()

    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [asyncio.CancelledError, int, int, asyncio.CancelledError, int]
    later = asked(Batch(store.alone, store.several), "f")
    await asyncio.sleep(0)
    await store.settle()
    assert await later[0] == 0


async def test_equal_reads_wait_for_the_next_one_and_share_it() -> None:
    store, alike = Store(), SingleFlight[str, int | None]()
    tasks = [asyncio.create_task(alike.read(key, lambda key=key: store.alone(key))) for key in "aaab"]  # type: ignore[misc]  # mypy does not type it
    await asyncio.sleep(0)
    assert store.sent == [["a"], ["b"]]

    store.version = 1
    await store.settle()

    assert [await task for task in tasks] == [0, 1, 1, 0]
    assert len(store.sent) == 3


async def test_an_equal_read_fails_for_all_who_share_it_and_the_next_is_fresh() -> None:
    store, alike = Store(), SingleFlight[str, int | None]()
    store.broken = {"a"}
    tasks = [asyncio.create_task(alike.read("a", lambda: store.alone("a"))) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()

    await store.settle()

    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [StatementFailed, asyncio.CancelledError, StatementFailed]
    store.broken = set()
    again = asyncio.create_task(alike.read("a", lambda: store.alone("a")))
    await asyncio.sleep(0)
    await store.settle()
    assert await again == 0


@given(seed=st.integers(0, 2**32), together=st.booleans())
def test_nobody_sees_less_than_what_was_there_when_he_asked(seed: int, together: bool) -> None:
    chance = random.Random(seed)

    async def market() -> None:
        store, alike = Store(), SingleFlight[str, int | None]()
        gathered = Batch(store.alone, store.several)

        async def look(key: str) -> None:
            before = store.version
            found = await (gathered.row(key) if together else alike.read(key, lambda: store.alone(key)))
            assert found is not None
            assert found >= before

        looking: list[asyncio.Task[None]] = []
        for _ in range(60):
            match chance.randrange(5):
                case 0:
                    store.version += 1
                case 1:
                    await store.settle()
                case 2 if looking:
                    chance.choice(looking).cancel()
                case _:
                    looking.append(asyncio.create_task(look(chance.choice("abc"))))
                    await asyncio.sleep(0)
        await store.settle()
        for error in await asyncio.gather(*looking, return_exceptions=True):
            assert error is None or isinstance(error, asyncio.CancelledError), error

    asyncio.run(market())


@pytest.fixture
async def shop(opening_postgres: Opener) -> Database:
    return await opening_postgres(replace(FOR_TESTS, shared_reads=True))


async def filled(shop: Database, count: int) -> list[int]:
    async with shop.transaction() as tx:
        shelf = await tx.one(add_shelf, name="left")
        return [(await tx.one(add_good, shelf_id=shelf, title=f"lamp {number}", units=number)).id for number in range(count)]


async def test_rows_asked_for_at_the_same_time_come_in_two_statements(shop: Database) -> None:
    ids = await filled(shop, 40)

    with count_statements() as made:
        rows = await asyncio.gather(*(shop.read().first(good_by_id, good_id=each) for each in [*ids, 0]))

    assert [row and row.title for row in rows] == [*(f"lamp {number}" for number in range(40)), None]
    assert len(made) == 2, made


async def test_equal_listings_asked_for_at_the_same_time_come_in_two_statements(shop: Database) -> None:
    await filled(shop, 5)

    with count_statements() as made:
        found = await asyncio.gather(*(shop.read().all(goods_in_order) for _ in range(20)))

    assert {len(rows) for rows in found} == {5}
    assert len(made) == 2, made


async def test_a_transaction_shares_nothing(shop: Database) -> None:
    (one,) = await filled(shop, 1)

    async with shop.transaction() as tx:
        await tx.run(rename, good_id=one, title="brass")
        inside, outside = await asyncio.gather(tx.first(good_by_id, good_id=one), shop.read().first(good_by_id, good_id=one))

    assert inside is not None
    assert outside is not None
    assert (inside.title, outside.title) == ("brass", "lamp 0")


async def test_it_can_be_switched_off(opening_postgres: Opener) -> None:
    shop = await opening_postgres(replace(FOR_TESTS, shared_reads=False))
    ids = await filled(shop, 10)

    with count_statements() as made:
        await asyncio.gather(*(shop.read().first(good_by_id, good_id=each) for each in ids))

    assert len(made) == 10


async def test_the_twin_has_the_same_parameter() -> None:
    wrong = statement(
        select(*_columns).where(goods.c.id == bindparam("good_id")),
        GoodRow,
        batch=(select(*_columns).where(any_of(goods.c.id, "ids")), "id"),
    )

    with pytest.raises(TypeError, match="need the same one parameter"):
        wrong.compiled["postgresql"]
