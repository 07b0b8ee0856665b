"""The tables of the event log and of its readers."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, String, UniqueConstraint

from steelyard.db.columns import Id, JsonList, JsonObject, Timestamp, Uuid, table

events = table(
    "events",
    # The order of insertion. A late commit can hide behind a later number, hence `position`.
    Column("sequence", Id, Identity(), primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("type", String(40), nullable=False),
    Column("occurred_at", Timestamp, nullable=False),
    Column("actor_kind", String(9), nullable=False),
    Column("actor_id", BigInteger),
    Column("subject_kind", String(20), nullable=False),
    Column("subject_id", BigInteger),
    Column("request_id", Uuid),
    # A JSON object: ids, amounts and states, never a name, an address or an e-mail.
    Column("data", JsonObject, nullable=False),
    # The ids of the users who may see it besides staff.
    Column("audience", JsonList, nullable=False),
    # The place in the feed, given by the relay after the commit; readers follow it and nothing else.
    Column("position", BigInteger),
    UniqueConstraint("id"),
    UniqueConstraint("position"),
    CheckConstraint("actor_kind IN ('user', 'system', 'anonymous')", name="actor_kind"),
    CheckConstraint("(actor_kind = 'user') = (actor_id IS NOT NULL)", name="actor"),
)

Index(
    "events_waiting_idx",
    events.c.sequence,
    postgresql_where=events.c.position.is_(None),
    sqlite_where=events.c.position.is_(None),
)

# How far each reader of the feed has come. The row of the relay is the lock under which positions are given.
feeds = table(
    "feeds",
    Column("name", String(20), primary_key=True),
    Column("position", BigInteger, nullable=False),
)


class EventRow(NamedTuple):
    """One entry of the feed."""

    position: int
    id: UUID
    type: str
    occurred_at: datetime
    actor_kind: str
    actor_id: int | None
    subject_kind: str
    subject_id: int | None
    request_id: UUID | None
    data: dict[str, Any]
    audience: list[int]
