"""setUserAccess, over HTTP."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from steelyard.db.statements import statement
from steelyard.tables.items import items
from steelyard.tables.users import users
from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.market import list_logged_events

_item_status = statement(select(items.c.status), str)


async def _types(shop: Running) -> list[str]:
    return [event.type for event in await shop.world.database.read().all(list_logged_events)]


async def test_a_new_role_applies_from_the_next_request(shop: Running) -> None:
    admin, helper = await shop.world.user("admin"), await shop.world.user("support")
    alice = await shop.world.user()
    assert (await shop.api.as_(helper).get(f"/users/{alice.id}")).json()["view"] == "full"

    changed = await shop.api.as_(admin).put(f"/users/{helper.id}/access", json={"role": "user", "is_active": True})

    assert (changed.status_code, changed.json()["role"], changed.json()["version"]) == (200, "user", 2)
    assert (await shop.api.as_(helper).get(f"/users/{alice.id}")).json()["view"] == "public"
    assert (await shop.api.as_(helper).get("/users")).status_code == 403
    event = (await shop.world.database.read().all(list_logged_events))[-1]
    assert (event.type, event.actor_id) == ("user.access_changed", admin.id)
    assert event.data == {"user_id": helper.id, "role": "user", "is_active": True}


async def test_locking_ends_sessions_and_takes_items_off_the_market_and_unlocking_brings_neither_back(shop: Running) -> None:
    admin, seller = await shop.world.user("admin"), await shop.world.user()
    item = await shop.world.item(seller)
    await shop.api.as_(seller).get("/users/me")

    locked = await shop.api.as_(admin).put(f"/users/{seller.id}/access", json={"role": "user", "is_active": False})

    assert locked.json()["is_active"] is False
    assert (await shop.api.as_(seller).get("/users/me")).status_code == 401
    assert (await shop.api.get(f"/items/{item}")).status_code == 404
    login = await shop.api.call("issueToken", {"username": seller.email, "password": PASSWORD})
    assert (login.status_code, login.json()["type"]) == (403, "/problems/account-disabled")

    await shop.api.as_(admin).put(f"/users/{seller.id}/access", json={"role": "user", "is_active": True})

    assert (await shop.api.as_(seller).get("/users/me")).status_code == 401
    assert await shop.world.database.read().all(_item_status) == ["draft"]
    assert (await shop.api.call("issueToken", {"username": seller.email, "password": PASSWORD})).status_code == 200


async def test_equal_access_changes_nothing(shop: Running) -> None:
    admin, alice = await shop.world.user("admin"), await shop.world.user()

    same = await shop.api.as_(admin).put(f"/users/{alice.id}/access", json={"role": "user", "is_active": True})

    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert await _types(shop) == []


@pytest.mark.parametrize("access", [{"role": "user", "is_active": True}, {"role": "admin", "is_active": False}])
async def test_the_last_admin_stays(shop: Running, access: dict[str, Any]) -> None:
    admin, other = await shop.world.user("admin"), await shop.world.user("admin")
    first = await shop.api.as_(admin).put(f"/users/{other.id}/access", json=access)

    last = await shop.api.as_(admin).put(f"/users/{admin.id}/access", json=access)
    deleted = await shop.api.as_(admin).delete(f"/users/{admin.id}")

    assert first.status_code == 200
    assert (last.status_code, last.json()["type"]) == (409, "/problems/last-admin")
    assert (deleted.status_code, deleted.json()["type"]) == (409, "/problems/last-admin")


async def test_two_admins_who_demote_each_other_at_once_leave_one(shop: Running) -> None:
    for _ in range(3):
        ada, bea = await shop.world.user("admin"), await shop.world.user("admin")
        body = {"role": "user", "is_active": True}

        await asyncio.gather(
            shop.api.as_(ada).put(f"/users/{bea.id}/access", json=body), shop.api.as_(bea).put(f"/users/{ada.id}/access", json=body)
        )

        left = await shop.world.database.read().all(_admins)
        assert len(left) == 1
        await shop.world.set_access(left[0], "user")


_admins = statement(select(users.c.id).where(users.c.role == "admin", users.c.is_active), int)


async def test_only_admins_set_access(shop: Running) -> None:
    alice, support = await shop.world.user(), await shop.world.user("support")

    for who in (alice, support):
        refused = await shop.api.as_(who).put(f"/users/{alice.id}/access", json={"role": "admin", "is_active": True})
        assert (refused.status_code, refused.json()["detail"]) == (403, "Admin required")


async def test_an_admin_who_was_demoted_by_another_process_grants_nothing(shop: Running) -> None:
    admin, alice = await shop.world.user("admin"), await shop.world.user()
    await shop.api.as_(admin).get("/users/me")
    await shop.world.set_access(admin.id, "user")  # by another process: this one has the admin in its cache

    refused = await shop.api.as_(admin).put(f"/users/{alice.id}/access", json={"role": "admin", "is_active": True})

    assert (refused.status_code, refused.json()["detail"]) == (403, "Admin required")
    assert (await shop.api.get(f"/users/{alice.id}")).json()["version"] == 1
