"""getItem and listItems: which callers see which items."""

from typing import Any

import pytest

from steelyard.tables.items import ItemRow
from steelyard_contract.problems import ItemNotFound, NotPermitted
from tests.unit.features.items.shop import Shop


async def test_every_caller_sees_items_on_sale(shop: Shop) -> None:
    seller, other, support = await shop.user(), await shop.user(), await shop.user("support")
    item = await shop.offer(seller)

    for caller in (None, seller, other, support):
        assert await shop.see(caller, item.id) == item


async def test_only_owner_and_staff_find_a_draft(shop: Shop) -> None:
    seller, other = await shop.user(), await shop.user()
    support, admin = await shop.user("support"), await shop.user("admin")
    draft = await shop.offer(seller, status="draft")

    for caller in (seller, support, admin):
        assert await shop.see(caller, draft.id) == draft
    for stranger in (None, other):
        with pytest.raises(ItemNotFound):
            await shop.see(stranger, draft.id)


async def test_an_unknown_id_is_not_found(shop: Shop) -> None:
    for caller in (None, await shop.user(), await shop.user("support")):
        with pytest.raises(ItemNotFound):
            await shop.see(caller, 9_007_199_254_740_991)


async def test_a_listing_without_status_shows_items_on_sale_even_to_their_owner(shop: Shop) -> None:
    seller = await shop.user()
    await shop.offer(seller, "Active")
    await shop.offer(seller, "Draft", status="draft")
    gone = await shop.offer(seller, "Archived")
    await shop.archive(seller, gone.id)

    assert await shop.titles(seller) == await shop.titles() == await shop.titles(seller, owner_id=seller.user_id) == {"Active"}


@pytest.mark.parametrize(("status", "title"), [("draft", "Draft"), ("archived", "Archived")])
async def test_other_items_are_listed_for_their_owner_and_for_staff(shop: Shop, status: str, title: str) -> None:
    seller, other, support = await shop.user(), await shop.user(), await shop.user("support")
    for owner in (seller, other):
        await shop.offer(owner, "Active")
        await shop.offer(owner, "Draft", status="draft")
        await shop.archive(owner, (await shop.offer(owner, "Archived")).id)

    own = await shop.listed(seller, status=status, owner_id=seller.user_id)
    all_of_them = await shop.listed(support, status=status)

    assert [(row.title, row.owner_id) for row in own.rows] == [(title, seller.user_id)]
    assert {(row.title, row.owner_id) for row in all_of_them.rows} == {(title, seller.user_id), (title, other.user_id)}


@pytest.mark.parametrize("status", ["draft", "archived"])
async def test_other_callers_may_not_list_drafts_and_archived_items(shop: Shop, status: str) -> None:
    seller, other = await shop.user(), await shop.user()
    listings: list[tuple[Any, Any]] = [(None, None), (None, seller.user_id), (other, None), (other, seller.user_id)]

    for caller, owner_id in listings:
        with pytest.raises(NotPermitted) as refused:
            await shop.listed(caller, status=status, owner_id=owner_id)
        assert refused.value.members == {"allowed": ["owner", "support", "admin"]}


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"A", "B", "C", "D"}),
    ({"category": "lighting"}, {"A", "B"}),
    ({"category": "garden"}, {"C"}),
    ({"category": "nothing"}, set()),
    ({"min_price": 200}, {"B", "C", "D"}),
    ({"max_price": 200}, {"A", "B"}),
    ({"min_price": 200, "max_price": 200}, {"B"}),
    ({"min_price": 201, "max_price": 200}, set()),
    ({"in_stock": True}, {"A", "C"}),
    ({"in_stock": False}, {"B", "D"}),
    ({"category": "lighting", "in_stock": True}, {"A"}),
    ({"search": "brass"}, {"A", "D"}),
    ({"search": "brass", "in_stock": False, "min_price": 1}, {"D"}),
    ({"search": "brass", "category": "lighting", "min_price": 0, "max_price": 1_000_000_000, "in_stock": True}, {"A"}),
]


@pytest.mark.parametrize(("filters", "titles"), FILTERS, ids=[",".join(filters) or "none" for filters, _ in FILTERS])
async def test_an_item_is_listed_when_it_passes_every_filter(shop: Shop, filters: dict[str, Any], titles: set[str]) -> None:
    seller, other = await shop.user(), await shop.user()
    await shop.offer(seller, "A", 100, category="lighting", tags=["brass"], on_hand=2)
    sold_out = await shop.offer(seller, "B", 200, category="lighting", on_hand=2)
    await shop.reserve(sold_out.id, 2)
    await shop.offer(seller, "C", 300, category="garden", on_hand=1)
    await shop.offer(other, "D", 400, description="Brass")
    await shop.offer(other, "E", 200, status="draft", category="lighting", tags=["brass"], on_hand=2)

    page = await shop.listed(limit=100, **filters)

    assert {row.title for row in page.rows} == titles
    assert page.total == len(titles)
    by_owner: list[ItemRow] = (await shop.listed(owner_id=other.user_id, **filters)).rows
    assert {row.title for row in by_owner} == titles & {"D"}
