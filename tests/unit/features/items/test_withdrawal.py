"""An owner who is locked or leaves takes the items off sale: one event for each item, in the same transaction."""

import pytest

from steelyard.events.log import Actor
from steelyard.features.items import service
from steelyard_contract.problems import ValidationFailed
from tests.unit.features.items.shop import Shop


@pytest.mark.parametrize(
    ("withdraw", "what", "touched"),
    [
        (service.withdraw_items_of, "item.updated", ["active", "active"]),
        (service.archive_items_of, "item.archived", ["active", "active", "draft"]),
    ],
)
async def test_every_item_that_is_taken_off_sale_has_an_event(shop: Shop, withdraw: object, what: str, touched: list[str]) -> None:
    seller, other, admin = await shop.user(), await shop.user(), await shop.user("admin")
    ids = [(await shop.offer(seller, status=status)).id for status in ("active", "active", "draft")]
    await shop.offer(other)
    before = len(await shop.log())

    async with shop.transaction() as tx:
        assert await withdraw(tx, owner_id=seller.user_id, actor=Actor.user(admin.user_id)) == len(touched)  # type: ignore[operator]  # one of the two above

    made = (await shop.log())[before:]
    assert [(each.type, each.actor_id, each.subject_id) for each in made] == [
        (what, admin.user_id, item_id) for item_id in ids[: len(touched)]
    ]
    assert [each.data for each in made] == [
        {"item_id": item_id, "owner_id": seller.user_id, "changed": ["status"]} for item_id in ids[: len(touched)]
    ]
    assert all(each.audience == sorted([seller.user_id, admin.user_id]) for each in made)


async def test_an_owner_without_items_causes_no_event(shop: Shop) -> None:
    seller = await shop.user()

    async with shop.transaction() as tx:
        assert await service.archive_items_of(tx, owner_id=seller.user_id, actor=Actor.user(seller.user_id)) == 0

    assert await shop.log() == []


async def test_an_admin_cannot_put_an_item_of_a_locked_owner_on_sale(shop: Shop) -> None:
    seller, admin = await shop.user(), await shop.user("admin")
    item = await shop.offer(seller, status="draft")
    await shop.deactivate(seller)

    with pytest.raises(ValidationFailed) as refused:
        await shop.change(admin, item.id, status="active")

    assert "'owner_locked'" in repr(refused.value.members)
    assert (await shop.change(admin, item.id, title="Torch")).status == "draft"
