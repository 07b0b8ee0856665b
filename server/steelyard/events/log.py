"""The event log, from which the audit log, histories and the feed are read.

An event has ids, amounts and states, never a name, an address or an e-mail, so erasing a user never changes the log.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic_core import to_json

from steelyard.db.grouping import Together
from steelyard.db.transaction import Transaction
from steelyard.events import queries
from steelyard.identifiers import uuid7

EventType = Literal[
    "user.created",
    "user.updated",
    "user.access_changed",
    "user.deleted",
    "auth.login_blocked",
    "credential.created",
    "credential.revoked",
    "identity.linked",
    "identity.unlinked",
    "item.created",
    "item.updated",
    "item.archived",
    "stock.moved",
    "order.created",
    "order.paid",
    "order.payment_declined",
    "order.cancelled",
    "order.expired",
    "order.shipped",
    "order.delivered",
    "order.refunded",
    "order.refund_failed",
    "promotion.created",
    "promotion.updated",
    "promotion.redeemed",
    "webhook_endpoint.created",
    "webhook_endpoint.updated",
    "webhook_endpoint.deleted",
    "webhook_endpoint.disabled",
]

SubjectKind = Literal["user", "credential", "item", "order", "promotion", "webhook_endpoint"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused an event: `Actor.user(7)`, or one of the two constants below, which have no id."""

    kind: Literal["user", "system", "anonymous"]
    id: int | None = None

    @classmethod
    def user(cls, user_id: int) -> "Actor":
        return cls("user", user_id)


SYSTEM = Actor("system")
ANONYMOUS = Actor("anonymous")


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: `Subject("order", 12)`."""

    kind: SubjectKind
    id: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the event log, visible to the users of `audience` and to staff."""

    type: EventType
    actor: Actor
    subject: Subject
    data: Mapping[str, object]
    audience: Collection[int]


# `record_event` for transactions that are done together.
RECORDING_TOGETHER = Together(queries.insert_events_of_each, of=(queries.insert_event,))


async def record_event(tx: Transaction, event: Event) -> None:
    """Record the event in the transaction that causes it."""
    await tx.defer(
        queries.insert_event,
        id=uuid7(tx.now, tx.random_bytes),
        type=event.type,
        occurred_at=tx.now,
        actor_kind=event.actor.kind,
        actor_id=event.actor.id,
        subject_kind=event.subject.kind,
        subject_id=event.subject.id,
        request_id=tx.request_id,
        data=event.data,
        audience=sorted(set(event.audience)),
    )


async def record_events(tx: Transaction, event: Event, data: Mapping[int, Mapping[str, object]]) -> None:
    """Record one such event for each subject of `data`, by one statement."""
    await tx.run(
        queries.insert_events,
        each=[[uuid7(tx.now, tx.random_bytes).hex, subject_id, to_json(details).decode()] for subject_id, details in data.items()],
        type=event.type,
        occurred_at=tx.now,
        actor_kind=event.actor.kind,
        actor_id=event.actor.id,
        subject_kind=event.subject.kind,
        request_id=tx.request_id,
        audience=sorted(set(event.audience)),
    )
