"""What orders add to the event log."""

from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor, Event, EventType, Subject, record_event
from steelyard.tables.orders import OrderRow


async def record_order_event(tx: Transaction, event_type: EventType, order: OrderRow, actor: Actor) -> None:
    """Record what happened to an order, for its buyer, its seller and the actor."""
    data = {
        "order_id": order.id,
        "buyer_id": order.buyer_id,
        "seller_id": order.seller_id,
        "status": order.status,
        "total": {"amount": order.total, "currency": order.currency},
        "version": order.version,
    }
    audience = {order.buyer_id, order.seller_id}
    if actor.id is not None:
        audience.add(actor.id)
    await record_event(tx, Event(event_type, actor, Subject("order", order.id), data, audience))
