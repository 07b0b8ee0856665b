"""The feed: one order for all readers, and the audit log that is written from it."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.events import feed, log
from steelyard.events.log import ANONYMOUS, SYSTEM, Actor, Event, EventType, Subject
from steelyard.tables.events import events as events_table
from tests.kit.world.market import Market


class PlaceRow(NamedTuple):
    subject_id: int
    position: int | None


places = statement(select(events_table.c.subject_id, events_table.c.position).order_by(events_table.c.sequence), PlaceRow)


def happened(number: int, kind: EventType = "item.updated", actor: Actor = SYSTEM, subject: str = "item") -> Event:
    return Event(kind, actor, Subject(subject, number), {}, [])  # type: ignore[arg-type]


async def record(database: Database, *happenings: Event) -> None:
    async with database.transaction() as tx:
        for each in happenings:
            await log.record_event(tx, each)


async def test_positions_follow_the_order_of_insertion(market: Market) -> None:
    await record(market.database, happened(1), happened(2))
    await record(market.database, happened(3))

    assert await feed.number_events(market.database) == 3
    await record(market.database, happened(4))
    assert await feed.number_events(market.database) == 1

    assert await market.database.read().all(places) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert await feed.number_events(market.database) == 0


async def test_an_event_that_commits_late_gets_a_later_position(postgres: Database) -> None:
    late = postgres.transaction()
    await log.record_event(late, happened(1))
    await late.all(places)  # this query sends the deferred event
    await record(postgres, happened(2))
    await feed.number_events(postgres)

    await late.commit()
    await feed.number_events(postgres)

    assert await postgres.read().all(places) == [(1, 2), (2, 1)]


async def test_the_audit_log_has_a_line_for_each_event_once(market: Market, tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    await record(
        market.database,
        happened(7, "user.created", Actor.user(7), "user"),
        happened(8, "user.updated", Actor.user(1), "user"),
        happened(9, "user.created", ANONYMOUS, "user"),
        happened(3, "order.expired", SYSTEM, "order"),
    )
    await feed.number_events(market.database)

    assert await feed.append_audit_log(market.database, path) == 4
    assert await feed.append_audit_log(market.database, path) == 0
    await record(market.database, happened(3, "item.created", Actor.user(2)))
    await feed.number_events(market.database)
    assert await feed.append_audit_log(market.database, path) == 1

    assert path.read_text().splitlines() == [
        "7: user_created",
        "1: user_updated",
        "9: user_created",
        "system: order_expired",
        "2: item_created",
    ]


async def test_an_event_without_a_position_is_not_in_the_audit_log(market: Market, tmp_path: Path) -> None:
    await record(market.database, happened(7))

    assert await feed.append_audit_log(market.database, tmp_path / "audit.log") == 0
    assert not (tmp_path / "audit.log").exists()
