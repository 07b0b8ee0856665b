"""updateItem and deleteItem: merge patches, versions and permissions."""

from typing import Any

import pytest
from pydantic_core import from_json

from steelyard.events.log import SYSTEM
from steelyard.features.items import service
from steelyard_contract.problems import CurrencyMismatch, ItemNotFound, NotPermitted, PreconditionFailed, SkuTaken
from tests.unit.features.items.shop import Shop, nothing_changes


async def test_missing_members_of_a_patch_stay(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, "Lamp", sku="L-1", category="lighting", tags=["brass"], description="Old", on_hand=4)
    shop.pass_time(seconds=1)

    after = await shop.change(seller, item.id, title="Torch")

    assert after == item._replace(title="Torch", version=2, updated_at=shop.now)


async def test_null_clears_what_may_be_null(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, sku="L-1", category="lighting")

    after = await shop.change(seller, item.id, sku=None, category=None)

    assert (after.sku, after.category) == (None, None)


async def test_arrays_are_replaced_as_a_whole(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, tags=["brass", "desk"], image_urls=["https://img.example/a.jpg"])

    after = await shop.change(seller, item.id, tags=["tin"], image_urls=[])

    assert (from_json(after.tags), from_json(after.image_urls)) == (["tin"], [])


async def test_every_member_can_be_changed_and_the_log_names_those_that_were(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller)
    patch: dict[str, Any] = {
        "sku": "L-2",
        "title": "Torch",
        "description": "New",
        "category": "garden",
        "tags": ["tin"],
        "image_urls": ["https://img.example/a.jpg"],
        "price": {"amount": 7, "currency": "USD"},
        "status": "draft",
    }

    after = await shop.change(seller, item.id, **patch)

    assert (after.sku, after.title, after.description, after.category) == ("L-2", "Torch", "New", "garden")
    assert (after.price, after.status) == (7, "draft")
    assert (await shop.log())[-1].data == {"item_id": item.id, "owner_id": seller.user_id, "changed": list(patch)}


async def test_a_patch_that_changes_nothing_is_no_new_version(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, sku="L-1", tags=["brass"])
    shop.pass_time(seconds=1)

    async with nothing_changes(shop, item.id):
        after = await shop.change(seller, item.id, title=item.title, sku="L-1", tags=["brass"])

    assert after == item


async def test_a_changed_item_is_found_by_its_new_words_only(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, "Lamp", tags=["brass"])

    await shop.change(seller, item.id, title="Torch", tags=["tin"])

    assert await shop.titles(search="torch tin") == {"Torch"}
    assert await shop.titles(search="lamp") == await shop.titles(search="brass") == set()


@pytest.mark.parametrize("if_match", [None, "*", '"1"', '"1.1"', '"1.1o"', '"1.999o"', '"7", "1.2o"'])
async def test_an_edit_passes_if_if_match_names_the_version_whatever_the_stock(shop: Shop, if_match: str | None) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=5)
    await shop.move(seller, item.id, -1)
    await shop.reserve(item.id, 1)

    after = await shop.change(seller, item.id, if_match, title="Torch")

    assert after.version == 2


@pytest.mark.parametrize("if_match", ['"2"', '"11"', '"0"', "1", 'W/"1"', "junk"])
async def test_a_stale_or_malformed_if_match_changes_nothing(shop: Shop, if_match: str) -> None:
    seller = await shop.user()
    item = await shop.offer(seller)

    async with nothing_changes(shop, item.id):
        with pytest.raises(PreconditionFailed) as refused:
            await shop.change(seller, item.id, if_match, title="Torch")
        with pytest.raises(PreconditionFailed):
            await shop.archive(seller, item.id, if_match)

    assert refused.value.members == {"current_version": 1}


async def test_a_price_in_another_currency_is_rejected(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller)

    async with nothing_changes(shop, item.id):
        with pytest.raises(CurrencyMismatch):
            await shop.change(seller, item.id, price={"amount": 1, "currency": "EUR"})


async def test_the_sku_of_another_live_item_is_taken_but_not_the_item_s(shop: Shop) -> None:
    seller = await shop.user()
    first = await shop.offer(seller, sku="L-1")
    second = await shop.offer(seller, sku="L-2")

    async with nothing_changes(shop, second.id):
        with pytest.raises(SkuTaken) as refused:
            await shop.change(seller, second.id, sku="L-1")
    after = await shop.change(seller, second.id, sku="L-2", title="Torch")

    assert refused.value.members == {"item_id": first.id}
    assert after.title == "Torch"


async def test_an_admin_changes_and_archives_what_belongs_to_others(shop: Shop) -> None:
    seller, admin = await shop.user(), await shop.user("admin")
    item = await shop.offer(seller, sku="L-1", status="draft")
    other = await shop.offer(admin, sku="L-9")

    after = await shop.change(admin, item.id, sku=other.sku)
    await shop.archive(admin, item.id)

    assert after.sku == "L-9"  # unique among the owner's items, not the admin's
    (*_, updated, archived) = await shop.log()
    assert (updated.actor_id, updated.audience) == (admin.user_id, sorted([seller.user_id, admin.user_id]))
    assert (archived.type, archived.data["changed"]) == ("item.archived", ["status"])


@pytest.mark.parametrize("role", ["user", "support"])
async def test_a_caller_who_may_not_change_an_item_gets_the_relations_that_may(shop: Shop, role: str) -> None:
    seller, other = await shop.user(), await shop.user(role)
    item = await shop.offer(seller, on_hand=1)

    async with nothing_changes(shop, item.id):
        with pytest.raises(NotPermitted) as refused:
            await shop.change(other, item.id, '"99"', title="Torch")
        with pytest.raises(NotPermitted):
            await shop.archive(other, item.id)
        with pytest.raises(NotPermitted):
            await shop.move(other, item.id, 1)

    assert refused.value.members == {"allowed": ["owner", "admin"]}


async def test_the_draft_of_another_user_cannot_be_edited_and_is_not_found(shop: Shop) -> None:
    seller, other = await shop.user(), await shop.user()
    draft = await shop.offer(seller, status="draft")

    async with nothing_changes(shop, draft.id):
        for item_id in (draft.id, 999):
            with pytest.raises(ItemNotFound):
                await shop.change(other, item_id, title="Torch")
            with pytest.raises(ItemNotFound):
                await shop.archive(other, item_id)
            with pytest.raises(ItemNotFound):
                await shop.move(other, item_id, 1)


async def test_no_caller_finds_an_archived_item_and_it_keeps_its_stock(shop: Shop) -> None:
    seller, admin = await shop.user(), await shop.user("admin")
    item = await shop.offer(seller, on_hand=3)
    await shop.reserve(item.id, 2)

    await shop.archive(seller, item.id, '"1"')

    for caller in (None, seller, admin):
        with pytest.raises(ItemNotFound):
            await shop.see(caller, item.id)
    with pytest.raises(ItemNotFound):
        await shop.archive(seller, item.id)
    with pytest.raises(ItemNotFound):
        await shop.ledger(seller, item.id)
    assert await shop.stored(item.id) == ("lamp\n", "archived", 2, 3)


async def test_the_items_of_an_owner_who_leaves_are_archived_and_others_stay(shop: Shop) -> None:
    seller, other = await shop.user(), await shop.user()
    ids = [(await shop.offer(seller, status=status)).id for status in ("active", "draft")]
    await shop.offer(other, "Torch")

    async with shop.transaction() as tx:
        assert await service.archive_items_of(tx, owner_id=seller.user_id, actor=SYSTEM) == 2

    assert [(await shop.stored(item_id)).status for item_id in ids] == ["archived", "archived"]
    assert await shop.titles() == {"Torch"}


async def test_a_deactivated_owner_has_drafts_only(shop: Shop) -> None:
    seller, other = await shop.user(), await shop.user()
    active, draft, gone = [(await shop.offer(seller, status=status)).id for status in ("active", "draft", "draft")]
    await shop.archive(seller, gone)
    await shop.offer(other, "Torch")

    async with shop.transaction() as tx:
        assert await service.withdraw_items_of(tx, owner_id=seller.user_id, actor=SYSTEM) == 1

    stored = [await shop.stored(item_id) for item_id in (active, draft, gone)]
    assert [(row.status, row.version) for row in stored] == [("draft", 2), ("draft", 1), ("archived", 2)]
    assert await shop.titles() == {"Torch"}
