"""Every statement about stored responses. Nothing else writes to `idempotency_keys`."""

from typing import NamedTuple

from sqlalchemy import BigInteger, Text, bindparam, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from steelyard.db.list_rows import insert_each
from steelyard.db.statements import statement
from steelyard.tables.idempotency import idempotency_keys


class StoredResponse(NamedTuple):
    """The fingerprint of the first request with the key, and its response; None while it still runs."""

    fingerprint: bytes
    status: int | None
    headers: list[list[str]] | None
    body: bytes | None


_keys = idempotency_keys.c
_same_key = (_keys.owner_id == bindparam("owner_id"), _keys.operation_id == bindparam("operation_id"), _keys.key == bindparam("key"))

_CLAIMED = ("owner_id", "operation_id", "key", "fingerprint", "created_at")

# Returns a row to the first request. PostgreSQL makes all others wait here until the transaction of the first has ended.
claim_key = statement(
    insert(idempotency_keys)
    .values({name: bindparam(name) for name in _CLAIMED})
    .on_conflict_do_nothing(index_elements=[_keys.owner_id, _keys.operation_id, _keys.key])
    .returning(_keys.owner_id),
    int,
)

# Deferred: if the key is taken, the deferred statement breaks KEY_TAKEN.
insert_key = statement(insert(idempotency_keys).values({name: bindparam(name) for name in _CLAIMED}))
KEY_TAKEN = "idempotency_keys_pkey"

get_stored_response = statement(select(_keys.fingerprint, _keys.status, _keys.headers, _keys.body).where(*_same_key), StoredResponse)

store_response = statement(
    update(idempotency_keys)
    .where(*_same_key)
    .values({name: bindparam(name) for name in ("status", "headers", "body", "created_at", "concerns_id")})
)

# For many transactions, each of which inserts its key and stores its response.
insert_keys_with_responses = statement(insert_each(idempotency_keys, *[each.name for each in _keys]))

# Skips rows that deleteUser or another worker is deleting, so that no two transactions wait for each other.
_old = (
    select(*idempotency_keys.primary_key.columns)
    .where(_keys.created_at < bindparam("before"))
    .limit(bindparam("limit", type_=BigInteger))
    .with_for_update(skip_locked=True)
)
delete_expired_keys = statement(delete(idempotency_keys).where(tuple_(*idempotency_keys.primary_key.columns).in_(_old)))

# Stored responses may show the data of another user than the owner of the key.
delete_keys_of = statement(
    delete(idempotency_keys).where(or_(_keys.owner_id == bindparam("user_id"), _keys.concerns_id == bindparam("user_id")))
)

# For PostgreSQL only: SQLite's writers run one after the other, so no key is ever half taken.
set_lock_timeout = statement(select(func.set_config("lock_timeout", bindparam("wait", type_=Text), True)), str)
