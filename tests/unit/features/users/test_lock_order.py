"""Every write locks users in one order, so that no two of them wait in a circle. PostgreSQL alone: SQLite has one writer."""

import asyncio

import asyncpg

from steelyard.db.database import Database
from tests.kit.servers.running import running
from tests.kit.servers.waiting import until
from tests.kit.world.people import Clock

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


async def test_two_admins_who_act_on_a_locked_admin_do_not_wait_in_a_circle(postgres: Database) -> None:
    holding, watching = await asyncpg.connect(postgres.url), await asyncpg.connect(postgres.url)

    async def are_waiting(count: int) -> bool:
        return bool(await watching.fetchval(WAITING) == count)

    async def are_gone() -> bool:
        return bool(await watching.fetchval(OTHERS) == 0)

    async with running(postgres, Clock()) as shop:
        locked, ada, bea = [await shop.world.person("admin") for _ in range(3)]
        await shop.world.set_standing(locked.id, "admin", is_active=False)
        renamed, unlocked = {"name": "Renamed", "email": locked.email}, {"role": "admin", "is_active": True}
        await holding.execute("BEGIN")
        await holding.execute("SELECT FROM users WHERE id = $1 FOR UPDATE", locked.id)

        renaming = asyncio.create_task(shop.api.as_(bea).put(f"/users/{locked.id}", json=renamed))
        await until(lambda: are_waiting(1))
        unlocking = asyncio.create_task(shop.api.as_(ada).put(f"/users/{locked.id}/access", json=unlocked))
        await until(lambda: are_waiting(2))
        await holding.execute("ROLLBACK")
        answers = await asyncio.gather(renaming, unlocking)

    # Connections count their deadlocks when they end, or later.
    await holding.close()
    await postgres.close()
    await until(are_gone)
    deadlocks = await watching.fetchval(DEADLOCKS)
    await watching.close()
    assert [each.status_code for each in answers] == [200, 200]
    assert deadlocks == 0
