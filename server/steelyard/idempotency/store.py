"""The rows behind Idempotency-Key: taken first, filled in the same transaction, kept for a day.

What a key means, and what is answered, stands in `contract/idempotency.py`.
"""

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from steelyard.db.columns import Id, JsonList, Timestamp, table
from steelyard.db.errors import LockNotGranted
from steelyard.db.statements import statement
from steelyard.db.transaction import Transaction

KEPT_FOR = timedelta(hours=24)
# Rows that one transaction forgets.
SWEPT_AT_ONCE = 1000
# How long a second request waits for the first one once it has met it, before it is told to come again. Meeting it may have taken
# the lock timeout, and both have to fit into the time that one request may take.
WAIT_S = 1.5

# An owner may be deleted before the row is swept, hence no foreign key.
idempotency_keys = table(
    "idempotency_keys",
    Column("owner_id", Id, primary_key=True, autoincrement=False),
    Column("operation_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # SHA-256 of what was asked.
    Column("fingerprint", LargeBinary, nullable=False),
    # The answer; without a status the first request is not answered yet.
    Column("status", Integer),
    Column("headers", JsonList),
    Column("body", LargeBinary),
    Column("created_at", Timestamp, nullable=False),
    # The one user besides the owner whose data the response shows; with that user it is erased.
    Column("concerns_id", Id),
    Index("idempotency_keys_created_at_idx", "created_at"),
)

_concerned = idempotency_keys.c.concerns_id.is_not(None)
Index("idempotency_keys_concerns_id_idx", idempotency_keys.c.concerns_id, postgresql_where=_concerned, sqlite_where=_concerned)


class StoredReply(NamedTuple):
    """What an earlier request with the key asked, and what it was answered."""

    fingerprint: bytes
    status: int | None
    headers: list[list[str]] | None
    body: bytes | None


_keys = idempotency_keys.c
_same_key = (_keys.owner_id == bindparam("owner_id"), _keys.operation_id == bindparam("operation_id"), _keys.key == bindparam("key"))

_CLAIMED = ("owner_id", "operation_id", "key", "fingerprint", "created_at")

# Answers 1 to the first. PostgreSQL lets everyone else wait here until the first one's transaction has ended.
take_key = statement(
    insert(idempotency_keys)
    .values({name: bindparam(name) for name in _CLAIMED})
    .on_conflict_do_nothing(index_elements=[_keys.owner_id, _keys.operation_id, _keys.key])
    .returning(_keys.owner_id),
    int,
)

# As a change that is done later: whether it was the first shows when it is done, by IS_TAKEN.
reserve_key = statement(insert(idempotency_keys).values({name: bindparam(name) for name in _CLAIMED}))
IS_TAKEN = "idempotency_keys_pkey"

stored_reply = statement(select(_keys.fingerprint, _keys.status, _keys.headers, _keys.body).where(*_same_key), StoredReply)

store_reply = statement(
    update(idempotency_keys)
    .where(*_same_key)
    .values({name: bindparam(name) for name in ("status", "headers", "body", "created_at", "concerns_id")})
)

_old = (
    select(*idempotency_keys.primary_key.columns).where(_keys.created_at < bindparam("before")).limit(bindparam("limit", type_=BigInteger))
)
forget_old = statement(delete(idempotency_keys).where(tuple_(*idempotency_keys.primary_key.columns).in_(_old)))

# PostgreSQL's alone; SQLite's writers come one after the other, and nobody finds a key half taken.
_wait_no_longer = statement(select(func.set_config("lock_timeout", bindparam("wait", type_=Text), True)), str)


async def reserve(tx: Transaction, *, owner_id: int, operation_id: str, key: str, fingerprint: bytes) -> None:
    """Make the key ours together with what the transaction does first; when it was not free, that raises ConstraintViolated(IS_TAKEN)."""
    await tx.later(reserve_key, owner_id=owner_id, operation_id=operation_id, key=key, fingerprint=fingerprint, created_at=tx.now)


async def claim(tx: Transaction, *, owner_id: int, operation_id: str, key: str, fingerprint: bytes) -> StoredReply | None:
    """None when the key is new and now ours until `tx` ends; else what is stored under it.

    To be the first thing that a transaction does: while another request holds the key it begins again and waits, and raises
    LockNotGranted when that one does not end in time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_S
    while True:
        try:
            taken = await tx.scalar(
                take_key, owner_id=owner_id, operation_id=operation_id, key=key, fingerprint=fingerprint, created_at=tx.now
            )
        except LockNotGranted:
            left_s = deadline - loop.time()
            if left_s <= 0:
                raise
            await tx.begin_again()
            await tx.scalar(_wait_no_longer, wait=f"{min(left_s, 2) * 1000:.0f}ms")
            continue
        if taken is not None:
            return None
        # Swept between the two statements: then it is ours after all.
        stored = await tx.first(stored_reply, owner_id=owner_id, operation_id=operation_id, key=key)
        if stored is not None:
            return stored


async def store(tx: Transaction, *, owner_id: int, operation_id: str, key: str, status: int, headers: list[list[str]], body: bytes) -> None:
    """Keep the answer beside its effect; the day it is kept for begins now. The key's row is there: the same transaction made it."""
    await tx.later(
        store_reply,
        owner_id=owner_id,
        operation_id=operation_id,
        key=key,
        status=status,
        headers=headers,
        body=body,
        created_at=tx.now,
        concerns_id=tx.concerns_id,
    )


async def sweep(tx: Transaction, *, limit: int = SWEPT_AT_ONCE) -> int:
    """Forget keys that are older than a day; how many there were, at most `limit`."""
    before: datetime = tx.now - KEPT_FOR
    return await tx.run(forget_old, before=before, limit=limit)
