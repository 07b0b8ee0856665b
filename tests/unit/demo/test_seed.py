"""The demo's market: large enough to browse, consistent, and the same at each start."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.demo.catalogue import catalogue
from steelyard.demo.clock import DemoClock
from steelyard.demo.people import ALICE, CAROL, LOGINS
from steelyard.demo.seed import seed
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard.tables.events import events
from steelyard.tables.items import items, stock_movements
from steelyard.tables.orders import orders
from steelyard.tables.promotions import promotions
from steelyard.tables.users import users

TODAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Account(NamedTuple):
    id: int
    email: str
    role: str


class Lot(NamedTuple):
    sku: str
    tags: list[str]


accounts = statement(select(users.c.id, users.c.email, users.c.role).order_by(users.c.id), Account)
states = statement(select(orders.c.status).order_by(orders.c.id), str)
codes = statement(select(promotions.c.code).order_by(promotions.c.id), str)
statuses = statement(select(items.c.status), str)
newest = statement(select(func.max(orders.c.created_at, type_=orders.c.created_at.type)), datetime)
unbalanced = statement(
    select(items.c.id).where(
        items.c.on_hand
        != select(func.coalesce(func.sum(stock_movements.c.delta), 0)).where(stock_movements.c.item_id == items.c.id).scalar_subquery()
    ),
    int,
)


created = statement(select(func.count()).select_from(events).where(events.c.type == "item.created"), int)
moved = statement(
    select(func.count()).select_from(events).where(events.c.type == "stock.moved", events.c.data.contains('"reason":"received"')), int
)
received = statement(select(func.count()).select_from(stock_movements).where(stock_movements.c.reason == "received"), int)
last_lot = statement(select(items.c.sku, items.c.tags).order_by(items.c.sku.desc()).where(items.c.sku.startswith("LOT-")).limit(1), Lot)


async def test_a_large_market_has_so_many_items_each_with_its_stock_and_its_event(database: Database) -> None:
    clock = DemoClock(TODAY)
    seeded = Database(database.url, clock=clock)
    passwords = PasswordHasher(memory_kib=8, passes=1)
    await seeded.open()
    batches: list[int] = []

    try:
        await seed(seeded, Settings(), passwords, clock, item_count=2500, on_items=batches.append)
    finally:
        await seeded.close()
        passwords.close()

    read = database.read()
    originals = len(list(catalogue()))
    assert batches == [originals, 1000, 1000, 500 - originals]
    assert len(await read.all(statuses)) == 2500
    assert await read.scalar(created) == 2500
    assert await read.scalar(moved) == await read.scalar(received)
    assert await read.all(unbalanced) == []
    last = await read.one(last_lot)
    assert (last.sku, last.tags) == ("LOT-0002499", list(catalogue())[2499 % originals][0].tags)


async def test_the_seeded_market_has_users_items_orders_and_promotions_and_its_stock_adds_up(database: Database) -> None:
    clock = DemoClock(TODAY)
    seeded = Database(database.url, clock=clock)
    passwords = PasswordHasher(memory_kib=8, passes=1)
    await seeded.open()

    try:
        await seed(seeded, Settings(), passwords, clock)
    finally:
        await seeded.close()
        passwords.close()

    read = database.read()
    assert await read.all(accounts) == [(login.user_id, login.email, login.role) for login in LOGINS]
    assert len(await read.all(statuses)) >= 200
    assert await read.all(states) == [*["expired"] * 6, "cancelled", "expired", *["pending"] * 5]
    assert await read.all(codes) == ["PROMO-WELCOME", "PROMO-BULK"]
    assert await read.all(unbalanced) == []
    assert await read.scalar(newest) == datetime(2026, 3, 1, 9, 36, tzinfo=UTC)


def test_every_item_has_its_own_title_and_a_description() -> None:
    drafts = [draft for draft, _ in catalogue()]

    assert len({draft.title for draft in drafts}) == len(drafts) >= 200
    assert len({draft.category for draft in drafts}) >= 5
    assert all(len(draft.description) > 30 and "{" not in draft.description + draft.title for draft in drafts)


def test_two_users_sell() -> None:
    assert {owner_id for _, owner_id in catalogue()} == {ALICE, CAROL}
