"""What logins with third parties add to the event log."""

from typing import Literal

from steelyard.db.transaction import Transaction
from steelyard.events.log import ANONYMOUS, Actor, Event, Subject, record_event


async def record_identity_event(
    tx: Transaction, event_type: Literal["identity.linked", "identity.unlinked"], *, user_id: int, identity_id: int, provider_id: str
) -> None:
    """Record that an identity belongs to a user, or no longer, for its user."""
    data = {"user_id": user_id, "identity_id": identity_id, "provider": provider_id}
    await record_event(tx, Event(event_type, Actor.user(user_id), Subject("user", user_id), data, [user_id]))


async def record_login_rejected(tx: Transaction, *, user_id: int) -> None:
    """Record a login with an identity of a deactivated account."""
    await record_event(tx, Event("auth.login_blocked", ANONYMOUS, Subject("user", user_id), {"user_id": user_id}, [user_id]))
