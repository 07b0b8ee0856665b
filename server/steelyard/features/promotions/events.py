"""What promotions add to the event log."""

from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor, Event, Subject, record_event
from steelyard.tables.promotions import PromotionRow


async def record_redemption(tx: Transaction, promotion: PromotionRow, *, buyer_id: int) -> None:
    """Record that the buyer has redeemed the code."""
    data = {"promotion_id": promotion.id, "code": promotion.code, "redemptions": promotion.redemptions}
    await record_event(tx, Event("promotion.redeemed", Actor.user(buyer_id), Subject("promotion", promotion.id), data, {buyer_id}))
