"""What a recorded movement may do to the stock of an item; no database."""

from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_ON_HAND
from steelyard_contract.problems import InsufficientStock, LimitReached, StockChanged


def check_movement(item_id: int, *, on_hand: int, reserved: int, delta: int, expected: int | None) -> int:
    """What is on hand after the movement; refuses one that pending orders or the bounds do not allow.

    `expected` is what the caller counted before: with another number on record the movement would correct the wrong thing.
    """
    if expected is not None and expected != on_hand:
        raise StockChanged(on_hand=on_hand)
    if on_hand + delta < reserved:
        raise InsufficientStock(items=[m.Shortage.model_construct(product_id=item_id, requested=-delta, available=on_hand - reserved)])
    if on_hand + delta > MAX_ON_HAND:
        raise LimitReached(limit=MAX_ON_HAND)
    return on_hand + delta
