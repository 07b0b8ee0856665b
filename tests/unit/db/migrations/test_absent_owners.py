"""Revision 0005 takes the items of locked and deleted owners off sale, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, select, update

from steelyard.db.database import Database
from steelyard.db.migrations import commands
from steelyard.db.statements import statement
from steelyard.tables.events import events
from steelyard.tables.items import items
from steelyard.tables.users import users
from tests.kit.servers.databases import Databases
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market

leave = statement(update(users).where(users.c.id == bindparam("user_id")).values(is_active=False, deleted_at=bindparam("deleted_at")))
statuses = statement(select(items.c.status).order_by(items.c.id), str)
versions = statement(select(items.c.version).order_by(items.c.id), int)
event_ids = statement(select(events.c.id).order_by(events.c.sequence), UUID)


@pytest.fixture(params=["sqlite", "postgresql"])
async def market(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Market]:
    """A marketplace at the revision before."""
    async with databases.empty(request.param, tmp_path) as url:
        await commands.migrate(url, "0004")
        database = Database(url)
        await database.open()
        yield Market(database, Clock())
        await database.close()


async def test_items_of_locked_and_deleted_owners_are_taken_off_sale(market: Market) -> None:
    locked, deleted, selling = [await market.user() for _ in range(3)]
    for owner in (locked, deleted, selling):
        for status in ("active", "draft"):
            await market.item(owner, status=status, on_hand=0)
    async with market.database.transaction() as tx:
        await tx.run(leave, user_id=locked, deleted_at=None)
        await tx.run(leave, user_id=deleted, deleted_at=tx.now)
    before = len(await market.logged_events())

    await commands.migrate(market.database.url)

    assert await market.database.read().all(statuses) == ["draft", "draft", "archived", "archived", "active", "draft"]
    assert await market.database.read().all(versions) == [2, 1, 2, 2, 1, 1]
    events = (await market.logged_events())[before:]
    assert [(each.type, each.actor_kind, each.subject_kind, each.subject_id, each.audience) for each in events] == [
        ("item.updated", "system", "item", 1, [locked]),
        ("item.archived", "system", "item", 3, [deleted]),
        ("item.archived", "system", "item", 4, [deleted]),
    ]
    about: dict[str, Any] = {"item_id": 1, "owner_id": locked, "changed": ["status"]}
    assert events[0].data == about
    ids = (await market.database.read().all(event_ids))[before:]
    assert {each.version for each in ids} == {7}
    assert len(set(ids)) == 3
