"""Totals: capped, cached for five seconds, and current after a write of the same process."""

import asyncio
from typing import Any

import pytest

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable
from steelyard.db.transaction import ReadOnly
from steelyard.events.log import SYSTEM
from steelyard.features.items import queries, service
from steelyard.paging.totals import MAX_KEPT, Totals
from tests.unit.features.items.shop import Counted, Shop

LISTING = "items.queries.list_items"
COUNTING = "items.queries.count_items"


async def three_of_them(shop: Shop) -> None:
    seller = await shop.user()
    for _ in range(3):
        await shop.offer(seller)


async def test_a_count_runs_once_within_five_seconds(shop: Shop) -> None:
    await three_of_them(shop)

    with shop.counted() as (db, statements):
        first = await shop.listed(db=db, limit=1)
        second = await shop.listed(db=db, limit=2)
    shop.pass_time(seconds=4.999)
    with shop.counted() as (db, later):
        await shop.listed(db=db, limit=1)
    shop.pass_time(seconds=0.001)
    with shop.counted() as (db, too_late):
        await shop.listed(db=db, limit=1)

    assert first.total == second.total == 3
    assert statements == [LISTING, COUNTING, LISTING]
    assert later == [LISTING]
    assert too_late == [LISTING, COUNTING]


async def test_each_set_of_filters_has_its_own_count(shop: Shop) -> None:
    await three_of_them(shop)

    counts = [(await shop.listed(limit=1, min_price=price)).total for price in (0, 1000, 1001)]

    assert counts == [3, 3, 0]


async def test_sort_and_page_share_one_count(shop: Shop) -> None:
    await three_of_them(shop)

    with shop.counted() as (db, statements):
        for sort in ("price", "-title"):
            for skip in (0, 1):
                await shop.listed(db=db, limit=1, skip=skip, sort=sort)

    assert statements.count(COUNTING) == 1


async def test_a_page_that_holds_the_last_item_needs_no_count(shop: Shop) -> None:
    await three_of_them(shop)

    with shop.counted() as (db, statements):
        pages = [await shop.listed(db=db, limit=limit, skip=skip) for limit, skip in ((3, 0), (20, 0), (2, 1), (20, 2))]

    assert [page.total for page in pages] == [3, 3, 3, 3]
    assert statements == [LISTING] * 4


async def test_a_page_beyond_the_end_has_the_total(shop: Shop) -> None:
    await three_of_them(shop)

    page = await shop.listed(skip=10)

    assert (page.rows, page.total) == ([], 3)


async def test_a_page_by_cursor_is_one_statement_and_has_no_total(shop: Shop) -> None:
    await three_of_them(shop)
    first = await shop.listed(limit=1)

    with shop.counted() as (db, statements):
        page = await shop.listed(db=db, limit=1, cursor=first.next_cursor)

    assert statements == [LISTING]
    assert page.total is None


@pytest.mark.parametrize("write", ["offer", "change", "archive", "move", "reserve", "withdraw_items", "archive_items"])
async def test_writes_of_this_process_are_counted_at_once(shop: Shop, write: str) -> None:
    seller = await shop.user()
    item = (await shop.offer(seller, on_hand=2), await shop.offer(seller, on_hand=2), await shop.offer(seller, on_hand=2))[0]

    async def seen() -> tuple[int | None, int | None]:
        return (await shop.listed(limit=1)).total, (await shop.listed(limit=1, in_stock=True)).total

    assert await seen() == (3, 3)

    if write == "offer":
        await shop.offer(seller)
    elif write == "change":
        await shop.change(seller, item.id, status="draft")
    elif write == "archive":
        await shop.archive(seller, item.id)
    elif write == "move":
        await shop.move(seller, item.id, -2)
    elif write == "reserve":
        await shop.reserve(item.id, 2)
    else:
        async with shop.transaction() as tx:
            await getattr(service, f"{write}_of")(tx, owner_id=seller.user_id, actor=SYSTEM)

    expected = {"offer": (4, 3), "change": (2, 2), "archive": (2, 2), "move": (3, 2), "reserve": (3, 2)}
    assert await seen() == expected.get(write, (0, 0))


async def test_sales_keep_the_totals_of_listings_without_a_stock_filter(shop: Shop) -> None:
    seller = await shop.user()
    item, *_ = [await shop.offer(seller, on_hand=2) for _ in range(3)]
    await shop.listed(limit=1)

    await shop.reserve(item.id, 2)
    await shop.move(seller, item.id, 1)
    with shop.counted() as (db, statements):
        page = await shop.listed(db=db, limit=1)

    assert (page.total, statements) == (3, [LISTING])


async def test_a_write_that_was_rolled_back_changes_no_count(shop: Shop) -> None:
    await three_of_them(shop)
    await shop.listed(limit=1)

    async with shop.transaction() as tx:
        await tx.run(queries.set_status_of, item_ids=[1, 2, 3], new_status="archived", now=shop.now)
        await tx.rollback()
    with shop.counted() as (db, statements):
        page = await shop.listed(db=db, limit=1)

    assert (page.total, statements) == (3, [LISTING])


async def test_writes_of_other_processes_are_counted_after_five_seconds(shop: Shop) -> None:
    await three_of_them(shop)
    assert (await shop.listed(limit=1)).total == 3
    elsewhere = Database(shop.database.url)
    await elsewhere.open()

    async with elsewhere.transaction() as tx:
        await tx.run(queries.set_status_of, item_ids=[1, 2, 3], new_status="archived", now=shop.now)
    await elsewhere.close()

    assert (await shop.listed(limit=1, skip=0)).total in {0, 3}
    shop.pass_time(seconds=5)
    assert (await shop.listed(limit=1)).total == 0


async def test_a_clock_that_was_set_back_keeps_no_count_alive(shop: Shop) -> None:
    await three_of_them(shop)
    await shop.listed(limit=1)

    shop.pass_time(hours=-1)
    with shop.counted() as (db, statements):
        await shop.listed(db=db, limit=1)

    assert COUNTING in statements


async def test_a_count_stops_where_skip_does(postgres: Database) -> None:
    shop = Shop(postgres)
    seller = await shop.user()
    await fill(shop, seller.user_id, 10_050)

    assert (await shop.listed(limit=1)).total == 10_001
    assert (await shop.listed(limit=50, skip=10_000)).total == 10_001
    assert (await shop.listed(limit=100, skip=10_000)).total == 10_001


async def fill(shop: Shop, owner_id: int, rows: int) -> None:
    columns = "title, description, tags, image_urls, price, status, on_hand, reserved, search_text, version, stock_version"
    values = "'Lamp', '', '[]', '[]', 1, 'active', 0, 0, 'lamp', 1, 1"
    source = f"SELECT {owner_id}, {values}, now(), now() FROM generate_series(1, {rows})"
    await shop.database.run_ddl([f"INSERT INTO items (owner_id, {columns}, created_at, updated_at) {source}"])


class Held(Counted):
    """An executor whose counts wait until the test releases them."""

    def __init__(self, executor: Any) -> None:
        super().__init__(executor)
        self.go = asyncio.Event()
        self.counting = asyncio.Event()
        self.error: Exception | None = None

    async def rows(self, form: Any, arguments: Any) -> Any:
        result = await super().rows(form, arguments)
        if form.name == COUNTING:
            self.counting.set()
            await self.go.wait()
            if self.error is not None:
                raise self.error
        return result


def count(shop: Shop, totals: Totals, executor: Held) -> asyncio.Task[int]:
    db = ReadOnly(shop.database.dialect, executor, lambda: shop.now)
    return asyncio.create_task(totals.count(db, "items", queries.count_items("active", frozenset(), (0, 0))))


async def test_concurrent_equal_counts_are_one_statement(shop: Shop) -> None:
    await three_of_them(shop)
    totals, executor = Totals(shop.database), Held(shop.database._backend.reads)

    tasks = [count(shop, totals, executor) for _ in range(20)]
    await executor.counting.wait()
    executor.go.set()

    assert await asyncio.gather(*tasks) == [3] * 20
    assert executor.names == [COUNTING]


async def test_a_write_during_a_count_is_not_hidden_by_it(shop: Shop) -> None:
    await three_of_them(shop)
    totals, executor = Totals(shop.database), Held(shop.database._backend.reads)

    early = count(shop, totals, executor)
    await executor.counting.wait()
    await three_of_them(shop)
    late = count(shop, totals, executor)
    executor.go.set()

    assert (await early, await late) == (3, 6)
    assert await count(shop, totals, executor) == 6
    assert len(executor.names) == 2


async def test_cancelling_one_caller_does_not_cancel_the_shared_count(shop: Shop) -> None:
    await three_of_them(shop)
    totals, executor = Totals(shop.database), Held(shop.database._backend.reads)

    first, second = count(shop, totals, executor), count(shop, totals, executor)
    await executor.counting.wait()
    first.cancel()
    executor.go.set()

    assert await second == 3
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_cancelling_a_waiting_caller_does_not_cancel_the_count(shop: Shop) -> None:
    await three_of_them(shop)
    totals, executor = Totals(shop.database), Held(shop.database._backend.reads)

    first, second = count(shop, totals, executor), count(shop, totals, executor)
    await executor.counting.wait()
    second.cancel()
    executor.go.set()

    assert await first == 3


async def test_a_failed_count_raises_for_every_waiting_caller_and_is_not_cached(shop: Shop) -> None:
    await three_of_them(shop)
    totals, executor = Totals(shop.database), Held(shop.database._backend.reads)
    executor.error = DatabaseUnavailable("away")

    tasks = [count(shop, totals, executor) for _ in range(3)]
    await executor.counting.wait()
    executor.go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    executor.error = None

    assert all(isinstance(error, DatabaseUnavailable) for error in outcomes)
    assert executor.names == [COUNTING]
    assert await count(shop, totals, executor) == 3


async def test_the_cache_is_bounded(shop: Shop) -> None:
    totals = Totals(shop.database)
    counting = queries.count_items("active", frozenset({"min_price"}), (0, 0))

    for price in range(MAX_KEPT + 10):
        await totals.count(shop.read(), "items", counting, min_price=price)

    assert [len(counts.kept) for counts in totals._counts["items"].values()] == [MAX_KEPT]
