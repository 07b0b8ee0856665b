"""What items and their stock add to the event log."""

from collections.abc import Iterable

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor, Event, EventType, Subject, record_event, record_events
from steelyard.tables.items import ItemRow, StockMovementRow


async def record_item_event(tx: Transaction, event_type: EventType, caller: Caller, item: ItemRow, *, changed: list[str]) -> None:
    """Record what the caller has done to an item, for both the caller and the owner."""
    await record_event(tx, _event(event_type, caller, item, _item_data(item.id, item.owner_id, changed)))


async def record_new_items(tx: Transaction, caller: Caller, item_ids: Iterable[int], movements: Iterable[StockMovementRow]) -> None:
    """Record many new items of the caller and their first movements."""
    actor, audience = Actor.user(caller.user_id), [caller.user_id]
    data = {item_id: _item_data(item_id, caller.user_id, []) for item_id in item_ids}
    await record_events(tx, Event("item.created", actor, Subject("item", None), {}, audience), data)
    moved = {movement.item_id: _movement_data(movement) for movement in movements}
    await record_events(tx, Event("stock.moved", actor, Subject("item", None), {}, audience), moved)


async def record_status_events(tx: Transaction, event_type: EventType, actor: Actor, *, item_ids: Iterable[int], owner_id: int) -> None:
    """Record that the status of many items of one owner has changed."""
    audience = [owner_id] if actor.id is None else [owner_id, actor.id]
    data = {item_id: _item_data(item_id, owner_id, ["status"]) for item_id in item_ids}
    await record_events(tx, Event(event_type, actor, Subject("item", None), {}, audience), data)


async def record_stock_moved(tx: Transaction, caller: Caller, item: ItemRow, movement: StockMovementRow) -> None:
    """Record a stock movement, for both the caller and the item's owner."""
    await record_event(tx, _event("stock.moved", caller, item, _movement_data(movement)))


def _event(event_type: EventType, caller: Caller, item: ItemRow, data: dict[str, object]) -> Event:
    return Event(event_type, Actor.user(caller.user_id), Subject("item", item.id), data, audience=[caller.user_id, item.owner_id])


def _movement_data(movement: StockMovementRow) -> dict[str, object]:
    return {
        "item_id": movement.item_id,
        "movement_id": movement.id,
        "delta": movement.delta,
        "reason": movement.reason,
        "on_hand_after": movement.on_hand_after,
    }


def _item_data(item_id: int, owner_id: int, changed: list[str]) -> dict[str, object]:
    return {"item_id": item_id, "owner_id": owner_id, "changed": changed}
