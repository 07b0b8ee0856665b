"""The demo's market: big enough to browse, consistent, and the same each time."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.demo import seed
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard.tables.items import items, stock_movements
from steelyard.tables.orders import orders
from steelyard.tables.promotions import promotions

TODAY = datetime(2026, 3, 1, 12, tzinfo=UTC)

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


async def test_the_seeded_market_has_items_orders_and_codes_and_its_books_balance(database: Database) -> None:
    calendar = seed.DemoClock(TODAY)
    seeded = Database(database.url, clock=calendar)
    passwords = PasswordHasher(memory_kib=8, passes=1)
    await seeded.open()

    try:
        await seed.seed(seeded, Settings(), passwords, calendar)
    finally:
        await seeded.close()
        passwords.close()

    read = database.read()
    assert len(await read.all(statuses)) >= 200
    assert await read.all(states) == [*["expired"] * 6, "cancelled", "expired", *["pending"] * 5]
    assert await read.all(codes) == ["PROMO-WELCOME", "PROMO-BULK"]
    assert await read.all(unbalanced) == []
    assert await read.scalar(newest) == datetime(2026, 3, 1, 9, 36, tzinfo=UTC)


def test_no_two_items_have_one_title_and_all_are_described() -> None:
    offered = [draft for draft, _ in seed.catalogue()]

    assert len({draft.title for draft in offered}) == len(offered) >= 200
    assert len({draft.category for draft in offered}) >= 5
    assert all(len(draft.description) > 30 and "{" not in draft.description + draft.title for draft in offered)


def test_both_sides_of_the_market_are_among_the_logins() -> None:
    by_email = {login.email: number for number, login in enumerate(seed.LOGINS, 1)}

    assert (by_email["admin@example.com"], by_email["support@example.com"]) == (seed.ADMIN, seed.SUPPORT)
    assert {owner for _, owner in seed.catalogue()} == {by_email["alice@example.com"], by_email["carol@example.com"]}
