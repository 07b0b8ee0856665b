"""listItems: the pages add up to the listing, in every order, by cursor and by skip."""

from typing import Any

import pytest

from steelyard.features.items import queries
from steelyard.tables.items import ItemRow
from steelyard_contract.problems import InvalidCursor
from tests.unit.features.items.shop import Shop

SORTS = ["-created_at", "created_at", "price", "-price", "title", "-title"]
SIZES = [1, 2, 3, 5, 13, 100]

# Titles sort by code point: capitals, underscores and accents where Python puts them.
TITLES = ["b", "a", "B", "a", "\u00e4", "_", "a b", "Z", "b", "\U0001f4a1", "a", "z", "A"]
PRICES = [5, 5, 0, 1_000_000_000, 5, 7, 7, 0, 5, 3, 3, 5, 5]


async def stocked(shop: Shop) -> list[ItemRow]:
    """Thirteen items with ties in every sort key, among others that no listing shows."""
    seller, other = await shop.user(), await shop.user()
    made = []
    for place, (title, price) in enumerate(zip(TITLES, PRICES, strict=True)):
        if place % 4 == 3:
            shop.pass_time(microseconds=1)
        made.append(await shop.offer(seller, title, price))
        await shop.offer(other, title, price, status="draft")
    return made


def in_order(rows: list[ItemRow], sort: str) -> list[int]:
    """The ids in the order that the contract promises, by plain Python."""
    key = sort.removeprefix("-")
    return [row.id for row in sorted(rows, key=lambda row: (getattr(row, key), row.id), reverse=sort.startswith("-"))]


@pytest.mark.parametrize("sort", SORTS)
async def test_paging_by_cursor_returns_each_item_once_in_order_at_any_page_size(shop: Shop, sort: str) -> None:
    whole = in_order(await stocked(shop), sort)

    for size in SIZES:
        page = await shop.listed(sort=sort, limit=size)
        walked = [row.id for row in page.rows]
        while page.next_cursor is not None:
            page = await shop.listed(sort=sort, limit=size, cursor=page.next_cursor)
            assert (page.skip, page.total) == (None, None)
            assert 0 < len(page.rows) <= size
            walked += [row.id for row in page.rows]
            assert len(walked) <= len(whole)
        assert page.link is None
        assert walked == whole, size


@pytest.mark.parametrize("sort", SORTS)
async def test_paging_by_skip_returns_the_same(shop: Shop, sort: str) -> None:
    whole = in_order(await stocked(shop), sort)

    for size in SIZES:
        walked = []
        for skip in range(0, len(whole) + size, size):
            page = await shop.listed(sort=sort, limit=size, skip=skip)
            assert (page.skip, page.total) == (skip, len(whole))
            assert (page.next_cursor is None) == (skip + size >= len(whole))
            walked += [row.id for row in page.rows]
        assert walked == whole, size


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("after", [False, True])
def test_ties_are_broken_by_id_in_the_direction_of_the_sort(dialect: str, after: bool) -> None:
    for sort in SORTS:
        key, direction = sort.removeprefix("-"), "DESC" if sort.startswith("-") else "ASC"
        text = queries.list_items("active", frozenset(), (0, 0), sort, after=after).compiled[dialect].text
        assert f"ORDER BY items.{key} {direction}, items.id {direction}" in text


async def test_a_numbered_page_goes_on_by_cursor(shop: Shop) -> None:
    whole = in_order(await stocked(shop), "price")

    numbered = await shop.listed(sort="price", limit=3, skip=4)
    following = await shop.listed(sort="price", limit=3, cursor=numbered.next_cursor)

    assert [row.id for row in [*numbered.rows, *following.rows]] == whole[4:10]


async def test_an_item_that_is_added_meanwhile_neither_repeats_nor_hides_another(shop: Shop) -> None:
    whole = in_order(await stocked(shop), "-created_at")
    seller = await shop.user()

    page = await shop.listed(limit=5)
    walked = [row.id for row in page.rows]
    await shop.offer(seller, "New")
    while page.next_cursor is not None:
        page = await shop.listed(limit=5, cursor=page.next_cursor)
        walked += [row.id for row in page.rows]

    assert walked == whole


async def test_filters_hold_on_every_page_and_stand_in_the_link(shop: Shop) -> None:
    seller = await shop.user()
    for number in range(5):
        await shop.offer(seller, f"Lamp & {number}", 10 * number, category="lighting", on_hand=1)
        await shop.offer(seller, "Torch", 10 * number)
    filters: dict[str, Any] = {"search": "lamp &", "category": "lighting", "owner_id": seller.user_id, "min_price": 10, "in_stock": True}

    page = await shop.listed(limit=2, sort="-price", **filters)
    rest = await shop.listed(limit=2, sort="-price", cursor=page.next_cursor, **filters)

    assert [row.price for row in [*page.rows, *rest.rows]] == [40, 30, 20, 10]
    query = f"search=lamp%20%26&category=lighting&owner_id={seller.user_id}&min_price=10&in_stock=true"
    assert page.link == f'</items?status=active&sort=-price&{query}&limit=2&cursor={page.next_cursor}>; rel="next"'


@pytest.mark.parametrize(
    "other", [{"sort": "price"}, {"search": "a"}, {"category": "a"}, {"min_price": 0}, {"in_stock": False}, {"skip": 1}]
)
async def test_a_cursor_is_good_for_its_own_listing_only(shop: Shop, other: dict[str, Any]) -> None:
    await stocked(shop)
    page = await shop.listed(limit=2)

    with pytest.raises(InvalidCursor):
        await shop.listed(limit=2, cursor=page.next_cursor, **other)


async def test_the_longest_title_fits_into_a_cursor_and_a_link(shop: Shop) -> None:
    seller = await shop.user()
    for _ in range(2):
        await shop.offer(seller, "\U0001f4a1" * 200, description="\U0001f4a1" * 100)

    page = await shop.listed(sort="title", limit=1, search="\U0001f4a1" * 100)

    assert page.next_cursor is not None
    assert len(page.next_cursor) <= 2048
    assert page.link is not None
    assert len(page.link) <= 4000
    following = await shop.listed(sort="title", limit=1, search="\U0001f4a1" * 100, cursor=page.next_cursor)
    assert len(following.rows) == 1
