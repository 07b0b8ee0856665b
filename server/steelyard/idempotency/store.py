"""The rows behind Idempotency-Key: taken first, filled in the same transaction, kept for a day.

`contract/execution/idempotency.py` decides what a key means and which response is sent.
"""

import asyncio
from datetime import datetime, timedelta

from steelyard.db.errors import LockTimeout
from steelyard.db.grouping import Together
from steelyard.db.transaction import Transaction
from steelyard.idempotency import queries

KEPT_FOR = timedelta(hours=24)
# Rows that one transaction deletes.
MAX_DELETED = 1000
# How long a second request waits for the first one before it gets idempotency-in-progress. It may have waited for the lock timeout
# already, and both have to fit into the deadline of a request.
WAIT_S = 1.5

# `reserve_key` and `store_response` for transactions that are done together.
STORING_TOGETHER = Together(queries.insert_keys_with_responses, of=(queries.insert_key, queries.store_response))


async def reserve_key(tx: Transaction, *, owner_id: int, operation_id: str, key: str, fingerprint: bytes) -> None:
    """Insert the key together with the first statement of the transaction, which raises ConstraintViolated(KEY_TAKEN) if it is taken."""
    await tx.defer(queries.insert_key, owner_id=owner_id, operation_id=operation_id, key=key, fingerprint=fingerprint, created_at=tx.now)


async def claim_key(tx: Transaction, *, owner_id: int, operation_id: str, key: str, fingerprint: bytes) -> queries.StoredResponse | None:
    """None if the key is new, and from now on held by `tx`; otherwise the row that is stored under it.

    Call it before any other statement: while another request holds the key, the transaction restarts and waits, and LockTimeout is
    raised if the other request does not end in time.
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
        # None if the row has expired and was deleted between the two statements: the key is free.
        stored = await tx.first(queries.get_stored_response, owner_id=owner_id, operation_id=operation_id, key=key)
        if stored is not None:
            return stored


async def store_response(
    tx: Transaction, *, owner_id: int, operation_id: str, key: str, status: int, headers: list[list[str]], body: bytes
) -> None:
    """Store the response beside its effect, from now on for a day. The row of the key exists: the same transaction inserted it."""
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


async def delete_expired(tx: Transaction, *, limit: int = MAX_DELETED) -> int:
    """Delete keys that are older than a day, and return how many: at most `limit`."""
    before: datetime = tx.now - KEPT_FOR
    return await tx.run(queries.delete_expired_keys, before=before, limit=limit)


async def delete_keys_of(tx: Transaction, *, user_id: int) -> None:
    """Delete the stored responses that the user owns, or that show their data."""
    await tx.run(queries.delete_keys_of, user_id=user_id)
