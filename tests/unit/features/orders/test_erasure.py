"""What deleteUser does with orders."""

import pytest

from steelyard.features.orders import erasure
from tests.kit.world.market import Market, caller_of, reason_of


@pytest.mark.parametrize(
    ("status", "holds"), [("pending", 1), ("paid", 1), ("shipped", 1), ("delivered", 0), ("cancelled", 0), ("expired", 0)]
)
async def test_an_open_order_keeps_the_accounts_of_both_parties(market: Market, status: str, holds: int) -> None:
    seller, buyer, stranger = await market.user(), await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))
    await market.set_status(placed.order.id, status)

    db = market.database.read()
    assert [await erasure.count_open_orders(db, user_id=user) for user in (buyer, seller, stranger)] == [holds, holds, 0]


async def test_erasing_a_user_removes_addresses_and_keeps_totals(market: Market) -> None:
    seller, buyer = await market.user(), await market.user("Alice Johnson")
    await market.address(buyer, is_default=True)
    await market.address(seller, is_default=True)
    item, of_buyer = await market.item(seller), await market.item(buyer)
    placed = await market.place(buyer, (item, 1))
    await market.cancel(caller_of(buyer), placed.order.id, reason="Alice moved")
    other = await market.place(seller, (of_buyer, 1))

    async with market.database.transaction() as tx:
        await erasure.erase_user(tx, user_id=buyer)

    order, lines = await market.get_order(caller_of(seller), placed.order.id)
    assert (order.shipping_address, order.total, lines) == (None, placed.order.total, placed.lines)
    assert order.version == 3  # what is read has changed, and so has its ETag
    assert await market.database.read().scalar(reason_of, order_id=order.id) is None
    assert (await market.get_order(caller_of(seller), other.order.id)).order.shipping_address is not None


async def test_an_order_without_an_address_does_not_change_when_its_buyer_is_erased(market: Market) -> None:
    seller, buyer = await market.user(), await market.user()
    placed = await market.place(buyer, (await market.item(seller), 1))

    async with market.database.transaction() as tx:
        await erasure.erase_user(tx, user_id=buyer)

    assert (await market.get_order(caller_of(seller), placed.order.id)).order.version == 1
