"""Events and jobs are written in the transaction that causes them, or not at all."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.events import log
from steelyard.events.log import ANONYMOUS, SYSTEM, Actor, Event, Subject
from steelyard.identifiers import uuid7
from steelyard.jobs import outbox
from steelyard.tables.events import events as events_table
from tests.kit.world.market import Market

ids = statement(select(events_table.c.id).order_by(events_table.c.sequence), UUID)
origins = statement(select(events_table.c.request_id).order_by(events_table.c.sequence), UUID)

REQUEST = UUID("019d3e7a-9b40-7000-8000-000000000001")


def happened(actor: Actor = SYSTEM, **data: object) -> Event:
    return Event("item.updated", actor, Subject("item", 7), data, [3, 1, 3])


async def test_an_event_has_actor_subject_time_and_request(market: Market) -> None:
    async with market.database.transaction(request_id=REQUEST) as tx:
        await log.record_event(tx, happened(Actor.user(5), item_id=7, changed=["price"]))

    (event,) = await market.logged_events()
    assert (event.actor_kind, event.actor_id, event.subject_kind, event.subject_id) == ("user", 5, "item", 7)
    assert (event.data, event.audience) == ({"item_id": 7, "changed": ["price"]}, [1, 3])
    assert await market.database.read().all(origins) == [REQUEST]


async def test_the_random_bytes_of_an_event_id_come_from_the_database(market: Market) -> None:
    database = Database(market.database.url, clock=market.clock, random_bytes=bytes)
    await database.open()
    try:
        async with database.transaction() as tx:
            await log.record_event(tx, happened())
    finally:
        await database.close()

    assert await market.database.read().all(ids) == [uuid7(market.clock.now, bytes)]


async def test_an_event_without_an_account_has_the_actor_system_or_anonymous(market: Market) -> None:
    async with market.database.transaction() as tx:
        await log.record_event(tx, happened(SYSTEM))
        await log.record_event(tx, happened(ANONYMOUS))

    assert [(event.actor_kind, event.actor_id) for event in await market.logged_events()] == [("system", None), ("anonymous", None)]


async def test_ids_are_uuids_of_version_7_and_no_two_are_equal(market: Market) -> None:
    async with market.database.transaction() as tx:
        for _ in range(20):
            await log.record_event(tx, happened())

    event_ids = await market.database.read().all(ids)
    assert len(set(event_ids)) == 20
    assert {each.version for each in event_ids} == {7}


async def test_a_rollback_removes_event_and_job(market: Market) -> None:
    tx = market.database.transaction()
    await log.record_event(tx, happened())
    await outbox.enqueue(tx, "test.job", {"n": 1})
    await tx.rollback()

    assert await market.logged_events() == []
    assert await market.jobs() == []


async def test_a_job_is_due_at_once_or_at_the_requested_time(market: Market) -> None:
    later = market.clock.now + timedelta(days=1)
    async with market.database.transaction() as tx:
        await outbox.enqueue(tx, "test.job", {"n": 1})
        await outbox.enqueue(tx, "test.job", {"n": 2}, run_at=later, subject="user 7")

    assert [(job.payload, job.run_at, job.attempts) for job in await market.jobs()] == [
        ({"n": 1}, market.clock.now, 0),
        ({"n": 2}, later, 0),
    ]
