"""What requests read does not grow with the tables: no whole table is read, and hardly more rows than are returned.

`nox -s bench -- --growth` measures the same; it takes minutes. A count up to its limit and a page by `skip` may read more.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from steelyard.db.migrations.commands import migrate
from steelyard.db.statements import Statement
from steelyard.features.auth import queries as auth
from steelyard.features.items import queries as items
from steelyard.features.orders import queries as orders
from steelyard.features.users import queries as users
from steelyard.idempotency import queries as idempotency
from steelyard.jobs import queries as jobs
from tests.kit.servers.databases import Databases
from tests.kit.servers.plans import plan, rows_read

SIZES = [1_000, 100_000]
# One row of each kind for every number: user n has credential n, address n and order n. User 77 has every fiftieth order, too, all of
# them cancelled. A hundred users sell.
FILL = r"""
INSERT INTO users (id, name, email, email_folded, search_text, created_at, updated_at)
SELECT n, 'n', n || '@example.com', n || '@example.com', 'n', now(), now() FROM generate_series(1, :rows) n;
INSERT INTO credentials (id, user_id, kind, name, scopes, authenticated_at, created_at)
SELECT n, n, 'session', 'n', '', now(), now() FROM generate_series(1, :rows) n;
INSERT INTO refresh_tokens (credential_id, token_hash, created_at, expires_at)
SELECT n, decode(lpad(to_hex(n), 64, '0'), 'hex'), now(), now() + interval '1 day' FROM generate_series(1, :rows) n;
INSERT INTO addresses (user_id, label, is_default, street, city, country, zip_code, created_at, updated_at, version)
SELECT n, 'Home', true, 's', 'c', 'DE', '12345', now(), now(), 1 FROM generate_series(1, :rows) n;
INSERT INTO items (id, owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand, reserved, search_text,
                   version, stock_version, created_at, updated_at)
SELECT n, 1 + n % 100, 'S' || n, 'item ' || n, '', 'c' || n % 50, '[]', '[]', 1 + n * 7919 % 10007, 'active', 5, 0, 'item ' || n, 1, 1,
       timestamptz '2026-01-01Z' + n * interval '1 second', now()
FROM generate_series(1, :rows) n;
INSERT INTO stock_movements (item_id, delta, reason, on_hand_after, created_at)
SELECT n, 5, 'received', 5, now() FROM generate_series(1, :rows) n;
INSERT INTO orders (id, buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total, refunded, history,
                    idempotency_key, expires_at, created_at, updated_at, version)
SELECT n, CASE WHEN n % 50 = 0 THEN 77 ELSE n END, 1 + (n + 50) % 100, CASE WHEN n % 50 = 0 THEN 'cancelled' ELSE 'pending' END,
       'unpaid', 'USD', 1, 100, 0, 0, 100, 0, '[]', 'k' || n, CASE WHEN n % 50 > 0 THEN now() + interval '1 day' END,
       timestamptz '2026-01-01Z' + n * interval '1 second', now(), 1
FROM generate_series(1, :rows) n WHERE n <> 1 + (n + 50) % 100;
INSERT INTO order_lines (order_id, product_id, title, unit_price, quantity, discount, tax, total, refunded_quantity, refunded)
SELECT id, id, 'n', 100, 1, 0, 0, 100, 0, 0 FROM orders;
INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, status, headers, body, created_at)
SELECT n, 'createOrder', 'k' || n, '\x00', 201, '[]', '{}', now() FROM generate_series(1, :rows) n;
INSERT INTO outbox (kind, payload, run_at, attempts)
SELECT CASE WHEN n % 500 = 0 THEN 'mail.order' ELSE 'mail.welcome' END, '{}', timestamptz '2025-12-01Z', 0 FROM generate_series(1, :rows) n;
VACUUM ANALYZE
"""
VALUES: dict[str, object] = {
    "after_id": 500,
    "after_key": datetime(2026, 1, 1, 0, 8, 20, tzinfo=UTC),
    "buyer_id": 77,
    "caller_id": 77,
    "caller_role": "user",
    "credential_id": 77,
    "email_folded": "77@example.com",
    "is_limited": False,
    "item_id": 77,
    "key": "k79",
    "kind": "mail.order",
    "limit": 21,
    "lines": 1,
    "now": datetime(2026, 1, 1, tzinfo=UTC),
    "operation_id": "createOrder",
    "order_id": 77,
    "owner_id": 79,
    "product_ids": [77, 78, 79],
    "quantity": 2,
    "skip": 0,
    "sku": "S78",
    "token_hash": bytes(31) + b"\x4d",
    "until": datetime(2027, 1, 1, tzinfo=UTC),
    "user_id": 77,
    "user_ids": [77],
    "worker": "worker",
}
NEWEST: dict[str, Any] = {"newest_first": True}
STATEMENTS: dict[str, Statement[Any]] = {
    "an item": items.get_public_item,
    "the first page of items": items.list_items("active", frozenset(), (0, 0), "-created_at", after=False),
    "a later page of items": items.list_items("active", frozenset(), (0, 0), "-created_at", after=True),
    "another item with the sku": items.find_sku_holder,
    "stock movements": items.list_stock_movements(after=False),
    "reserving stock": items.reserve_stock,
    "own orders": orders.list_orders(frozenset({"buyer"}), **NEWEST, after=False),
    "a later page of own orders": orders.list_orders(frozenset({"buyer"}), **NEWEST, after=True),
    "sales": orders.list_orders(frozenset({"seller"}), **NEWEST, after=False),
    "an order": orders.get_order_of_party,
    "the buyer of an order": orders.lock_buyer_with_default_address,
    "the buyers of many orders": orders.lock_each_buyer_with_default_address,
    "the stock of many orders": items.lock_stock_of_each,
    "reserving the stock of many orders": items.reserve_stock_of_each,
    "the offers of an order": orders.get_offers,
    "pending orders": orders.count_pending_orders,
    "changing an order": orders.lock_order_of_party,
    "a login": auth.get_login_by_email,
    "a credential": auth.get_active_credential,
    "own credentials": auth.list_credentials(after=False),
    "a refresh token": auth.get_refresh_token,
    "an account": users.get_user_with_addresses,
    "own addresses": users.list_addresses_of,
    "a stored response": idempotency.get_stored_response,
    "claiming jobs": jobs.claim_jobs,
}


# As many as a group has at most, of as many buyers and items; their keys are new. Only in the larger tables: it may be cheaper to read a
# thousand rows than to find sixteen of them.
OF_EACH = {"the buyers of many orders", "the stock of many orders", "reserving the stock of many orders"}
NUMBERS = ("caller_id", "credential_id", "owner_id", "item_id", "buyer_id")


def of_each(parameter: str) -> list[object]:
    if parameter in NUMBERS:
        return list(range(101, 117))
    return ["new" if parameter == "key" else VALUES[parameter]] * 16


# Without values, PostgreSQL expects to claim a tenth of the outbox, and would read all of it. That plan is so much more expensive than
# those for real limits that it is never chosen. And it expects few orders of a buyer: it may find them by the index of their idempotency
# keys and sort them, so that a page costs a buyer with many orders as much as all of their orders.
WITH_VALUES = {"claiming jobs", "own orders", "a later page of own orders"}


@pytest.fixture
async def session(databases: Databases, tmp_path: Path) -> AsyncIterator[Any]:
    """A session of a database that is dropped: emptying the shared one would take longer than filling this one."""
    async with databases.empty("postgresql", tmp_path) as url:
        await migrate(url)
        connection = await asyncpg.connect(url)
        yield connection
        await connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("rows", SIZES)
async def test_no_request_reads_a_whole_table_or_many_more_rows_than_it_returns(session: Any, rows: int) -> None:
    # The rows match each other. Checking that would take most of the time; only a superuser may skip it.
    with suppress(asyncpg.InsufficientPrivilegeError):
        await session.execute("SET session_replication_role = replica")
    for command in FILL.replace(":rows", str(rows)).split(";\n"):
        await session.execute(command)

    for name, statement in STATEMENTS.items():
        if name in OF_EACH and rows == min(SIZES):
            continue
        value = of_each if name in OF_EACH else VALUES.__getitem__
        arguments = {parameter: value(parameter) for parameter in statement.compiled["postgresql"].parameters}
        for generic in (False,) if name in WITH_VALUES else (False, True):
            steps = await plan(session, statement, arguments, generic=generic)
            read_whole = {node["Relation Name"] for node in steps if node["Node Type"] == "Seq Scan"}
            assert not read_whole, (name, generic, [(each["Node Type"], each.get("Relation Name"), each["Actual Rows"]) for each in steps])
            # A change that returns nothing changes the rows of the step below.
            returned = steps[0]["Actual Rows"] or steps[1]["Actual Rows"]
            assert rows_read(steps) <= 3 * max(returned, 1), (
                name,
                generic,
                [(each["Node Type"], each.get("Index Name"), each["Actual Rows"], each["Plan Rows"]) for each in steps],
            )
            assert returned, f"{name} returns no row, so this proves nothing"
