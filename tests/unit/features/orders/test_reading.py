"""getOrder and listOrders: who sees what, in which order, on which page."""

from datetime import datetime, timedelta, timezone

import pytest

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.features.orders import reading
from steelyard.features.orders.reading import OrderFilters
from steelyard.features.orders.views import order_summary_view, order_view
from steelyard.paging.cursors import Cursors
from steelyard.paging.paginator import Page, PageRequest, Paginator
from steelyard.paging.totals import Totals
from steelyard.tables.orders import OrderSummaryRow
from steelyard_contract import models as m
from steelyard_contract.problems import InvalidCursor, OrderNotFound, StaffRequired
from tests.kit.servers.statements import count_statements
from tests.kit.world.market import Market, caller_of

CURSORS = Cursors(b"a key for tests, long enough by far")


async def page(
    market: Market,
    caller: Caller,
    *,
    role: str = "buyer",
    status: str | None = None,
    created_after: datetime | None = None,
    created_before: datetime | None = None,
    sort: str = "-created_at",
    skip: int = 0,
    limit: int = 20,
    cursor: str | None = None,
    totals: Totals | None = None,
) -> Page[OrderSummaryRow]:
    state = None if status is None else m.OrderStatus(status)
    return await reading.list_orders(
        market.database.read(),
        Paginator(CURSORS, totals or Totals(market.database)),
        caller=caller,
        filters=OrderFilters(m.OrderRole(role), state, created_after, created_before, m.OrderSort(sort)),
        request=PageRequest(skip, limit, cursor),
    )


async def ids(market: Market, caller: Caller, **requested: object) -> list[int]:
    return [order.id for order in (await page(market, caller, **requested)).rows]  # type: ignore[arg-type]


async def test_only_buyer_seller_and_staff_find_an_order(market: Market) -> None:
    seller, buyer, stranger = await market.user(), await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))

    for caller in (caller_of(buyer), caller_of(seller), caller_of(stranger, "support"), caller_of(stranger, "admin")):
        assert (await market.get_order(caller, placed.order.id)).lines == placed.lines
    for order_id in (placed.order.id, 999_999):
        with pytest.raises(OrderNotFound):
            await market.get_order(caller_of(stranger), order_id)


async def test_the_view_of_an_order_is_one_that_the_contract_promises(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    await market.address(buyer, is_default=True)
    await market.promotion()
    item = await market.item(seller)
    placed = await market.place(buyer, (item, 3), (await market.item(seller), 1), discount_code="PROMO-TEN")

    fresh, read = order_view(placed), order_view(await market.get_order(caller_of(seller), placed.order.id))

    assert read == fresh
    assert m.Order.model_validate_json(read.model_dump_json()) == read
    assert [step.status for step in read.history] == ["pending"]


async def test_buyers_see_what_they_bought_sellers_what_they_sold_staff_all(market: Market) -> None:
    alice, bob = await market.user(), await market.user()
    of_alice, of_bob = await market.item(alice), await market.item(bob)
    bought = (await market.place(alice, (of_bob, 1))).order.id
    sold = (await market.place(bob, (of_alice, 1))).order.id

    assert await ids(market, caller_of(alice)) == [bought]
    assert await ids(market, caller_of(alice), role="seller") == [sold]
    assert await ids(market, caller_of(await market.user(), "support"), role="all") == [sold, bought]
    with pytest.raises(StaffRequired):
        await ids(market, caller_of(alice), role="all")


async def _five(market: Market) -> tuple[Caller, list[int]]:
    """Five orders of one buyer, the first two at the same moment."""
    seller, buyer = await market.user(), await market.user()
    item, placed = await market.item(seller), []
    for number in range(5):
        market.clock.advance(seconds=0 if number == 1 else 60)
        placed.append((await market.place(buyer, (item, 1))).order.id)
    return caller_of(buyer), placed


async def test_filters_are_intersections_and_moments_are_exclusive(market: Market) -> None:
    buyer, placed = await _five(market)
    times = [(await market.get_order(buyer, order_id)).order.created_at for order_id in placed]
    await market.cancel(buyer, placed[3])

    assert await ids(market, buyer, status="cancelled") == [placed[3]]
    assert await ids(market, buyer, created_after=times[2], sort="created_at") == placed[3:]
    assert await ids(market, buyer, created_before=times[2], sort="created_at") == placed[:2]
    assert await ids(market, buyer, created_after=times[1], created_before=times[4], status="pending") == [placed[2]]


@pytest.mark.parametrize("sort", ["created_at", "-created_at"])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
async def test_pages_joined_by_cursor_or_by_skip_are_the_list(market: Market, sort: str, limit: int) -> None:
    buyer, placed = await _five(market)
    whole = placed if sort == "created_at" else placed[::-1]

    by_cursor: list[int] = []
    cursor: str | None = None
    while True:
        listed = await page(market, buyer, sort=sort, limit=limit, cursor=cursor)
        by_cursor += [order.id for order in listed.rows]
        assert (listed.total is None) == (cursor is not None)
        assert (listed.link is None) == (listed.next_cursor is None)
        cursor = listed.next_cursor
        if cursor is None:
            break
    by_skip = [order_id for skip in range(0, 5, limit) for order_id in await ids(market, buyer, sort=sort, limit=limit, skip=skip)]

    assert by_cursor == by_skip == whole


async def test_a_cursor_is_for_its_own_filters_and_sort_and_stands_alone(market: Market) -> None:
    buyer, _ = await _five(market)
    cursor = (await page(market, buyer, limit=2)).next_cursor

    for other in ({"sort": "created_at"}, {"status": "pending"}, {"skip": 1}):
        with pytest.raises(InvalidCursor):
            await page(market, buyer, cursor=cursor, **other)


async def test_a_cursor_is_signed_for_all_filters_and_the_sort(market: Market) -> None:
    buyer, placed = await _five(market)
    since = (await market.get_order(buyer, placed[0])).order.created_at - timedelta(days=1)

    first = await page(market, buyer, created_after=since, limit=2)

    filters = {"role": "buyer", "created_after": since, "sort": "-created_at"}
    last = (await market.get_order(buyer, placed[3])).order
    assert first.next_cursor == CURSORS.seal("listOrders", filters, [last.created_at, last.id])


async def test_a_page_that_shows_the_end_needs_no_count(market: Market) -> None:
    buyer, _ = await _five(market)

    with count_statements() as statements:
        pages = [await page(market, buyer, limit=limit, skip=skip) for limit, skip in ((5, 0), (20, 0), (3, 2), (20, 4))]

    assert [each.total for each in pages] == [5, 5, 5, 5]
    assert len(statements) == 4, statements


async def test_a_total_is_never_less_than_the_rows_that_are_shown(market: Market) -> None:
    buyer, _ = await _five(market)
    item = await market.item(await market.user())
    totals = Totals(market.database)
    assert (await page(market, buyer, limit=2, totals=totals)).total == 5

    # Commits of another process do not invalidate the cached total.
    elsewhere = Database(market.database.url)
    await elsewhere.open()
    try:
        for number in range(3):
            await Market(elsewhere, market.clock).place(buyer.user_id, (item, 1), key=f"elsewhere-{number}")
    finally:
        await elsewhere.close()
    shown = await page(market, buyer, limit=3, skip=4, totals=totals)

    assert (len(shown.rows), shown.total) == (3, 8)


async def test_the_total_counts_own_writes_at_once(market: Market) -> None:
    buyer, placed = await _five(market)
    totals = Totals(market.database)
    assert (await page(market, buyer, status="pending", limit=2, totals=totals)).total == 5

    await market.cancel(buyer, placed[0])

    assert (await page(market, buyer, status="pending", limit=2, totals=totals)).total == 4


async def test_a_summary_is_one_that_the_contract_promises(market: Market) -> None:
    buyer, _ = await _five(market)

    summary = order_summary_view((await page(market, buyer)).rows[0])

    assert m.OrderSummary.model_validate_json(summary.model_dump_json()) == summary
    assert summary.units == 1


async def test_pages_do_not_shift_while_orders_are_added(market: Market) -> None:
    buyer, placed = await _five(market)
    first = await page(market, buyer, limit=2)
    seller = await market.user()
    market.clock.advance(seconds=60)
    await market.place(buyer.user_id, (await market.item(seller), 1))

    second = await page(market, buyer, limit=2, cursor=first.next_cursor)

    assert [order.id for order in [*first.rows, *second.rows]] == [placed[4], placed[3], placed[2], placed[1]]


async def test_a_moment_may_be_given_in_any_zone(market: Market) -> None:
    buyer, placed = await _five(market)
    moment = (await market.get_order(buyer, placed[2])).order.created_at
    elsewhere = moment.astimezone(timezone(timedelta(hours=5)))

    assert await ids(market, buyer, created_after=elsewhere, sort="created_at") == placed[3:]
