"""createItem: what is stored, and which drafts are rejected."""

from typing import Any

import pytest
from pydantic_core import from_json

from steelyard.contract.access.caller import CallerChanged
from steelyard.db.errors import ConstraintViolated, TransactionConflict
from steelyard.features.items import queries
from steelyard.features.items.problems import BY_CONSTRAINT
from steelyard_contract.problems import CurrencyMismatch, SkuTaken
from tests.unit.features.items.shop import BEGINNING, Shop


async def test_missing_members_have_the_defaults_of_the_contract(shop: Shop) -> None:
    seller = await shop.user()

    item = await shop.offer(seller, "Lamp", 1999)

    assert (item.owner_id, item.title, item.price) == (seller.user_id, "Lamp", 1999)
    assert (item.sku, item.description, item.category, item.tags, item.image_urls) == (None, "", None, "[]", "[]")
    assert (item.status, item.on_hand, item.reserved, item.version) == ("active", 0, 0, 1)
    assert item.created_at == item.updated_at == BEGINNING


async def test_every_member_is_stored_unchanged(shop: Shop) -> None:
    seller = await shop.user()
    sent: dict[str, Any] = {
        "sku": "L-1",
        "description": "Two lines\nof text, \u2116 1",
        "category": "lighting",
        "tags": ["brass", "desk-lamp"],
        "image_urls": ["https://img.example/b.jpg", "https://img.example/a.jpg"],
        "status": "draft",
    }

    item = await shop.offer(seller, "  \U0001f4a1 Lamp ", 0, **sent)

    seen = await shop.see(seller, item.id)
    assert seen == item
    stored = item._asdict() | {"tags": from_json(item.tags), "image_urls": from_json(item.image_urls)}
    assert {name: stored[name] for name in sent} == sent
    assert (item.title, item.price) == ("  \U0001f4a1 Lamp ", 0)


async def test_initial_stock_is_the_first_movement(shop: Shop) -> None:
    seller = await shop.user()

    item = await shop.offer(seller, on_hand=1_000_000_000)

    (line,) = (await shop.ledger(seller, item.id)).rows
    assert item.on_hand == 1_000_000_000
    assert (line.delta, line.reason, line.on_hand_after, line.actor_id, line.order_id) == (
        1_000_000_000,
        "received",
        1_000_000_000,
        seller.user_id,
        None,
    )


async def test_an_item_without_stock_has_an_empty_ledger(shop: Shop) -> None:
    seller = await shop.user()

    item = await shop.offer(seller)

    assert (await shop.ledger(seller, item.id)).rows == []


async def test_a_new_item_and_its_stock_are_events(shop: Shop) -> None:
    seller = await shop.user()

    item = await shop.offer(seller, on_hand=3)

    created, moved = await shop.log()
    (line,) = (await shop.ledger(seller, item.id)).rows
    assert (created.type, created.actor_id, created.subject_id) == ("item.created", seller.user_id, item.id)
    assert created.data == {"item_id": item.id, "owner_id": seller.user_id, "changed": []}
    assert moved.type == "stock.moved"
    assert moved.data == {"item_id": item.id, "movement_id": line.id, "delta": 3, "reason": "received", "on_hand_after": 3}


async def test_another_currency_is_rejected_with_the_marketplace_s(shop: Shop) -> None:
    seller = await shop.user()

    with pytest.raises(CurrencyMismatch) as refused:
        await shop.offer(seller, currency="EUR")

    assert refused.value.members == {"expected": "USD"}
    assert (await shop.listed()).rows == []


async def test_a_sku_is_taken_while_another_live_item_of_the_owner_has_it(shop: Shop) -> None:
    seller = await shop.user()
    first = await shop.offer(seller, sku="L-1", status="draft")

    with pytest.raises(SkuTaken) as refused:
        await shop.offer(seller, sku="L-1")

    assert refused.value.members == {"item_id": first.id}


async def test_two_owners_may_use_one_sku_and_case_matters(shop: Shop) -> None:
    seller, other = await shop.user(), await shop.user()
    await shop.offer(seller, sku="L-1")

    await shop.offer(other, sku="L-1")
    await shop.offer(seller, sku="l-1")


async def test_many_items_may_have_no_sku(shop: Shop) -> None:
    seller = await shop.user()

    await shop.offer(seller)
    await shop.offer(seller)

    assert len((await shop.listed()).rows) == 2


async def test_archiving_releases_the_sku(shop: Shop) -> None:
    seller = await shop.user()
    first = await shop.offer(seller, sku="L-1")
    await shop.archive(seller, first.id)

    second = await shop.offer(seller, sku="L-1")

    assert second.sku == "L-1"


async def test_a_conflict_over_a_sku_runs_the_slower_operation_again(shop: Shop) -> None:
    seller = await shop.user()
    await shop.offer(seller, sku="L-1")
    other = await shop.offer(seller, sku="L-2")

    with pytest.raises(ConstraintViolated) as refused:
        async with shop.transaction() as tx:  # past the check, as in a race
            await tx.one(
                queries.update_item,
                item_id=other.id,
                sku="L-1",
                title="Lamp",
                description="",
                category=None,
                tags=[],
                image_urls=[],
                price=1,
                status="active",
                search_text="lamp",
                now=shop.now,
            )

    assert BY_CONSTRAINT[refused.value.constraint] is TransactionConflict


async def test_a_user_who_was_locked_meanwhile_creates_no_item(shop: Shop) -> None:
    seller = await shop.user()
    await shop.deactivate(seller)

    with pytest.raises(CallerChanged):
        await shop.offer(seller)

    assert await shop.log() == []
