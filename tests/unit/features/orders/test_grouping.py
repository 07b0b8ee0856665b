"""Orders that wait at the same moment are placed by one transaction: like each alone, and none disturbs the others (decision 0032)."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import Text, cast, column, select
from sqlalchemy import table as named

from steelyard.db.columns import metadata
from steelyard.db.database import Database
from steelyard.db.postgres import grouping
from steelyard.db.postgres.backend import PostgresBackend
from steelyard.db.statements import statement
from steelyard.db.transaction import Transaction
from steelyard.features.items.stock import reserve_stock
from steelyard.features.orders import placing
from steelyard.features.orders.grouping import PLACING
from tests.kit.servers.databases import Databases
from tests.kit.servers.patience import PATIENT
from tests.kit.servers.running import Running, running
from tests.kit.servers.statements import count_statements
from tests.kit.servers.waiting import until
from tests.kit.world.clock import Clock
from tests.kit.world.world import User

GROUPED = PATIENT | {"database_group_commit": True, "database_pipelining": True}
LOCKED_BUYERS = "orders.queries.lock_each_buyer_with_default_address"


@pytest.fixture(autouse=True)
def every_order_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the others of its group, long enough for all that a test sends at once."""
    monkeypatch.setattr(grouping, "_AT_ONCE", 0)
    monkeypatch.setattr(grouping, "_PATIENCE_S", 0.3)


@pytest.fixture
async def shop(postgres: Database, clock: Clock) -> AsyncIterator[Running]:
    async with running(postgres, clock, **GROUPED) as opened:
        yield opened


@pytest.fixture
async def session(postgres: Database) -> AsyncIterator[Any]:
    """A session that locks what a test needs to be locked."""
    connection = await asyncpg.connect(postgres.url)
    yield connection
    await connection.close()


def order(shop: Running, buyer: User, item: int, key: str | None = None, **more: Any) -> Awaitable[httpx.Response]:
    body = {"product_id": item, "quantity": 1} | more
    return shop.api.as_(buyer).call("createOrder", body, idempotency_key=key or f"key-{buyer.id}")


async def buyers_and_items(shop: Running, count: int) -> list[tuple[User, int]]:
    seller = await shop.world.user()
    return [(await shop.world.user(), await shop.world.item(seller, price=1000 + number)) for number in range(count)]


def outcome(response: httpx.Response) -> str:
    return "201" if response.status_code == 201 else response.json()["type"].removeprefix("/problems/")


@asynccontextmanager
async def locked(session: Any, table: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Others wait for this table, as the yielded function does for one of them, until the end."""

    async def reached() -> None:
        async with asyncio.timeout(30):
            while not await session.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                pass

    async with session.transaction():
        await session.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield reached


async def keys_of_orders(session: Any) -> list[str]:
    return [row["idempotency_key"] for row in await session.fetch("SELECT idempotency_key FROM orders ORDER BY idempotency_key")]


async def transactions(session: Any, pairs: Iterable[tuple[User, int]]) -> int:
    """How many transactions have placed the orders of these buyers."""
    buyer_ids = [buyer.id for buyer, _ in pairs]
    counted: int = await session.fetchval("SELECT count(DISTINCT xmin::text) FROM orders WHERE buyer_id = ANY ($1)", buyer_ids)
    return counted


_OF_THE_EXCHANGE = ("x-request-id", "server-timing")
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


async def test_responses_and_rows_are_those_of_each_order_alone(databases: Databases, tmp_path: Path, clock: Clock) -> None:
    async def left_behind(*, at_once: bool) -> tuple[list[Any], dict[str, list[str]], int]:
        async with (
            databases.of_the_product("postgresql", tmp_path) as database,
            running(database, clock, **GROUPED | {"database_group_commit": at_once}) as shop,
        ):
            pairs = await buyers_and_items(shop, 6)
            await shop.world.address(pairs[1][0], is_default=True)
            for buyer, _ in pairs:
                # Their credentials are known, so that the orders come in this order.
                await shop.api.as_(buyer).get("/users/me")
            bodies: list[dict[str, Any]] = [{} for _ in pairs]
            bodies[2] = {"shipping_address": {"name": "Zoë", "street": "1 \\ {x}", "city": "C", "country": "US", "zip_code": "97201"}}
            bodies[3] = {"quantity": 3, "expected_total": {"amount": 3 * 1003, "currency": "USD"}}
            with count_statements() as made:
                calls = [order(shop, buyer, item, **body) for (buyer, item), body in zip(pairs, bodies, strict=True)]
                responses = await asyncio.gather(*calls) if at_once else [await call for call in calls]
            assert [outcome(each) for each in responses] == ["201"] * 6
            rows = {}
            for table in metadata.sorted_tables:
                stored = await database.read().all(_texts(table.name))
                rows[table.name] = sorted(_RANDOM.sub("random", text) for text in stored)
            headers = [sorted((name, value) for name, value in each.headers.items() if name not in _OF_THE_EXCHANGE) for each in responses]
            return [(each.content, fields) for each, fields in zip(responses, headers, strict=True)], rows, made.count(LOCKED_BUYERS)

    together, alone = await left_behind(at_once=True), await left_behind(at_once=False)

    assert together[0] == alone[0]
    assert together[1] == alone[1]
    assert (together[2], alone[2]) == (1, 0)


def _texts(table: str) -> Any:
    """Every row of a table, as text."""
    return statement(select(cast(column(table), Text).label("text")).select_from(named(table)), str)


async def test_a_group_takes_three_round_trips(shop: Running) -> None:
    pairs = await buyers_and_items(shop, 5)
    await asyncio.gather(*[order(shop, buyer, item, "first") for buyer, item in pairs])

    with count_statements() as made:
        responses = await asyncio.gather(*[order(shop, buyer, item) for buyer, item in pairs])

    assert Counter(map(outcome, responses)) == {"201": 5}
    assert len([each for each in made if "credential" not in each]) == 3, made


async def test_those_that_cannot_go_on_disturb_no_other(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 14)
    world = shop.world
    good = pairs[:3]
    sold_out, own, archived = pairs[3][1], await world.item(pairs[4][0]), pairs[5][1]
    await session.execute(f"UPDATE items SET on_hand = 0 WHERE id = {sold_out}")
    await session.execute(f"UPDATE items SET status = 'archived' WHERE id = {archived}")
    first = await order(shop, *pairs[6], key="used")
    await order(shop, *pairs[7], key="used")
    await world.market.place(pairs[8][0].id, (pairs[8][1], 1), key="old")
    full = pairs[9]
    for number in range(20):
        await world.market.place(full[0].id, (full[1], 1), key=f"full-{number}")
    for leaver, _ in pairs[10:]:
        # Until the first change, the server relies on what it knows.
        await shop.api.as_(leaver).get("/users/me")
    await session.execute(f"UPDATE credentials SET revoked_at = now() WHERE id = {pairs[10][0].credential_id}")
    await session.execute(f"UPDATE users SET role = 'admin' WHERE id = {pairs[12][0].id}")
    await session.execute(f"UPDATE users SET is_active = false WHERE id = {pairs[13][0].id}")
    calls = {
        "sold out": order(shop, pairs[3][0], sold_out),
        "own": order(shop, pairs[4][0], own),
        "archived": order(shop, pairs[5][0], archived),
        "repeated": order(shop, *pairs[6], key="used"),
        "other body": order(shop, *pairs[7], key="used", quantity=2),
        "old key": order(shop, *pairs[8], key="old"),
        "full": order(shop, *full),
        "logged out": order(shop, *pairs[10]),
        "price": order(shop, *pairs[11], expected_total={"amount": 1, "currency": "USD"}),
        "promoted": order(shop, *pairs[12]),
        "locked out": order(shop, *pairs[13]),
    }

    with count_statements() as made:
        responses = await asyncio.gather(*[order(shop, *pair) for pair in good], *calls.values())
    placed, others = responses[: len(good)], responses[len(good) :]

    assert Counter(map(outcome, placed)) == {"201": 3}
    assert dict(zip(calls, map(outcome, others), strict=True)) == {
        "sold out": "insufficient-stock",
        "own": "own-item",
        "archived": "item-unavailable",
        "repeated": "201",
        "other body": "idempotency-key-reused",
        "old key": "idempotency-key-reused",
        "full": "limit-reached",
        "logged out": "invalid-token",
        "price": "price-changed",
        "promoted": "201",
        "locked out": "invalid-token",
    }
    assert others[3].content == first.content
    assert made.count(LOCKED_BUYERS) == 1
    # Those that leave do not undo the group, and none of them is placed by it.
    assert await transactions(session, good) == 1
    assert await transactions(session, [*good, pairs[12]]) == 2
    assert await session.fetchval("SELECT count(*) FROM idempotency_keys WHERE status IS NULL") == 0
    assert await session.fetchval("SELECT sum(reserved) FROM items") == await session.fetchval("SELECT sum(units) FROM orders")


async def test_a_buyer_and_an_item_are_at_most_once_in_a_group(shop: Running, session: Any) -> None:
    (buyer, item), (other, another), third = await buyers_and_items(shop, 3)

    calls = [order(shop, buyer, item, "a"), order(shop, buyer, another, "b"), order(shop, other, item, "c"), order(shop, *third, key="d")]
    responses = await asyncio.gather(*calls)

    assert Counter(map(outcome, responses)) == {"201": 4}
    assert await session.fetchval("SELECT count(DISTINCT id) FROM orders") == 4
    assert await session.fetchval(f"SELECT reserved FROM items WHERE id = {item}") == 2


async def test_the_twentieth_pending_order_is_the_last_also_for_two_processes(postgres: Database, shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 4)
    buyer = pairs[0][0]
    for number in range(19):
        await shop.world.market.place(buyer.id, (pairs[0][1], 1), key=f"before-{number}")

    async with running(postgres, shop.clock, seed=43, **GROUPED) as second:
        calls = [
            order(shop, buyer, pairs[1][1], "a"),
            order(shop, *pairs[2]),
            order(second, buyer, pairs[0][1], "b"),
            order(second, *pairs[3]),
        ]
        responses = await asyncio.gather(*calls)

    assert Counter(map(outcome, responses)) == {"201": 3, "limit-reached": 1}
    assert await session.fetchval(f"SELECT count(*) FROM orders WHERE buyer_id = {buyer.id} AND status = 'pending'") == 20


async def test_groups_of_two_processes_wait_for_no_lock_and_do_not_deadlock(postgres: Database, shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 6)
    before = await session.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    async with running(postgres, shop.clock, seed=43, **GROUPED) as second:
        for turn in range(5):
            there = [order(shop, buyer, item, f"there-{turn}") for buyer, item in pairs]
            items = [item for _, item in reversed(pairs)]
            back = [order(second, buyer, item, f"back-{turn}") for (buyer, _), item in zip(reversed(pairs), reversed(items), strict=True)]
            responses = await asyncio.gather(*there, *back)
            assert Counter(map(outcome, responses)) == {"201": 12}

    assert await session.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == before


@pytest.mark.parametrize("table", ["users", "credentials", "items"])
async def test_an_order_whose_row_is_locked_waits_alone(shop: Running, session: Any, table: str) -> None:
    (buyer, item), *others = await buyers_and_items(shop, 3)
    row_id = {"users": buyer.id, "credentials": buyer.credential_id, "items": item}[table]
    transaction = session.transaction()
    await transaction.start()
    await session.execute(f"SELECT FROM {table} WHERE id = {row_id} FOR UPDATE")

    waiting = asyncio.ensure_future(order(shop, buyer, item))
    responses = await asyncio.gather(*[order(shop, *pair) for pair in others])
    is_still_waiting = not waiting.done()
    await transaction.rollback()

    assert Counter(map(outcome, responses)) == {"201": 2}
    assert await transactions(session, others) == 1
    assert is_still_waiting
    assert outcome(await waiting) == "201"


async def test_a_cancelled_request_leaves_its_group(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 3)

    async with locked(session, "items") as reached:
        tasks = [asyncio.ensure_future(order(shop, *pair)) for pair in pairs]
        await reached()
        tasks[1].cancel()
        await asyncio.wait([tasks[1]])
    responses = await asyncio.gather(tasks[0], tasks[2])

    assert Counter(map(outcome, responses)) == {"201": 2}
    assert await transactions(session, pairs) == 1
    assert await keys_of_orders(session) == [f"key-{pairs[0][0].id}", f"key-{pairs[2][0].id}"]
    assert outcome(await order(shop, *pairs[1])) == "201"
    shop.journal.faults.clear()


async def test_a_request_that_is_cancelled_during_the_commit_may_be_repeated(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 3)

    async with locked(session, "events") as reached:
        tasks = [asyncio.ensure_future(order(shop, *pair)) for pair in pairs]
        await reached()
        tasks[1].cancel()
        await asyncio.wait([tasks[1]])
    responses = await asyncio.gather(tasks[0], tasks[2])
    again = await order(shop, *pairs[1])

    assert Counter(map(outcome, responses)) == {"201": 2}
    assert await transactions(session, pairs) == 1
    assert (outcome(again), again.headers.get("idempotency-replayed")) == ("201", "true")
    assert len(await keys_of_orders(session)) == 3
    shop.journal.faults.clear()


async def test_an_unknown_outcome_is_a_503_for_all_and_each_may_be_repeated(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 4)

    with count_statements() as made:
        async with locked(session, "events") as reached:
            tasks = [asyncio.ensure_future(order(shop, *pair)) for pair in pairs]
            await reached()
            await session.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
            responses = await asyncio.gather(*tasks)
    again = [await order(shop, *pair) for pair in pairs]

    assert Counter(map(outcome, responses)) == {"unavailable": 4}
    # None has run again.
    assert not [each for each in made if each.startswith("orders.queries.lock_buyer")], made
    assert Counter(map(outcome, again)) == {"201": 4}
    assert len(await keys_of_orders(session)) == 4


async def test_after_a_failure_before_the_commit_each_is_placed_alone(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 3)

    async with locked(session, "items") as reached:
        tasks = [asyncio.ensure_future(order(shop, *pair)) for pair in pairs]
        await reached()
        await session.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
    responses = await asyncio.gather(*tasks)

    assert Counter(map(outcome, responses)) == {"201": 3}
    assert len(await keys_of_orders(session)) == 3


async def test_a_key_that_is_taken_meanwhile_undoes_the_group_and_each_is_placed_alone(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 3)
    taken = "INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, status, headers, body, created_at)"

    async with locked(session, "items") as reached:
        tasks = [asyncio.ensure_future(order(shop, *pair)) for pair in pairs]
        await reached()
        owner = pairs[1][0].id
        await session.execute(f"{taken} VALUES ({owner}, 'createOrder', 'key-{owner}', '\\x00', 201, '[]', '{{}}', now())")
    responses = await asyncio.gather(*tasks)

    assert list(map(outcome, responses)) == ["201", "idempotency-key-reused", "201"]
    assert len(await keys_of_orders(session)) == 2


async def test_a_value_that_its_column_does_not_take_is_not_cut(shop: Running, session: Any) -> None:
    pairs = await buyers_and_items(shop, 2)
    await session.execute("ALTER TABLE orders ADD CONSTRAINT no_three CHECK (units <> 3)")
    try:
        three = order(shop, *pairs[0], quantity=3)
        broken, placed = await asyncio.gather(three, order(shop, *pairs[1]))
    finally:
        await session.execute("ALTER TABLE orders DROP CONSTRAINT no_three")

    assert (broken.status_code, outcome(placed)) == (500, "201")
    shop.journal.faults.clear()


async def test_a_lone_order_waits_for_no_other(shop: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_AT_ONCE", 2)
    monkeypatch.setattr(grouping, "_PATIENCE_S", 3600)
    pairs = await buyers_and_items(shop, 2)

    with count_statements() as made:
        responses = await asyncio.gather(*[order(shop, *pair) for pair in pairs])

    assert Counter(map(outcome, responses)) == {"201": 2}
    assert LOCKED_BUYERS not in made


async def test_orders_wait_for_those_under_way_but_not_for_one_that_waits_for_a_lock(
    shop: Running, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "_AT_ONCE", 1)
    monkeypatch.setattr(grouping, "_PATIENCE_S", 0.05)
    (buyer, item), *others = await buyers_and_items(shop, 4)
    transaction = session.transaction()
    await transaction.start()
    await session.execute(f"SELECT FROM items WHERE id = {item} FOR UPDATE")

    waiting = asyncio.ensure_future(order(shop, buyer, item))
    with count_statements() as made:
        responses = await asyncio.gather(*[order(shop, *pair) for pair in others])
    is_still_waiting = not waiting.done()
    await transaction.rollback()

    assert Counter(map(outcome, responses)) == {"201": 3}
    assert is_still_waiting
    assert LOCKED_BUYERS in made
    assert outcome(await waiting) == "201"


@pytest.mark.parametrize("switch", ["database_group_commit", "database_pipelining"])
async def test_each_order_is_placed_alone_without_the_setting(postgres: Database, clock: Clock, switch: str) -> None:
    async with running(postgres, clock, **GROUPED | {switch: False}) as shop:
        pairs = await buyers_and_items(shop, 3)

        with count_statements() as made:
            responses = await asyncio.gather(*[order(shop, *pair) for pair in pairs])

    assert Counter(map(outcome, responses)) == {"201": 3}
    assert LOCKED_BUYERS not in made


async def test_a_member_that_does_not_come_back_leaves_its_group(
    postgres: Database, clock: Clock, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group, its connection and its locks last no longer than a command may."""
    may_go_on = asyncio.Event()

    async def slow_for_one(tx: Transaction, quantities: Any, *, buyer_id: int) -> Any:
        if buyer_id == slow[0].id:
            await may_go_on.wait()
        return await reserve_stock(tx, quantities, buyer_id=buyer_id)

    monkeypatch.setattr(placing, "reserve_stock", slow_for_one)
    async with running(postgres, clock, **GROUPED | {"database_command_timeout_s": 2}) as shop:
        slow, *others = await buyers_and_items(shop, 3)

        waiting = asyncio.ensure_future(order(shop, *slow))
        responses = await asyncio.gather(*[order(shop, *pair) for pair in others])
        is_still_waiting = not waiting.done()
        await until(lambda: is_empty(shop, but_for={("buyer", slow[0].id), ("item", slow[1])}))
        may_go_on.set()

        assert Counter(map(outcome, responses)) == {"201": 2}
        assert await transactions(session, others) == 1
        assert is_still_waiting
        assert outcome(await waiting) == "201"
        assert is_empty(shop)


def is_empty(shop: Running, but_for: Collection[Hashable] = ()) -> bool:
    """Whether no order is under way or waits, except for these keys, and all connections are idle."""
    database = shop.app.shared(Database)
    backend = database._backend
    assert isinstance(backend, PostgresBackend)
    groups = backend._groups[PLACING]
    left = (groups._tasks, groups._waiting, groups._under_way, groups._timer, database.gauges()["busy"])
    return not any(left) and groups._keys == set(but_for)


async def test_nothing_is_left_of_a_storm_of_orders(shop: Running, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_AT_ONCE", 1)
    monkeypatch.setattr(grouping, "_PATIENCE_S", 0.01)
    chance = random.Random(32)  # the same choice in every run
    pairs = await buyers_and_items(shop, 8)
    sold_out, own = pairs[0][1], await shop.world.item(pairs[1][0])
    await session.execute(f"UPDATE items SET on_hand = 0 WHERE id = {sold_out}")
    outcomes: Counter[str] = Counter()

    with count_statements() as made:
        for turn in range(10):
            calls = [order(shop, buyer, item, f"key-{turn}") for buyer, item in pairs]
            # A buyer and an item twice, an item of the buyer, several lines, a used key, a wrong price.
            calls += [order(shop, pairs[2][0], pairs[3][1], f"twice-{turn}"), order(shop, pairs[1][0], own, f"own-{turn}")]
            lines = [{"product_id": item, "quantity": 1} for _, item in pairs[4:6]]
            calls.append(shop.api.as_(pairs[4][0]).call("createOrder", {"lines": lines}, idempotency_key=f"lines-{turn}"))
            calls.append(order(shop, *pairs[5], key=f"key-{max(turn - 1, 0)}"))
            calls.append(order(shop, *pairs[6], key=f"price-{turn}", expected_total={"amount": 1, "currency": "USD"}))
            tasks = [asyncio.ensure_future(call) for call in chance.sample(calls, len(calls))]
            # None is cancelled before: asyncpg leaves an error unread when a connection is lost whose statement is being cancelled.
            if turn == 0:
                async with locked(session, "events") as reached:
                    await reached()
                    await session.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
            for _ in range(chance.randrange(200)):
                await asyncio.sleep(0)
            for task in chance.sample(tasks, 4) if turn else ():
                task.cancel()
            for done in await asyncio.gather(*tasks, return_exceptions=True):
                outcomes[outcome(done) if isinstance(done, httpx.Response) else type(done).__name__] += 1

    await until(lambda: is_empty(shop))
    assert LOCKED_BUYERS in made
    assert {"201", "insufficient-stock", "own-item", "price-changed"} <= outcomes.keys(), outcomes
    assert await session.fetchval("SELECT sum(reserved) FROM items") == await session.fetchval("SELECT sum(units) FROM orders")
    shop.journal.faults.clear()


async def test_a_group_that_all_have_left_returns_its_connection(shop: Running) -> None:
    pairs = await buyers_and_items(shop, 2)
    wrong = {"amount": 1, "currency": "USD"}

    with count_statements() as made:
        responses = await asyncio.gather(*[order(shop, *pair, expected_total=wrong) for pair in pairs])

    assert Counter(map(outcome, responses)) == {"price-changed": 2}
    assert LOCKED_BUYERS in made
    await until(lambda: is_empty(shop))


async def test_a_server_that_stops_waits_for_no_group(postgres: Database, clock: Clock, session: Any) -> None:
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(running(postgres, clock, **GROUPED))
        pairs = await buyers_and_items(shop, 3)

        async with locked(session, "items") as reached:
            tasks = [asyncio.ensure_future(order(shop, *pair)) for pair in pairs]
            await reached()
            await stack.aclose()
            responses = await asyncio.gather(*tasks)

    assert Counter(map(outcome, responses)) == {"unavailable": 3}
    assert await keys_of_orders(session) == []
    await until(lambda: is_empty(shop))


async def test_a_transaction_joins_others_once(shop: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_AT_ONCE", 2)

    async with shop.app.shared(Database).transaction() as tx:
        tx.join(PLACING, "a key")
        tx.join(PLACING, "another key")

    assert is_empty(shop)
