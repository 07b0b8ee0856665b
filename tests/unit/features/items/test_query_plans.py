"""How PostgreSQL reads items: from indexes, never the whole table; and how many statements an operation runs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from steelyard.db.database import Database
from steelyard.db.statements import Statement
from steelyard.features.items import access, queries
from steelyard.features.items.search import conditions_of
from tests.kit.servers.plans import plan, rows_read, scans
from tests.unit.features.items.shop import BEGINNING, Shop

ROWS = 10_000
NO_WORDS = (0, 0)
SORTS = ["-created_at", "created_at", "price", "-price", "title", "-title"]
KEYS = {"created_at": datetime(2026, 1, 1, 1, 0, tzinfo=UTC), "price": 5000, "title": "item 05000"}

# Words by Zipf's law: one in every item, others in a half, a third ... of them. A few rows are not on sale.
FILL = f"""
INSERT INTO items (owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand, reserved, search_text, version,
                   stock_version, created_at, updated_at)
SELECT 1 + n % 100, 'S' || n, 'item ' || lpad(n::text, 5, '0'), '', 'category-' || n % 50, '[]', '[]', (n * 7919) % 10007,
       CASE WHEN n % 50 = 0 THEN 'draft' WHEN n % 77 = 0 THEN 'archived' ELSE 'active' END, n % 5, 0,
       'item ' || lpad(n::text, 5, '0') || (SELECT string_agg(' word' || k || 'x', '') FROM generate_series(1, 300) k WHERE n % k = 0),
       1, 1, timestamptz '2026-01-01' + n * interval '1 second', now()
FROM generate_series(1, {ROWS}) n
"""
USERS = """
INSERT INTO users (name, email, email_folded, search_text, created_at, updated_at)
SELECT 'n', n || '@example.com', n || '@example.com', 'n', now(), now() FROM generate_series(1, 100) n
"""
CREDENTIALS = """
INSERT INTO credentials (user_id, kind, name, scopes, authenticated_at, created_at) SELECT id, 'session', 'n', '', now(), now() FROM users
"""
MOVEMENTS = """
INSERT INTO stock_movements (item_id, delta, reason, on_hand_after, created_at)
SELECT 1 + n % 500, 1, 'received', 1, now() FROM generate_series(1, 10000) n
"""


@pytest.fixture
async def planner(postgres: Database) -> AsyncIterator[Any]:
    """A session of a database with ten thousand items; vacuumed, because earlier tests leave dead rows behind."""
    connection = await asyncpg.connect(postgres.url)
    for command in (USERS, CREDENTIALS, FILL, MOVEMENTS, "VACUUM ANALYZE users, credentials, items, stock_movements"):
        await connection.execute(command)
    yield connection
    await connection.close()


@pytest.mark.parametrize("generic", [False, True])
async def test_every_page_of_the_whole_shop_is_read_in_order_from_an_index(planner: Any, generic: bool) -> None:
    for sort in SORTS:
        first = queries.list_items("active", frozenset(), NO_WORDS, sort, after=False)
        following = queries.list_items("active", frozenset(), NO_WORDS, sort, after=True)
        somewhere = {"after_key": KEYS[sort.removeprefix("-")], "after_id": 5000}

        for statement, place in ((first, {"skip": 0}), (following, somewhere)):
            steps = await plan(planner, statement, {"limit": 21, **place}, generic=generic)
            assert scans(steps) == {"Index Scan"}, (sort, steps)
            assert "Sort" not in {node["Node Type"] for node in steps}
            assert rows_read(steps) <= 3 * 21


@pytest.mark.parametrize("status", ["draft", "archived"])
async def test_items_that_are_not_on_sale_are_read_from_an_index_too(planner: Any, status: str) -> None:
    for sort in SORTS:
        steps = await plan(planner, queries.list_items(status, frozenset(), NO_WORDS, sort, after=False), {"limit": 21, "skip": 0})
        assert "Seq Scan" not in scans(steps), (sort, steps)


@pytest.mark.parametrize("generic", [False, True])
async def test_a_category_and_an_owner_are_read_from_their_indexes(planner: Any, generic: bool) -> None:
    for filters, arguments in (({"category"}, {"category": "category-7"}), ({"owner_id"}, {"owner_id": 8})):
        statement = queries.list_items("active", frozenset(filters), NO_WORDS, "-created_at", after=False)
        steps = await plan(planner, statement, {"limit": 21, "skip": 0, **arguments}, generic=generic)
        assert scans(steps) == {"Index Scan"}, steps
        assert rows_read(steps) <= 3 * 21


async def test_a_range_of_prices_is_read_from_the_index_of_prices(planner: Any) -> None:
    statement = queries.list_items("active", frozenset({"min_price", "max_price"}), NO_WORDS, "price", after=False)

    steps = await plan(planner, statement, {"limit": 21, "skip": 0, "min_price": 5000, "max_price": 6000})

    assert scans(steps) == {"Index Scan"}
    assert rows_read(steps) <= 3 * 21


async def test_one_word_rare_or_common_is_found_without_reading_everything(planner: Any) -> None:
    for sort in ("-created_at", "price"):
        for word in ("item", "word2x", "word30x", "word299x", "07777", "nowhere", "ord30", "item 07777", "nowhere at all"):
            long, short = conditions_of(word) if " " not in word else ([word], [])
            statement = queries.list_items("active", frozenset(), (len(long), len(short)), sort, after=False)
            arguments = {f"long_{number}": each for number, each in enumerate(long)}
            arguments |= {f"short_{number}": each for number, each in enumerate(short)}
            steps = await plan(planner, statement, {"limit": 21, "skip": 0, **arguments})
            assert "Seq Scan" not in scans(steps), (word, steps)
            assert rows_read(steps) <= ROWS / 10, (word, steps)


async def test_a_plan_for_a_word_is_made_for_that_word() -> None:
    searching = queries.list_items("active", frozenset(), (0, 1), "-created_at", after=False)
    browsing = queries.list_items("active", frozenset(), NO_WORDS, "-created_at", after=False)

    assert (searching.compiled["postgresql"].plans_per_call, browsing.compiled["postgresql"].plans_per_call) == (True, False)


@pytest.mark.parametrize("generic", [False, True])
async def test_single_items_skus_and_ledgers_are_read_by_index(planner: Any, generic: bool) -> None:
    cases: list[tuple[Statement[Any], dict[str, object]]] = [
        (queries.get_public_item, {"item_id": 77}),
        (queries.get_visible_item, {"item_id": 77, "user_id": 1}),
        (queries.lock_live_item, {"item_id": 77, "caller_id": 1, "caller_role": "admin", "credential_id": 1, "now": BEGINNING}),
        (queries.find_sku_holder, {"owner_id": 8, "sku": "S7", "item_id": 0}),
        (queries.list_stock_movements(after=False), {"item_id": 7, "limit": 21, "skip": 0}),
        (queries.list_stock_movements(after=True), {"item_id": 7, "limit": 21, "after_id": 5000}),
        (queries.count_stock_movements, {"item_id": 7}),
    ]

    for statement, arguments in cases:
        steps = await plan(planner, statement, arguments, generic=generic)
        # The few users and sessions of this database are read faster as a whole.
        read_whole = {node["Relation Name"] for node in steps if node["Node Type"] == "Seq Scan"}
        assert read_whole <= {"users", "credentials"}, (statement.name, steps)
        assert rows_read([node for node in steps if node.get("Relation Name") not in read_whole]) <= 3 * 21, (statement.name, steps)


async def test_equal_listings_are_one_statement_and_their_number_is_bounded() -> None:
    listing = ("active", frozenset({"category", "in_stock"}), (1, 2), "price")

    assert queries.list_items(*listing, after=True) is queries.list_items(*listing, after=True)
    assert queries.list_items(*listing, after=True) is not queries.list_items(*listing, after=False)
    assert queries.list_items.cache_info().maxsize is not None
    assert queries.count_items.cache_info().maxsize is not None


async def test_reading_an_item_is_one_statement_for_every_caller(shop: Shop) -> None:
    seller = await shop.user()
    item = await shop.offer(seller)

    for caller, statement in ((None, "get_public_item"), (seller, "get_visible_item"), (await shop.user("support"), "get_live_item")):
        with shop.counted() as (db, statements):
            await access.get_item(db, caller=caller, item_id=item.id)
        assert statements == [f"items.queries.{statement}"]


@pytest.mark.parametrize("rows", [1, 50])
async def test_the_number_of_statements_of_a_listing_does_not_depend_on_its_rows(shop: Shop, rows: int) -> None:
    seller = await shop.user()
    for _ in range(rows + 1):
        await shop.offer(seller)

    with shop.counted() as (db, statements):
        page = await shop.listed(db=db, limit=rows)

    assert len(page.rows) == rows
    assert statements == ["items.queries.list_items", "items.queries.count_items"]
