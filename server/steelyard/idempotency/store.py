"""The rows behind Idempotency-Key: taken first, filled in the same transaction, kept for a day.

What a key means, and what is answered, stands in `contract/execution/idempotency.py`.
"""

import asyncio
from datetime import datetime, timedelta

from steelyard.db.errors import LockTimeout
from steelyard.db.transaction import Transaction
from steelyard.idempotency import queries

KEPT_FOR = timedelta(hours=24)
# Rows that one transaction forgets.
SWEPT_AT_ONCE = 1000
# How long a second request waits for the first one once it has met it, before it is told to come again. Meeting it may have taken
# the lock timeout, and both have to fit into the time that one request may take.
WAIT_S = 1.5


async def reserve_key(tx: Transaction, *, owner_id: int, operation_id: str, key: str, fingerprint: bytes) -> None:
    """Make the key ours together with what the transaction does first; when it was not free, that raises ConstraintViolated(IS_TAKEN)."""
    await tx.defer(queries.insert_key, owner_id=owner_id, operation_id=operation_id, key=key, fingerprint=fingerprint, created_at=tx.now)


async def claim_key(tx: Transaction, *, owner_id: int, operation_id: str, key: str, fingerprint: bytes) -> queries.StoredResponse | None:
    """None when the key is new and now ours until `tx` ends; else what is stored under it.

    To be the first thing that a transaction does: while another request holds the key it begins again and waits, and raises
    LockNotGranted when that one does not end in time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_S
    while True:
        try:
            taken = await tx.scalar(
                queries.claim_key, owner_id=owner_id, operation_id=operation_id, key=key, fingerprint=fingerprint, created_at=tx.now
            )
        except LockTimeout:
            left_s = deadline - loop.time()
            if left_s <= 0:
                raise
            await tx.restart()
            await tx.scalar(queries.set_lock_timeout, wait=f"{min(left_s, 2) * 1000:.0f}ms")
            continue
        if taken is not None:
            return None
        # Swept between the two statements: then it is ours after all.
        stored = await tx.first(queries.get_stored_response, owner_id=owner_id, operation_id=operation_id, key=key)
        if stored is not None:
            return stored


async def store_response(
    tx: Transaction, *, owner_id: int, operation_id: str, key: str, status: int, headers: list[list[str]], body: bytes
) -> None:
    """Keep the answer beside its effect; the day it is kept for begins now. The key's row is there: the same transaction made it."""
    await tx.defer(
        queries.store_response,
        owner_id=owner_id,
        operation_id=operation_id,
        key=key,
        status=status,
        headers=headers,
        body=body,
        created_at=tx.now,
        concerns_id=tx.concerns_id,
    )


async def delete_expired(tx: Transaction, *, limit: int = SWEPT_AT_ONCE) -> int:
    """Forget keys that are older than a day; how many there were, at most `limit`."""
    before: datetime = tx.now - KEPT_FOR
    return await tx.run(queries.delete_expired_keys, before=before, limit=limit)


async def delete_keys_of(tx: Transaction, *, user_id: int) -> None:
    """Delete the stored responses that the user owns, or that show their data."""
    await tx.run(queries.delete_keys_of, user_id=user_id)
