"""The table of promised work, and those of its workers."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, false

from steelyard.db.columns import JsonList, JsonObject, Timestamp, id_column, table

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
    # The traceparent of the sampled request that caused the job.
    Column("trace", String(55)),
    # When the last attempt began.
    Column("started_at", Timestamp),
    # While an attempt of a kind runs of which only so many may run at once.
    Column("is_limited", Boolean, nullable=False, server_default=false()),
    # The job is dead, and no operator has to act: they threw it away, or the mailbox of a user does not exist.
    Column("discarded", Boolean, nullable=False, server_default=false()),
)

_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)

_failed = outbox.c.dead_at.is_not(None) & ~outbox.c.discarded

Index("outbox_open_idx", outbox.c.run_at, postgresql_where=_open, sqlite_where=_open)
# A worker claims the oldest due jobs of one kind after the other: however many jobs of other kinds wait, it reads only those.
Index("outbox_kind_idx", outbox.c.kind, outbox.c.run_at, outbox.c.id, postgresql_where=_open, sqlite_where=_open)
Index("outbox_limited_idx", outbox.c.kind, postgresql_where=_open & outbox.c.is_limited, sqlite_where=_open & outbox.c.is_limited)
Index("outbox_failed_idx", outbox.c.dead_at, postgresql_where=_failed, sqlite_where=_failed)
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


workers = table(
    "workers",
    Column("name", String(60), primary_key=True),
    Column("version", String(40), nullable=False),
    # Its queues, and the kinds of jobs that it has a task for.
    Column("queues", JsonList, nullable=False),
    Column("kinds", JsonList, nullable=False),
    Column("started_at", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False),
)

periodic_tasks = table(
    "periodic_tasks",
    Column("name", String(40), primary_key=True),
    # The next run is that of the worker that moves this time on.
    Column("due_at", Timestamp, nullable=False),
    Column("lease_until", Timestamp),
    Column("leased_by", String(60)),
    Column("succeeded_at", Timestamp),
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
    trace: str | None = None


class BacklogRow(NamedTuple):
    """What waits, and how many jobs failed for good."""

    oldest_due_at: datetime | None
    dead: int


class WorkerRow(NamedTuple):
    """A worker that was seen lately."""

    name: str
    version: str
    queues: list[str]
    kinds: list[str]
    started_at: datetime
    seen_at: datetime
