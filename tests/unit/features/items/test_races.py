"""Concurrent changes of one item: the stock stays correct, one edit succeeds, one item gets the SKU."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

import pytest

from steelyard.contract.access.caller import CallerChanged
from steelyard.db.errors import ConstraintViolated, TransactionConflict
from steelyard.db.transaction import Transaction
from steelyard.events.log import SYSTEM, Actor
from steelyard.features.items import service
from steelyard.features.items.problems import BY_CONSTRAINT
from steelyard.features.items.queries import reserve_stock
from steelyard_contract.problems import InsufficientStock, PreconditionFailed, SkuTaken, StockChanged
from tests.unit.features.items.shop import Shop, deactivated


class Leave(Protocol):
    """What happens to the items of an owner who leaves."""

    def __call__(self, tx: Transaction, *, owner_id: int, actor: Actor) -> Awaitable[int]: ...


async def test_concurrent_reservations_take_exactly_the_stock(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=10)

    outcomes = await asyncio.gather(*[shop.move(seller, item.id, -1) for _ in range(16)], return_exceptions=True)

    assert sum(isinstance(outcome, InsufficientStock) for outcome in outcomes) == 6
    lines = (await shop.ledger(seller, item.id)).rows
    assert [line.on_hand_after for line in lines] == [*range(10), 10]
    assert (await shop.see(seller, item.id)).on_hand == 0


async def test_movements_never_take_what_orders_reserve_at_the_same_time(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=10)

    async def order() -> None:
        async with shop.transaction() as tx:
            if await tx.run(reserve_stock, item_id=item.id, quantity=1, buyer_id=seller.user_id) == 0:
                raise InsufficientStock(items=[])

    outcomes = await asyncio.gather(
        *[order() for _ in range(8)], *[shop.move(seller, item.id, -1) for _ in range(8)], return_exceptions=True
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(refused) == 6
    assert all(isinstance(outcome, InsufficientStock) for outcome in refused)
    seen = await shop.see(seller, item.id)
    assert seen.on_hand == seen.reserved


async def test_of_two_corrections_of_the_same_stock_one_is_recorded(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller, on_hand=10)

    outcomes = await asyncio.gather(*[shop.move(seller, item.id, 2, expected_on_hand=10) for _ in range(5)], return_exceptions=True)

    assert sum(isinstance(outcome, StockChanged) for outcome in outcomes) == 4
    assert (await shop.see(seller, item.id)).on_hand == 12


async def test_of_concurrent_edits_of_one_version_one_succeeds(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller)

    outcomes = await asyncio.gather(*[shop.change(seller, item.id, '"1"', title=f"Lamp {n}") for n in range(5)], return_exceptions=True)

    assert sum(isinstance(outcome, PreconditionFailed) for outcome in outcomes) == 4
    assert (await shop.see(seller, item.id)).version == 2


async def test_one_of_many_items_gets_the_sku_and_the_others_a_problem_that_names_it(shop: Shop) -> None:
    seller = await shop.user()

    async def offer() -> int:
        for _ in range(3):  # as the runner does after a conflict
            try:
                return (await shop.offer(seller, sku="L-1")).id
            except ConstraintViolated as error:
                if BY_CONSTRAINT[error.constraint] is not TransactionConflict:
                    raise
        raise AssertionError("three conflicts")

    outcomes = await asyncio.gather(*[offer() for _ in range(8)], return_exceptions=True)

    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, int)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, SkuTaken)]
    assert len(refused) == 7
    assert all(outcome.members == {"item_id": winner} for outcome in refused)


@pytest.mark.parametrize("leave", [service.withdraw_items_of, service.archive_items_of])
async def test_no_item_of_an_owner_who_leaves_stays_on_sale(shop: Shop, leave: Leave) -> None:
    seller = await shop.user()

    async def deactivate() -> None:
        async with shop.transaction() as tx:
            await tx.run(deactivated, user_id=seller.user_id)
            await leave(tx, owner_id=seller.user_id, actor=SYSTEM)

    outcomes = await asyncio.gather(
        *[shop.offer(seller) for _ in range(4)], deactivate(), *[shop.offer(seller) for _ in range(4)], return_exceptions=True
    )

    assert all(isinstance(outcome, CallerChanged) for outcome in outcomes if isinstance(outcome, BaseException))
    assert (await shop.listed()).rows == []
