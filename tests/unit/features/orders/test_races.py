"""Several processes at once, as the database sees them: several pools on one database, and none waits for another."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.db.errors import ConstraintViolated, TransactionConflict
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres import grouping
from steelyard.features.orders import placing
from steelyard.features.orders.access import OrderDetails
from steelyard.features.orders.cancelling import expire_orders
from steelyard.idempotency import store
from steelyard_contract.problems import LimitReached, OrderStateConflict, Problem
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market, caller_of, draft, logged_in, order_count, placings

T = TypeVar("T")

# The runner runs an operation this often if there are conflicts. After that it responds with 503, which fails these tests.
MAX_RUNS = 4
AT_ONCE = 16
# On a busy machine, statements wait longer for each other.
PATIENT = replace(FOR_TESTS, command_timeout_s=20, statement_timeout_s=20, connect_timeout_s=20, pool_wait_s=20)


@asynccontextmanager
async def processes(database: Database, clock: Clock, options: DatabaseOptions) -> AsyncIterator[list[Market]]:
    """Four of them."""
    pools = [Database(database.url, options=options) for _ in range(4)]
    for pool in pools:
        await pool.open()
    yield [Market(pool, clock) for pool in pools]
    for pool in pools:
        await pool.close()


@pytest.fixture
async def markets(database: Database, clock: Clock) -> AsyncIterator[list[Market]]:
    async with processes(database, clock, PATIENT) as opened:
        yield opened


@pytest.fixture
async def grouping_markets(postgres: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Market]]:
    """Each lets orders wait for others that come at the same time, and places them by one transaction."""
    monkeypatch.setattr(grouping, "_AT_ONCE", 0)
    monkeypatch.setattr(grouping, "_PATIENCE_S", 0.02)
    async with processes(postgres, clock, replace(PATIENT, group_commit=True, pipelining=True)) as opened:
        yield opened
    assert max(Counter(await postgres.read().all(placings)).values()) > 1, "no group has placed several orders"


async def outcome(attempt: Callable[[], Awaitable[object]]) -> str:
    """ "done", "Deadlock", "Conflict", or the class of the problem."""
    for _ in range(MAX_RUNS):
        try:
            await attempt()
        except TransactionConflict as lost:
            # A deadlock costs only another run, so no caller would notice it.
            if "40P01" in str(lost):
                return "Deadlock"
            continue
        except (Problem, ConstraintViolated) as problem:
            return type(problem).__name__
        return "done"
    return "Conflict"


async def outcomes(attempts: Iterable[Callable[[], Awaitable[object]]], at_once: int = AT_ONCE) -> Counter[str]:
    """The outcomes of all attempts, so many at a time."""
    places = asyncio.Semaphore(at_once)

    async def limited(attempt: Callable[[], Awaitable[object]]) -> str:
        async with places:
            return await outcome(attempt)

    return Counter(await asyncio.gather(*map(limited, attempts)))


def round_robin(markets: Sequence[Market], number: int) -> Market:
    return markets[number % len(markets)]


def order_request(market: Market, caller: Caller, item: int, key: str) -> Callable[[], Awaitable[OrderDetails]]:
    """Places an order as createOrder does. Key and response are deferred, so that a group can place it; a second run claims the key."""
    claimed: dict[str, Any] = {"owner_id": caller.user_id, "operation_id": "createOrder", "key": key}
    runs = itertools.count()

    async def run() -> OrderDetails:
        async with market.database.transaction() as tx:
            await (store.claim_key if next(runs) else store.reserve_key)(tx, **claimed, fingerprint=b"")
            placed = await placing.create_order(tx, caller=caller, draft=draft((item, 1)), key=key, settings=market.settings)
            await store.store_response(tx, **claimed, status=201, headers=[], body=b"{}")
        return placed

    return run


async def log_in(market: Market, users: Iterable[int]) -> list[Caller]:
    async with market.transaction() as tx:
        return [await logged_in(tx, caller_of(user)) for user in users]


async def test_exactly_the_available_units_are_sold(markets: list[Market]) -> None:
    market = markets[0]
    seller = await market.user()
    item = await market.item(seller, on_hand=600)
    buyers = [await market.user() for _ in range(50)]

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        key = f"attempt-{number}"
        return lambda: round_robin(markets, number).place(buyers[number % len(buyers)], (item, 1), key=key)

    # Each of the fifty buyers tries to place twenty orders, the most that may be pending.
    counted = await outcomes(map(attempt, range(1000)))

    assert counted == Counter(done=600, InsufficientStock=400)
    assert await market.stock(item) == (600, 600)
    assert await market.database.read().scalar(order_count) == 600


async def test_exactly_the_available_units_are_sold_by_groups(grouping_markets: list[Market]) -> None:
    market = grouping_markets[0]
    seller = await market.user()
    goods = [await market.item(seller, on_hand=7) for _ in range(24)]
    buyers = await log_in(market, [await market.user() for _ in range(41)])

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        # Each process sells several items at a time, some of which another one sells at the same time.
        item, key = goods[(number // 4 + number % 4 * 5) % 24], f"attempt-{number}"
        return order_request(round_robin(grouping_markets, number), buyers[number % 41], item, key)

    counted = await outcomes(map(attempt, range(240)), at_once=32)

    assert counted == Counter(done=168, InsufficientStock=72)
    assert [await market.stock(item) for item in goods] == [(7, 7)] * 24
    assert await market.database.read().scalar(order_count) == 168


async def test_baskets_in_opposite_order_do_not_deadlock(markets: list[Market]) -> None:
    market = markets[0]
    seller = await market.user()
    goods = [await market.item(seller, on_hand=10_000) for _ in range(5)]
    buyers = [await market.user() for _ in range(10)]

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        basket = [goods[(number + shift) % 5] for shift in range(3)]
        lines = [(item, 1) for item in (basket if number % 2 else reversed(basket))]
        key = f"attempt-{number}"
        return lambda: round_robin(markets, number).place(buyers[number % 10], *lines, key=key)

    assert await outcomes(map(attempt, range(150))) == Counter(done=150)


async def test_a_code_is_redeemed_exactly_as_often_as_it_may_be(markets: list[Market]) -> None:
    market = markets[0]
    seller = await market.user()
    item = await market.item(seller, on_hand=1000)
    promotion = await market.promotion(max_redemptions=37, max_per_user=2)
    buyers = [await market.user() for _ in range(40)]

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        key = f"attempt-{number}"
        return lambda: round_robin(markets, number).place(buyers[number % 40], (item, 1), key=key, discount_code="PROMO-TEN")

    counted = await outcomes(map(attempt, range(200)))

    assert counted == Counter(done=37, PromotionNotApplicable=163)
    assert await market.redemptions(promotion) == 37
    assert await market.stock(item) == (1000, 37)


async def test_concurrent_orders_do_not_exceed_the_uses_of_one_user(markets: list[Market]) -> None:
    market = markets[0]
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)
    promotion = await market.promotion(max_per_user=2)

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        key = f"attempt-{number}"
        return lambda: round_robin(markets, number).place(buyer, (item, 1), key=key, discount_code="PROMO-TEN")

    assert await outcomes(map(attempt, range(12))) == Counter(done=2, PromotionNotApplicable=10)
    assert await market.redemptions(promotion) == 2


async def test_concurrent_orders_do_not_exceed_the_pending_orders_of_one_buyer(markets: list[Market]) -> None:
    market = markets[0]
    seller, buyer = await market.user(), await market.user()
    goods = [await market.item(seller) for _ in range(30)]  # a separate item each, so that no order waits for another

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        key = f"attempt-{number}"
        return lambda: round_robin(markets, number).place(buyer, (goods[number], 1), key=key)

    assert await outcomes(map(attempt, range(30))) == Counter({"done": 20, LimitReached.__name__: 10})


async def test_one_key_makes_one_order(markets: list[Market]) -> None:
    market = markets[0]
    seller, buyer = await market.user(), await market.user()
    item = await market.item(seller)

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        return lambda: round_robin(markets, number).place(buyer, (item, 1), key="the key")

    assert await outcomes(map(attempt, range(20))) == Counter(done=1, ConstraintViolated=19)
    assert await market.stock(item) == (100, 1)


async def test_concurrent_cancellations_cancel_an_order_once(markets: list[Market]) -> None:
    market = markets[0]
    seller, buyer = await market.user(), await market.user()
    first, second = await market.item(seller), await market.item(seller)
    promotion = await market.promotion()
    orders = [(await market.place(buyer, (first, 1), (second, 2), discount_code="PROMO-TEN")).order.id for _ in range(10)]
    market.clock.advance(days=8)

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        caller = caller_of(buyer if number % 2 else seller)
        return lambda: round_robin(markets, number).cancel(caller, orders[number % 10])

    expiring = asyncio.gather(*(expire_orders(each.database) for each in markets))
    cancelled = await outcomes(map(attempt, range(40)))

    assert cancelled["done"] + sum(await expiring) == 10
    assert cancelled["done"] + cancelled[OrderStateConflict.__name__] == 40
    assert (await market.stock(first), await market.stock(second)) == ((100, 0), (100, 0))
    assert await market.redemptions(promotion) == 0
    assert len([event for event in await market.logged_events("order.") if event.type != "order.created"]) == 10


async def test_concurrent_placing_cancelling_and_expiring_keep_stock_consistent(markets: list[Market]) -> None:
    market = markets[0]
    seller = await market.user()
    goods = [await market.item(seller, on_hand=30) for _ in range(3)]
    buyers = [await market.user() for _ in range(8)]
    promotion = await market.promotion(max_redemptions=5)

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        here, buyer = round_robin(markets, number), buyers[number % 8]
        lines = [(item, 1 + number % 3) for item in (goods if number % 2 else reversed(goods))]
        more = {"discount_code": "PROMO-TEN"} if number % 3 == 0 else {}

        async def buy_and_call_off() -> None:
            placed = await here.place(buyer, *lines, key=f"attempt-{number}", **more)
            if number % 4:
                await here.cancel(caller_of(buyer), placed.order.id)

        return buy_and_call_off

    counted = await outcomes(map(attempt, range(120)))

    assert not {"Conflict", "Deadlock"} & counted.keys()
    market.clock.advance(days=8)
    await asyncio.gather(*(expire_orders(each.database) for each in markets))
    assert [await market.stock(item) for item in goods] == [(30, 0)] * 3
    assert await market.redemptions(promotion) == 0


async def test_concurrent_groups_cancellations_and_expiry_keep_stock_consistent(grouping_markets: list[Market]) -> None:
    market = grouping_markets[0]
    seller = await market.user()
    goods = [await market.item(seller, on_hand=1) for _ in range(20)]
    buyers = await log_in(market, [await market.user() for _ in range(9)])

    def attempt(number: int) -> Callable[[], Awaitable[object]]:
        here, buyer = round_robin(grouping_markets, number), buyers[number % 9]
        buy = order_request(here, buyer, goods[(number // 4 + number % 4 * 5) % 20], f"attempt-{number}")

        async def buy_and_call_off() -> None:
            placed = await buy()
            if number % 3:
                await here.cancel(buyer, placed.order.id)

        return buy_and_call_off

    counted = await outcomes(map(attempt, range(80)), at_once=32)

    assert counted["done"]
    assert counted.keys() <= {"done", "InsufficientStock"}
    market.clock.advance(days=8)
    await asyncio.gather(*(expire_orders(each.database) for each in grouping_markets))
    assert [await market.stock(item) for item in goods] == [(1, 0)] * 20
