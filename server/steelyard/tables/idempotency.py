"""The table of stored responses by key."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Text

from steelyard.db.columns import Id, JsonList, Timestamp, table

# An owner may be deleted before the row, hence no foreign key.
idempotency_keys = table(
    "idempotency_keys",
    Column("owner_id", Id, primary_key=True, autoincrement=False),
    Column("operation_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # SHA-256 of the request.
    Column("fingerprint", LargeBinary, nullable=False),
    # The response; without a status the first request is still in progress.
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
