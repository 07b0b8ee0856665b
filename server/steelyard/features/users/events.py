"""What users add to the event log."""

from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor, Event, EventType, Subject, record_event


async def record_user_event(tx: Transaction, event_type: EventType, actor: Actor, *, user_id: int, **data: object) -> None:
    """Record what happened to an account, for its user."""
    await record_event(tx, Event(event_type, actor, Subject("user", user_id), {"user_id": user_id, **data}, audience=[user_id]))
