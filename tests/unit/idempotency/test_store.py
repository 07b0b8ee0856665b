"""A key is taken once, even by concurrent requests, and keeps the response."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steelyard.db.database import Database
from steelyard.db.errors import LockTimeout
from steelyard.db.options import DatabaseOptions
from steelyard.db.transaction import Transaction
from steelyard.idempotency import store as idempotency
from steelyard.idempotency.queries import StoredResponse
from steelyard.idempotency.store import claim_key, delete_expired, store_response

KEY: dict[str, Any] = {"owner_id": 7, "operation_id": "createOrder", "key": "k1"}
PRINT = b"\x01" * 32


async def test_a_new_key_is_claimed_and_then_returns_the_stored_response(database: Database) -> None:
    async with database.transaction() as tx:
        assert await claim_key(tx, **KEY, fingerprint=PRINT) is None
        await store_response(tx, **KEY, status=201, headers=[["location", "/orders/1"]], body=b'{"id":1}')

    async with database.transaction() as tx:
        stored = await claim_key(tx, **KEY, fingerprint=b"another")

    assert stored == StoredResponse(PRINT, 201, [["location", "/orders/1"]], b'{"id":1}')


@pytest.mark.parametrize("other", [{"owner_id": 8}, {"operation_id": "payOrder"}, {"key": "k2"}])
async def test_a_key_belongs_to_an_owner_and_an_operation(database: Database, other: dict[str, object]) -> None:
    async with database.transaction() as tx:
        await claim_key(tx, **KEY, fingerprint=PRINT)

    async with database.transaction() as tx:
        assert await claim_key(tx, **(KEY | other), fingerprint=PRINT) is None


async def test_a_rollback_releases_the_key(database: Database) -> None:
    tx = database.transaction()
    await claim_key(tx, **KEY, fingerprint=PRINT)
    await tx.rollback()

    async with database.transaction() as tx:
        assert await claim_key(tx, **KEY, fingerprint=PRINT) is None


async def test_an_open_key_has_no_status_yet(database: Database) -> None:
    async with database.transaction() as tx:
        await claim_key(tx, **KEY, fingerprint=PRINT)

    async with database.transaction() as tx:
        assert await claim_key(tx, **KEY, fingerprint=PRINT) == StoredResponse(PRINT, None, None, None)


async def test_of_fifty_concurrent_requests_one_acts_and_all_get_its_response(database: Database) -> None:
    acted: list[int] = []

    async def request(number: int) -> bytes | None:
        async with database.transaction() as tx:
            stored = await claim_key(tx, **KEY, fingerprint=PRINT)
            if stored is not None:
                return stored.body
            acted.append(number)
            await store_response(tx, **KEY, status=201, headers=[], body=str(number).encode())
            return str(number).encode()

    bodies = await asyncio.gather(*(request(number) for number in range(50)))

    assert len(acted) == 1
    assert set(bodies) == {str(acted[0]).encode()}


async def test_a_request_that_waits_for_a_rolled_back_one_claims_the_key(database: Database) -> None:
    holding = asyncio.Event()
    failing = database.transaction()
    await claim_key(failing, **KEY, fingerprint=PRINT)

    async def second() -> StoredResponse | None:
        async with database.transaction() as tx:
            holding.set()
            return await claim_key(tx, **KEY, fingerprint=PRINT)

    waiting = asyncio.create_task(second())
    await holding.wait()
    await failing.rollback()

    assert await waiting is None


async def test_keys_older_than_a_day_are_deleted_some_at_a_time(database: Database) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    time = {"now": noon}
    database._clock = lambda: time["now"]
    for number in range(5):
        async with database.transaction() as tx:
            await claim_key(tx, owner_id=number, operation_id="createOrder", key="k", fingerprint=PRINT)
    time["now"] = noon + timedelta(hours=23)
    async with database.transaction() as tx:
        await claim_key(tx, owner_id=9, operation_id="createOrder", key="k", fingerprint=PRINT)

    time["now"] = noon + timedelta(hours=24, seconds=1)
    deleted = []
    for _ in range(3):
        async with database.transaction() as tx:
            deleted.append(await delete_expired(tx, limit=3))

    assert deleted == [3, 2, 0]


@pytest.fixture
async def hasty(postgres: Database) -> AsyncIterator[Database]:
    """Another process on the same data, with a short lock timeout."""
    async with AsyncExitStack() as stack:
        opened = Database(postgres.url, options=DatabaseOptions(lock_timeout_s=0.05))
        await opened.open()
        stack.push_async_callback(opened.close)
        yield opened


async def test_a_key_that_stays_taken_is_a_lock_timeout(postgres: Database, hasty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_S", 0.2)
    async with postgres.transaction() as running:
        await claim_key(running, **KEY, fingerprint=PRINT)

        tx = hasty.transaction()
        with pytest.raises(LockTimeout):
            await claim_key(tx, **KEY, fingerprint=PRINT)
        await tx.rollback()


async def test_a_key_is_waited_for_beyond_one_lock_timeout(postgres: Database, hasty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    running = postgres.transaction()
    await claim_key(running, **KEY, fingerprint=PRINT)
    begin_again, times = Transaction.restart, []

    async def and_end_the_other(tx: Transaction) -> None:
        await begin_again(tx)
        times.append(1)
        await store_response(running, **KEY, status=201, headers=[], body=b"done")
        await running.commit()

    monkeypatch.setattr(Transaction, "restart", and_end_the_other)
    async with hasty.transaction() as tx:
        stored = await claim_key(tx, **KEY, fingerprint=PRINT)

    assert times == [1]
    assert stored is not None
    assert stored.body == b"done"
