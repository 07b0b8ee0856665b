"""Confirms the caller inside a transaction."""

from steelyard.contract.access.caller import Caller, CallerChanged
from steelyard.db.transaction import Transaction
from steelyard.security import queries


async def confirm_caller(tx: Transaction, caller: Caller, *, alone: bool = False) -> None:
    """Lock the caller; raise CallerChanged if their credential or role is no longer the one that was authorized.

    For writes whose first statement does not confirm the caller, or has found nothing. `alone` is for writes that change the caller's row.
    """
    confirmed = await tx.scalar(
        queries.lock_caller_alone if alone else queries.lock_caller,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if confirmed is None:
        raise CallerChanged
