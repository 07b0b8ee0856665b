"""What logins and credentials add to the event log."""

from typing import Literal

from steelyard.db.transaction import Transaction
from steelyard.events.log import ANONYMOUS, Actor, Event, Subject, record_event


async def record_credential_event(
    tx: Transaction,
    event_type: Literal["credential.created", "credential.revoked"],
    actor: Actor,
    *,
    user_id: int,
    credential_id: int,
    kind: str,
) -> None:
    """Record what happened to a credential, for its user."""
    data = {"credential_id": credential_id, "kind": kind}
    await record_event(tx, Event(event_type, actor, Subject("credential", credential_id), data, [user_id]))


async def record_account_updated(tx: Transaction, actor: Actor, *, user_id: int, changed: list[str]) -> None:
    """Record which members of an account have changed, for its user."""
    await record_event(tx, Event("user.updated", actor, Subject("user", user_id), {"user_id": user_id, "changed": changed}, [user_id]))


async def record_login_blocked(tx: Transaction, *, user_id: int | None) -> None:
    """Record that logins are delayed from now on; for the user, if the e-mail has one."""
    audience = [] if user_id is None else [user_id]
    await record_event(tx, Event("auth.login_blocked", ANONYMOUS, Subject("user", user_id), {"user_id": user_id}, audience))
