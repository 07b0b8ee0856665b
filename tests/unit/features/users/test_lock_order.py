"""Every write locks users in one order, and before their items, so that no two writes deadlock.

PostgreSQL alone: SQLite has one writer.
"""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from steelyard.db.database import Database
from tests.kit.clients.api import Api
from tests.kit.servers.held_users import close_and_count_deadlocks, send_while_held
from tests.kit.servers.running import running
from tests.kit.world.clock import Clock
from tests.kit.world.world import User

LOCKED = {"role": "user", "is_active": False}
REMOVALS: dict[str, Callable[[Api, User], Awaitable[httpx.Response]]] = {
    "deleted": lambda api, seller: api.delete(f"/users/{seller.id}"),
    "locked": lambda api, seller: api.put(f"/users/{seller.id}/access", json=LOCKED),
}


async def test_two_admins_who_act_on_a_locked_admin_do_not_wait_in_a_circle(postgres: Database) -> None:
    async with running(postgres, Clock()) as shop:
        locked, ada, bea = [await shop.world.user("admin") for _ in range(3)]
        await shop.world.set_access(locked.id, "admin", is_active=False)
        renamed, unlocked = {"name": "Renamed", "email": locked.email}, {"role": "admin", "is_active": True}

        responses = await send_while_held(
            postgres,
            locked.id,
            lambda: shop.api.as_(bea).put(f"/users/{locked.id}", json=renamed),
            lambda: shop.api.as_(ada).put(f"/users/{locked.id}/access", json=unlocked),
        )

    assert [each.status_code for each in responses] == [200, 200]
    assert await close_and_count_deadlocks(postgres) == 0


@pytest.mark.parametrize("removal", REMOVALS)
async def test_a_seller_who_changes_an_item_and_an_admin_who_removes_the_seller_do_not_wait_in_a_circle(
    postgres: Database, removal: str
) -> None:
    async with running(postgres, Clock()) as shop:
        admin, seller = await shop.world.user("admin"), await shop.world.user()
        item = await shop.world.item(seller)

        changed, removed = await send_while_held(
            postgres,
            seller.id,
            lambda: shop.api.as_(seller).call("updateItem", {"title": "Torch"}, item_id=item),
            lambda: REMOVALS[removal](shop.api.as_(admin), seller),
        )

    assert (changed.status_code, removed.is_success) == (200, True)
    assert await close_and_count_deadlocks(postgres) == 0
