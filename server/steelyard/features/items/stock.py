"""The stock of items: recorded movements, and what orders reserve, release and return. Nothing else changes stock."""

from collections.abc import Iterable

from pydantic import MISSING

from steelyard.contract.access.caller import Caller
from steelyard.db.grouping import Together
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.items import queries
from steelyard.features.items.access import check_reading_stock, get_item, lock_item
from steelyard.features.items.events import record_stock_moved
from steelyard.paging.paginator import Listing, Page, PageRequest, Paginator
from steelyard.tables.items import ItemRow, StockMovementRow, stock_movements
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_ON_HAND
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import InsufficientStock, LimitReached, StockChanged

# `reserve_stock` for orders that are placed together.
LOCKING_TOGETHER = Together(queries.lock_stock_of_each, of=(queries.reserve_stock,))
RESERVING_TOGETHER = Together(queries.reserve_stock_of_each, of=(queries.reserve_stock,))


async def record_stock_movement(tx: Transaction, *, caller: Caller, item_id: int, movement: m.StockMovementCreate) -> StockMovementRow:
    """Change the stock on hand and store why."""
    item, _ = await lock_item(tx, caller=caller, item_id=item_id, if_match=None)
    expected = None if movement.expected_on_hand is MISSING else movement.expected_on_hand
    check_movement(item_id, on_hand=item.on_hand, reserved=item.reserved, delta=movement.delta, expected=expected)
    on_hand = await tx.scalar(queries.change_on_hand, item_id=item_id, delta=movement.delta)
    assert on_hand is not None, "the row is locked and allows the movement"
    note = None if movement.note is MISSING else movement.note
    return await insert_movement(
        tx, caller=caller, item=item, delta=movement.delta, reason=movement.reason.value, note=note, on_hand=on_hand
    )


async def insert_movement(
    tx: Transaction, *, caller: Caller, item: ItemRow, delta: int, reason: str, note: str | None, on_hand: int
) -> StockMovementRow:
    """Store why the stock on hand has changed, and what it is now."""
    movement = await tx.one(
        queries.insert_stock_movement,
        item_id=item.id,
        delta=delta,
        reason=reason,
        note=note,
        on_hand_after=on_hand,
        actor_id=caller.user_id,
        now=tx.now,
    )
    await record_stock_moved(tx, caller, item, movement)
    return movement


async def list_stock_movements(
    db: ReadOnly, paginator: Paginator, *, caller: Caller, item_id: int, request: PageRequest
) -> Page[StockMovementRow]:
    """Return a page of the item's stock movements, newest first."""
    item = await get_item(db, caller=caller, item_id=item_id)
    check_reading_stock(caller, item.owner_id)
    listing = Listing(
        operation=OPERATIONS["listStockMovements"],
        filters={"item_id": item_id},
        arguments={"item_id": item_id},
        table=stock_movements,
        select=queries.list_stock_movements,
        count=queries.count_stock_movements,
    )
    return await paginator.page(db, listing, request)


async def reserve_stock(tx: Transaction, quantities: Iterable[tuple[int, int]], *, buyer_id: int) -> dict[int, queries.ReservedRow]:
    """Reserve units for an order: pairs of item id and quantity. Stops at the first item that has too few units or is not on sale."""
    reserved: dict[int, queries.ReservedRow] = {}
    # Every transaction locks items by id, so that no two of them wait for each other.
    for item_id, quantity in sorted(quantities):
        row = await tx.first(queries.reserve_stock, item_id=item_id, quantity=quantity, buyer_id=buyer_id)
        if row is None:
            break
        reserved[item_id] = row
    return reserved


async def release_stock(tx: Transaction, *, order_id: int) -> None:
    """Release the units that a pending order has reserved."""
    await tx.all(queries.lock_items_of_order, order_id=order_id)
    await tx.run(queries.release_stock, order_id=order_id)


async def restock_order(tx: Transaction, *, order_id: int, actor_id: int) -> None:
    """Return the units of a paid order to the stock on hand, and store why."""
    await tx.all(queries.lock_items_of_order, order_id=order_id)
    await tx.run(queries.restock_order, order_id=order_id)
    await tx.run(queries.insert_return_movements, order_id=order_id, actor_id=actor_id, now=tx.now)


def check_movement(item_id: int, *, on_hand: int, reserved: int, delta: int, expected: int | None) -> None:
    """Raise a problem if pending orders or the bounds do not allow the movement.

    `expected` is the number that the caller has counted. If the stored number differs, the movement would correct the wrong one.
    """
    if expected is not None and expected != on_hand:
        raise StockChanged(on_hand=on_hand)
    if on_hand + delta < reserved:
        raise InsufficientStock(items=[m.Shortage.model_construct(product_id=item_id, requested=-delta, available=on_hand - reserved)])
    if on_hand + delta > MAX_ON_HAND:
        raise LimitReached(limit=MAX_ON_HAND)
