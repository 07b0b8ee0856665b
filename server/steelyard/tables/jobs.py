"""The table of promised work."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Index, Integer, String

from steelyard.db.columns import JsonObject, Timestamp, id_column, table

outbox = table(
    "outbox",
    id_column(),
    Column("kind", String(40), nullable=False),
    Column("payload", JsonObject, nullable=False),
    # What the job is about ("user 7"), for those who read dead rows.
    Column("subject", String(60)),
    Column("run_at", Timestamp, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Timestamp),
    Column("leased_by", String(60)),
    Column("done_at", Timestamp),
    Column("dead_at", Timestamp),
    Column("last_error", String(500)),
    # Counts the claims. Who finishes a job shows the number of their claim: it is refused once another claim has followed.
    Column("fence", BigInteger, nullable=False, server_default="0"),
)

_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)

Index("outbox_open_idx", outbox.c.run_at, postgresql_where=_open, sqlite_where=_open)
Index("outbox_subject_idx", outbox.c.subject)
Index(
    "outbox_done_idx",
    outbox.c.done_at,
    postgresql_where=outbox.c.done_at.is_not(None),
    sqlite_where=outbox.c.done_at.is_not(None),
)
Index(
    "outbox_dead_idx",
    outbox.c.dead_at,
    postgresql_where=outbox.c.dead_at.is_not(None),
    sqlite_where=outbox.c.dead_at.is_not(None),
)


class JobRow(NamedTuple):
    """A job as its handler meets it; `attempts` counts this one."""

    id: int
    kind: str
    payload: dict[str, Any]
    subject: str | None
    run_at: datetime
    attempts: int
    fence: int


class BacklogRow(NamedTuple):
    """What waits and what was given up."""

    oldest_due_at: datetime | None
    dead: int
