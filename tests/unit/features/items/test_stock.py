"""recordStockMovement and listStockMovements: the ledger explains the stock, and the stock keeps its bounds."""

from typing import Any

import pytest

from steelyard.db.errors import ConstraintViolated
from steelyard.features.items import queries
from steelyard.features.items.stock import check_movement
from steelyard_contract.problems import InsufficientStock, InvalidCursor, ItemNotFound, LimitReached, NotPermitted, StockChanged
from tests.unit.features.items.shop import Shop, nothing_changes

MAX_ON_HAND = 1_000_000_000


@pytest.mark.parametrize(
    ("on_hand", "reserved", "delta", "expected"),
    [(5, 5, 1, None), (5, 2, -3, None), (5, 0, -5, 5), (0, 0, 1, 0), (MAX_ON_HAND - 1, 0, 1, None), (MAX_ON_HAND, MAX_ON_HAND, 0, None)],
)
def test_a_movement_within_the_bounds_is_allowed(on_hand: int, reserved: int, delta: int, expected: int | None) -> None:
    check_movement(7, on_hand=on_hand, reserved=reserved, delta=delta, expected=expected)


def test_stock_never_falls_below_what_orders_hold() -> None:
    with pytest.raises(InsufficientStock) as refused:
        check_movement(7, on_hand=5, reserved=2, delta=-4, expected=None)

    shortages: Any = refused.value.members["items"]
    (short,) = shortages
    assert (short.product_id, short.requested, short.available) == (7, 4, 3)


def test_stock_never_rises_above_its_bound() -> None:
    with pytest.raises(LimitReached) as refused:
        check_movement(7, on_hand=MAX_ON_HAND, reserved=0, delta=1, expected=None)

    assert refused.value.members == {"limit": MAX_ON_HAND}


@pytest.mark.parametrize("delta", [-6, 1, MAX_ON_HAND])
def test_unexpected_stock_is_the_first_problem(delta: int) -> None:
    with pytest.raises(StockChanged) as refused:
        check_movement(7, on_hand=5, reserved=0, delta=delta, expected=4)

    assert refused.value.members == {"on_hand": 5}


async def test_a_movement_changes_the_stock_and_the_etag_but_no_version(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=5)
    shop.pass_time(seconds=1)

    moved = await shop.move(seller, item.id, -2, reason="damage", note="Dropped", expected_on_hand=5)

    assert moved[1:] == (item.id, -2, "damage", None, "Dropped", 3, seller.user_id, shop.now)
    seen = await shop.see(seller, item.id)
    assert seen == item._replace(on_hand=3, stock_version=item.stock_version + 1)


async def test_the_sum_of_the_movements_is_the_stock(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=5)

    for delta in (3, -4, 1_000_000, -1):
        await shop.move(seller, item.id, delta)

    lines = (await shop.ledger(seller, item.id)).rows
    assert sum(line.delta for line in lines) == (await shop.see(seller, item.id)).on_hand == 1_000_003
    assert [line.on_hand_after for line in lines] == [1_000_003, 1_000_004, 4, 8, 5]


async def test_a_movement_is_an_event(shop: Shop) -> None:
    seller, admin = await shop.user(), await shop.user("admin")
    item = await shop.offer(seller)

    moved = await shop.move(admin, item.id, 2, reason="received")

    event = (await shop.log())[-1]
    assert (event.type, event.actor_id, event.subject_id, event.audience) == (
        "stock.moved",
        admin.user_id,
        item.id,
        [seller.user_id, admin.user_id],
    )
    assert event.data == {"item_id": item.id, "movement_id": moved.id, "delta": 2, "reason": "received", "on_hand_after": 2}


async def test_rejected_movements_change_nothing(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=5)
    await shop.reserve(item.id, 3)

    async with nothing_changes(shop, item.id):
        with pytest.raises(InsufficientStock):
            await shop.move(seller, item.id, -3)
        with pytest.raises(StockChanged):
            await shop.move(seller, item.id, 1, expected_on_hand=4)

    assert [line.delta for line in (await shop.ledger(seller, item.id)).rows] == [5]


async def test_the_bound_holds_at_the_database_too(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=MAX_ON_HAND)

    with pytest.raises(LimitReached):
        await shop.move(seller, item.id, 1)
    async with shop.transaction() as tx:
        assert await tx.scalar(queries.change_on_hand, item_id=item.id, delta=1) is None
        assert await tx.scalar(queries.change_on_hand, item_id=item.id, delta=-MAX_ON_HAND - 1) is None

    with pytest.raises(ConstraintViolated) as refused:
        await shop.reserve(item.id, MAX_ON_HAND + 1)
    assert refused.value.constraint == "items_stock_check"


async def test_drafts_have_stock_too(shop: Shop) -> None:
    seller = await shop.user()
    draft = await shop.offer(seller, status="draft")

    await shop.move(seller, draft.id, 3)

    assert (await shop.see(seller, draft.id)).on_hand == 3


@pytest.mark.parametrize("role", ["support", "admin"])
async def test_staff_read_the_movements_of_drafts(shop: Shop, role: str) -> None:
    seller, staff = await shop.user(), await shop.user(role)
    draft = await shop.offer(seller, status="draft", on_hand=3)

    assert len((await shop.ledger(staff, draft.id)).rows) == 1


async def test_strangers_may_not_read_movements_and_do_not_find_drafts(shop: Shop) -> None:
    seller, other = await shop.user(), await shop.user()
    item, draft = await shop.offer(seller), await shop.offer(seller, status="draft")

    with pytest.raises(NotPermitted) as refused:
        await shop.ledger(other, item.id)
    with pytest.raises(ItemNotFound):
        await shop.ledger(other, draft.id)

    assert refused.value.members == {"allowed": ["owner", "support", "admin"]}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_paging_through_movements_returns_each_once_newest_first(shop: Shop, size: int) -> None:
    seller = await shop.user()
    item, other = await shop.offer(seller, on_hand=1), await shop.offer(seller, on_hand=1)
    for delta in range(1, 7):
        await shop.move(seller, item.id, delta)
        await shop.move(seller, other.id, 1)

    by_cursor, by_skip = [], []
    page = await shop.ledger(seller, item.id, limit=size)
    assert page.total == 7
    by_cursor += page.rows
    while page.next_cursor is not None:
        assert page.link == f'</items/{item.id}/stock-movements?limit={size}&cursor={page.next_cursor}>; rel="next"'
        page = await shop.ledger(seller, item.id, limit=size, cursor=page.next_cursor)
        assert (page.skip, page.total) == (None, None)
        by_cursor += page.rows
    for skip in range(0, 7, size):
        page = await shop.ledger(seller, item.id, limit=size, skip=skip)
        assert (page.skip, page.total) == (skip, 7)
        by_skip += page.rows

    assert [line.delta for line in by_cursor] == [6, 5, 4, 3, 2, 1, 1]
    assert by_skip == by_cursor


async def test_a_cursor_of_one_item_is_invalid_for_another(shop: Shop) -> None:
    seller = await shop.user()
    item, other = await shop.offer(seller, on_hand=1), await shop.offer(seller, on_hand=1)
    await shop.move(seller, item.id, 1)
    page = await shop.ledger(seller, item.id, limit=1)

    for wrong in ({"item_id": other.id, "cursor": page.next_cursor}, {"item_id": item.id, "cursor": page.next_cursor, "skip": 1}):
        with pytest.raises(InvalidCursor):
            await shop.ledger(seller, **wrong)  # type: ignore[arg-type]  # one dictionary for several parameters
