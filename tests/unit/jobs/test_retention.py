"""Old rows are all deleted, and without waiting for another transaction, which could be deleteUser or another worker in a circle."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from steelyard.app.worker import create_worker
from steelyard.db.database import Database
from steelyard.db.statements import Statement, statement
from steelyard.db.transaction import Transaction
from steelyard.features.auth import tasks as logins
from steelyard.features.auth.login import LoginPolicy
from steelyard.features.auth.queries import insert_login_failure
from steelyard.features.auth.tasks import delete_expired
from steelyard.idempotency import store
from steelyard.jobs import outbox as jobs
from steelyard.sources import Sources
from steelyard.tables.credentials import login_failures
from steelyard.tables.idempotency import idempotency_keys
from steelyard.tables.jobs import outbox
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market
from tests.unit.jobs.workers import delete_finished

finish = statement(update(outbox).values(done_at=outbox.c.run_at))
give_up = statement(update(outbox).values(dead_at=outbox.c.run_at))


async def add_keys(tx: Transaction) -> None:
    for number in range(3):
        await store.claim_key(tx, owner_id=number, operation_id="createOrder", key="k", fingerprint=b"")


async def add_failures(tx: Transaction) -> None:
    for _ in range(3):
        await tx.run(insert_login_failure, account_key="a", address_key="b", now=tx.now)


def add_jobs(end: Statement[Any]) -> Callable[[Transaction], Awaitable[None]]:
    async def add(tx: Transaction) -> None:
        for _ in range(3):
            await jobs.enqueue(tx, "test.job", {})
        await tx.run(end)

    return add


async def delete_keys(database: Database) -> int:
    async with database.transaction() as tx:
        return await store.delete_expired(tx)


async def delete_failures(database: Database) -> int:
    async with database.transaction() as tx:
        return await delete_expired(tx, LoginPolicy())


@pytest.mark.parametrize(
    ("table", "add", "delete_old"),
    [
        (idempotency_keys, add_keys, delete_keys),
        (outbox, add_jobs(finish), delete_finished),
        (outbox, add_jobs(give_up), delete_finished),
        (login_failures, add_failures, delete_failures),
    ],
    ids=["keys", "done jobs", "dead jobs", "failed logins"],
)
async def test_rows_locked_by_others_are_skipped(
    table: Table, add: Callable[[Transaction], Awaitable[None]], delete_old: Callable[[Database], Awaitable[int]], postgres: Database
) -> None:
    market = Market(postgres, Clock())
    async with postgres.transaction() as tx:
        await add(tx)
    market.clock.advance(days=31)
    first_row = statement(select(next(iter(table.columns))).limit(1).with_for_update(), object)

    async with postgres.transaction() as holding:
        await holding.run(first_row)
        passed_by = await delete_old(postgres)
    left = await delete_old(postgres)

    assert (passed_by, left) == (2, 1)


@pytest.mark.parametrize(
    ("table", "add"),
    [
        (idempotency_keys, add_keys),
        (outbox, add_jobs(finish)),
        (outbox, add_jobs(give_up)),
        (login_failures, add_failures),
    ],
    ids=["keys", "done jobs", "dead jobs", "failed logins"],
)
async def test_one_run_of_the_worker_deletes_more_old_rows_than_a_batch_has(
    table: Table, add: Callable[[Transaction], Awaitable[None]], market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "DELETE_BATCH", 1)
    monkeypatch.setattr(logins, "_BATCH", 1)
    monkeypatch.setattr(store, "MAX_DELETED", 1)
    monkeypatch.setattr(store.delete_expired, "__kwdefaults__", {"limit": 1})
    async with market.database.transaction() as tx:
        await add(tx)
    market.clock.advance(days=31)

    await create_worker(market.settings, market.database, Sources(market.clock, stopwatch=market.clock.stopwatch)).run_due()

    assert await market.database.read().all(statement(select(next(iter(table.columns))), object)) == []
