"""Reading, changing, locking and deleting accounts, over HTTP."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select

from steelyard.db.statements import statement
from steelyard.tables.credentials import credentials, refresh_tokens
from steelyard.tables.idempotency import idempotency_keys
from steelyard.tables.items import items
from steelyard.tables.orders import orders
from steelyard.tables.users import addresses, users
from tests.kit.servers.running import Running
from tests.kit.servers.statements import count_statements
from tests.kit.world.market import told
from tests.kit.world.people import PASSWORD

NEW_PASSWORD = "staple that new battery"

_item_status = statement(select(items.c.status), str)
_owners_of_keys = statement(select(idempotency_keys.c.owner_id), int)


async def _types(shop: Running) -> list[str]:
    return [event.type for event in await shop.world.database.read().all(told)]


# -- reading -----------------------------------------------------------------------------------------------------------
async def test_strangers_see_the_public_account_and_its_owner_and_staff_the_full_one(shop: Running) -> None:
    alice, bob, support = await shop.world.person(), await shop.world.person(), await shop.world.person("support")
    path = f"/users/{alice.id}"

    seen = {
        who: await shop.api.as_(token).get(path) for who, token in {"nobody": None, "bob": bob, "alice": alice, "support": support}.items()
    }

    assert {who: answer.json()["view"] for who, answer in seen.items()} == {
        "nobody": "public",
        "bob": "public",
        "alice": "full",
        "support": "full",
    }
    assert seen["nobody"].json().keys() == {"view", "id", "name", "bio", "is_active", "created_at", "version"}
    assert (seen["nobody"].headers["etag"], seen["alice"].headers["etag"]) == ('"1"', '"1o"')
    assert alice.email not in seen["bob"].text


async def test_a_token_without_the_scope_sees_what_strangers_see(shop: Running) -> None:
    alice = await shop.world.person(scopes=["orders:read"])
    support = await shop.world.person("support", scopes=["account:read"])

    assert (await shop.api.as_(alice).get(f"/users/{alice.id}")).json()["view"] == "public"
    assert (await shop.api.as_(support).get(f"/users/{alice.id}")).json()["view"] == "public"


async def test_nobody_is_found_under_an_unknown_number(shop: Running) -> None:
    missing = await shop.api.get("/users/999")

    assert (missing.status_code, missing.json()["detail"]) == (404, "User not found")


async def test_reading_an_account_costs_one_statement_and_one_for_a_cold_standing(shop: Running) -> None:
    alice = await shop.world.person()
    await shop.world.address(alice)
    api = shop.api.as_(alice)

    with count_statements() as cold:
        await api.get("/users/me")
    with count_statements() as warm:
        await api.get(f"/users/{alice.id}")

    assert len(cold) == 2, cold
    assert len(warm) == 1, warm


async def test_an_account_that_is_unchanged_is_not_sent_again(shop: Running) -> None:
    alice = await shop.world.person()
    tag = (await shop.api.as_(alice).get("/users/me")).headers["etag"]

    assert (await shop.api.as_(alice).get("/users/me", headers={"If-None-Match": tag})).status_code == 304
    assert (await shop.api.get(f"/users/{alice.id}", headers={"If-None-Match": tag})).status_code == 200


# -- profile -----------------------------------------------------------------------------------------------------------
async def test_a_profile_is_replaced_and_what_is_left_out_is_cleared(shop: Running) -> None:
    alice = await shop.world.person()
    api = shop.api.as_(alice)
    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": alice.email, "age": 34, "bio": "Lamps."})

    changed = await api.put(f"/users/{alice.id}", json={"name": "Alice Smith", "email": "smith@example.com"})

    user = changed.json()
    assert (user["name"], user["email"], user["age"], user["bio"], user["version"]) == ("Alice Smith", "smith@example.com", None, None, 3)
    assert changed.headers["etag"] == '"3o"'
    assert (await api.get("/users/me")).json() == user
    event = (await shop.world.database.read().all(told))[-1]
    assert (event.type, event.data) == ("user.updated", {"user_id": alice.id, "changed": ["name", "email", "age", "bio"]})


async def test_a_profile_that_says_nothing_new_changes_nothing(shop: Running) -> None:
    alice = await shop.world.person()

    same = await shop.api.as_(alice).put(f"/users/{alice.id}", json={"name": alice.name, "email": alice.email})

    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert await _types(shop) == []


async def test_the_address_of_somebody_else_is_refused(shop: Running) -> None:
    alice, bob = await shop.world.person(), await shop.world.person()

    taken = await shop.api.as_(alice).put(f"/users/{alice.id}", json={"name": "Alice", "email": bob.email.upper()})
    own = await shop.api.as_(alice).put(f"/users/{alice.id}", json={"name": "Alice", "email": alice.email.upper()})

    assert (taken.status_code, taken.json()["detail"]) == (400, "Email already registered")
    assert (own.status_code, own.json()["email"]) == (200, alice.email.upper())


async def test_a_refreshed_token_does_not_make_a_login_fresh_enough_for_another_email_address(shop: Running) -> None:
    alice = await shop.world.person()
    login = {"username": alice.email, "password": PASSWORD}
    old = (await shop.api.call("issueToken", login)).json()
    body = {"name": alice.name, "email": "other@example.com"}
    shop.world.clock.advance(hours=1, seconds=1)
    refreshed = (await shop.api.call("issueToken", {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]})).json()
    fresh = (await shop.api.call("issueToken", login)).json()
    jobs = len(await shop.world.market.promised())

    refused = await shop.api.as_(refreshed["access_token"]).put(f"/users/{alice.id}", json=body)
    assert (refused.status_code, refused.json()["type"], refused.json()["max_age"]) == (403, "/problems/fresh-login-required", 3600)
    assert len(await shop.world.market.promised()) == jobs

    changed = await shop.api.as_(fresh["access_token"]).put(f"/users/{alice.id}", json=body)
    assert (changed.status_code, changed.json()["email"]) == (200, "other@example.com")


async def test_going_to_an_address_and_away_from_it_sends_few_mails_there(shop: Running) -> None:
    mallory = await shop.world.person()

    for _ in range(5):
        for email in ("stranger@example.com", mallory.email):
            changed = await shop.api.as_(mallory).put(f"/users/{mallory.id}", json={"name": "Mallory", "email": email})
            assert changed.status_code == 200

    addresses = [job.payload["email"] for job in await shop.world.market.promised() if job.kind == "mail.email_changed"]
    assert addresses.count("stranger@example.com") == addresses.count(mallory.email) == 3


async def test_others_accounts_are_changed_by_admins_alone(shop: Running) -> None:
    alice, bob = await shop.world.person(), await shop.world.person()
    support, admin = await shop.world.person("support"), await shop.world.person("admin")
    body = {"name": "Changed", "email": alice.email}
    path = f"/users/{alice.id}"

    by_bob, by_support, by_admin = [await shop.api.as_(who).put(path, json=body) for who in (bob, support, admin)]
    unknown = await shop.api.as_(bob).put("/users/999", json=body)

    assert [(each.status_code, each.json()["detail"]) for each in (by_bob, by_support)] == [(403, "Admin required")] * 2
    assert (by_admin.status_code, by_admin.json()["name"]) == (200, "Changed")
    assert unknown.status_code == 404


async def test_a_scope_for_others_is_none_for_oneself_and_the_other_way_round(shop: Running) -> None:
    admin, alice = await shop.world.person("admin"), await shop.world.person()
    own = await shop.world.token_of(admin, ["account:write"])
    body = {"name": "Changed", "email": "changed@example.com"}

    refused = await shop.api.as_(own).put(f"/users/{alice.id}", json=body)
    allowed = await shop.api.as_(own).put(f"/users/{admin.id}", json=body)

    assert (refused.status_code, refused.json()["required_scope"]) == (403, ["users:write"])
    assert allowed.status_code == 200


@pytest.mark.parametrize(
    ("if_match", "status"),
    [('"1"', 200), ('"1o"', 200), ("*", 200), ('"7", "1"', 200), ('"2"', 412), ('W/"1"', 412), ("junk", 412)],
)
async def test_a_stale_version_changes_nothing(shop: Running, if_match: str, status: int) -> None:
    alice = await shop.world.person()
    body = {"name": "Changed", "email": alice.email}

    answer = await shop.api.as_(alice).put(f"/users/{alice.id}", json=body, headers={"If-Match": if_match})

    assert answer.status_code == status
    if status == 412:
        assert answer.json()["current_version"] == 1
        assert (await shop.api.as_(alice).get("/users/me")).json()["name"] == alice.name


# -- password ----------------------------------------------------------------------------------------------------------
async def test_a_new_password_ends_every_other_session_and_leaves_this_one(shop: Running) -> None:
    alice = await shop.world.person()
    _, phone = await shop.world.login(alice)
    await shop.api.as_(phone).get("/users/me")

    changed = await shop.api.as_(alice).put("/users/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert changed.status_code == 204
    assert (await shop.api.as_(alice).get("/users/me")).status_code == 200
    assert (await shop.api.as_(phone).get("/users/me")).status_code == 401
    old, new = [await shop.api.call("issueToken", {"username": alice.email, "password": password}) for password in (PASSWORD, NEW_PASSWORD)]
    assert (old.status_code, new.status_code) == (401, 200)
    assert await _types(shop) == ["credential.revoked", "user.updated", "credential.created"]


async def test_wrong_current_passwords_count_as_failed_logins(shop: Running) -> None:
    alice = await shop.world.person()
    api = shop.api.as_(alice)

    wrong = [await api.put("/users/me/password", json={"current_password": "wrong", "new_password": NEW_PASSWORD}) for _ in range(10)]
    right = await api.put("/users/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    login = await shop.api.from_("192.0.2.1").call("issueToken", {"username": alice.email, "password": PASSWORD})

    assert {(each.status_code, each.json()["type"]) for each in wrong} == {(400, "/problems/password-incorrect")}
    assert (right.status_code, right.json()["policy"]) == (429, "login")
    assert login.status_code == 429
    assert await _types(shop) == ["auth.login_blocked"]


async def test_a_new_password_may_not_be_common_nor_ones_own_name(shop: Running) -> None:
    alice = await shop.world.person()

    refused = await shop.api.as_(alice).put("/users/me/password", json={"current_password": PASSWORD, "new_password": "Alice Johnson"})

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["type"], error["pointer"]) == (422, "password_too_common", "/new_password")


async def test_of_two_who_change_one_password_at_once_one_succeeds(shop: Running) -> None:
    alice = await shop.world.person()
    bodies = [{"current_password": PASSWORD, "new_password": f"{NEW_PASSWORD} {number}"} for number in range(2)]

    answers = await asyncio.gather(*[shop.api.as_(alice).put("/users/me/password", json=body) for body in bodies])

    assert sorted(answer.status_code for answer in answers) == [204, 400]


async def test_an_api_key_does_not_change_the_password(shop: Running) -> None:
    key = await shop.world.person(kind="api_key")

    refused = await shop.api.as_(key).put("/users/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/session-required")


# -- access ------------------------------------------------------------------------------------------------------------
async def test_a_role_holds_from_the_next_request_on(shop: Running) -> None:
    admin, helper = await shop.world.person("admin"), await shop.world.person("support")
    alice = await shop.world.person()
    assert (await shop.api.as_(helper).get(f"/users/{alice.id}")).json()["view"] == "full"

    changed = await shop.api.as_(admin).put(f"/users/{helper.id}/access", json={"role": "user", "is_active": True})

    assert (changed.status_code, changed.json()["role"], changed.json()["version"]) == (200, "user", 2)
    assert (await shop.api.as_(helper).get(f"/users/{alice.id}")).json()["view"] == "public"
    assert (await shop.api.as_(helper).get("/users")).status_code == 403
    event = (await shop.world.database.read().all(told))[-1]
    assert (event.type, event.actor_id) == ("user.access_changed", admin.id)
    assert event.data == {"user_id": helper.id, "role": "user", "is_active": True}


async def test_locking_ends_sessions_and_takes_items_off_the_market_and_unlocking_brings_neither_back(shop: Running) -> None:
    admin, seller = await shop.world.person("admin"), await shop.world.person()
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


async def test_what_is_set_already_changes_nothing(shop: Running) -> None:
    admin, alice = await shop.world.person("admin"), await shop.world.person()

    same = await shop.api.as_(admin).put(f"/users/{alice.id}/access", json={"role": "user", "is_active": True})

    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert await _types(shop) == []


@pytest.mark.parametrize("access", [{"role": "user", "is_active": True}, {"role": "admin", "is_active": False}])
async def test_the_last_admin_stays(shop: Running, access: dict[str, Any]) -> None:
    admin, other = await shop.world.person("admin"), await shop.world.person("admin")
    first = await shop.api.as_(admin).put(f"/users/{other.id}/access", json=access)

    last = await shop.api.as_(admin).put(f"/users/{admin.id}/access", json=access)
    deleted = await shop.api.as_(admin).delete(f"/users/{admin.id}")

    assert first.status_code == 200
    assert (last.status_code, last.json()["type"]) == (409, "/problems/last-admin")
    assert (deleted.status_code, deleted.json()["type"]) == (409, "/problems/last-admin")


async def test_two_admins_who_demote_each_other_at_once_leave_one(shop: Running) -> None:
    for _ in range(3):
        ada, bea = await shop.world.person("admin"), await shop.world.person("admin")
        body = {"role": "user", "is_active": True}

        await asyncio.gather(
            shop.api.as_(ada).put(f"/users/{bea.id}/access", json=body), shop.api.as_(bea).put(f"/users/{ada.id}/access", json=body)
        )

        left = await shop.world.database.read().all(_admins)
        assert len(left) == 1
        await shop.world.set_standing(left[0], "user")


_admins = statement(select(users.c.id).where(users.c.role == "admin", users.c.is_active), int)


async def test_only_admins_set_access(shop: Running) -> None:
    alice, support = await shop.world.person(), await shop.world.person("support")

    for who in (alice, support):
        refused = await shop.api.as_(who).put(f"/users/{alice.id}/access", json={"role": "admin", "is_active": True})
        assert (refused.status_code, refused.json()["detail"]) == (403, "Admin required")


async def test_an_admin_who_was_demoted_elsewhere_a_moment_ago_grants_nothing(shop: Running) -> None:
    admin, alice = await shop.world.person("admin"), await shop.world.person()
    await shop.api.as_(admin).get("/users/me")
    await shop.world.set_standing(admin.id, "user")  # by another process: this one still believes in the admin

    refused = await shop.api.as_(admin).put(f"/users/{alice.id}/access", json={"role": "admin", "is_active": True})

    assert (refused.status_code, refused.json()["detail"]) == (403, "Admin required")
    assert (await shop.api.get(f"/users/{alice.id}")).json()["version"] == 1


# -- deleting ----------------------------------------------------------------------------------------------------------
async def _texts(shop: Running, table: Table) -> str:
    rows = []
    for column in table.columns:
        rows += await shop.world.database.read().all(statement(select(column), object))
    return repr(rows)


async def test_nothing_personal_is_left_of_a_deleted_account(shop: Running) -> None:
    seller, buyer = await shop.world.person(name="Selma Seller"), await shop.world.person(name="Boris Buyer")
    item = await shop.world.item(seller)
    await shop.api.as_(buyer).post(
        "/users/me/addresses",
        json={"street": "Secret Street 1", "city": "Hidden", "zip_code": "97201", "is_default": True},
        headers={"Idempotency-Key": "one"},
    )
    order = (await shop.api.as_(buyer).post("/orders", json={"product_id": item, "quantity": 1}, headers={"Idempotency-Key": "two"})).json()
    await shop.api.as_(buyer).post(f"/orders/{order['id']}/cancel", json={"reason": "Boris is moving"})

    deleted = await shop.api.as_(buyer).delete(f"/users/{buyer.id}")

    assert deleted.status_code == 204
    assert (await shop.api.get(f"/users/{buyer.id}")).status_code == 404
    assert (await shop.api.as_(buyer).get("/users/me")).status_code == 401
    login = await shop.api.call("issueToken", {"username": buyer.email, "password": PASSWORD})
    assert (login.status_code, login.json()["type"]) == (401, "/problems/invalid-credentials")
    kept = (await shop.api.as_(seller).get(f"/orders/{order['id']}")).json()
    assert (kept["total"], kept["shipping_address"], kept["buyer_id"]) == (order["total"], None, buyer.id)
    stored = "".join([await _texts(shop, table) for table in (users, addresses, credentials, refresh_tokens, orders, idempotency_keys)])
    for personal in ("Boris", buyer.email, "Secret Street", "Hidden"):
        assert personal not in stored
    assert buyer.id not in await shop.world.database.read().all(_owners_of_keys)
    assert (await shop.api.post("/users", json={"name": "Boris again", "email": buyer.email, "password": PASSWORD})).status_code == 201


async def test_the_items_of_a_deleted_account_are_archived(shop: Running) -> None:
    admin, seller = await shop.world.person("admin"), await shop.world.person()
    item = await shop.world.item(seller)

    assert (await shop.api.as_(admin).delete(f"/users/{seller.id}")).status_code == 204

    assert (await shop.api.get(f"/items/{item}")).status_code == 404
    assert await shop.world.database.read().all(_item_status) == ["archived"]
    assert (await shop.world.database.read().all(told))[-1].type == "user.deleted"


async def test_open_orders_keep_buyer_and_seller_here(shop: Running) -> None:
    seller, buyer = await shop.world.person(), await shop.world.person()
    item = await shop.world.item(seller)
    await shop.world.order(buyer, (item, 1))
    await shop.world.order(buyer, (item, 2))

    refused = [await shop.api.as_(who).delete(f"/users/{who.id}") for who in (buyer, seller)]

    assert [(each.status_code, each.json()["type"], each.json()["orders"]) for each in refused] == [(409, "/problems/open-orders", 2)] * 2
    assert (await shop.api.get(f"/items/{item}")).status_code == 200


async def test_an_order_and_the_deletion_of_its_seller_or_buyer_exclude_each_other(shop: Running) -> None:
    for leaver in ("seller", "buyer"):
        seller, buyer = await shop.world.person(), await shop.world.person()
        item = await shop.world.item(seller)
        who = seller if leaver == "seller" else buyer

        ordered, deleted = await asyncio.gather(
            shop.api.as_(buyer).post("/orders", json={"product_id": item, "quantity": 1}, headers={"Idempotency-Key": "one"}),
            shop.api.as_(who).delete(f"/users/{who.id}"),
        )

        assert (ordered.status_code == 201) != (deleted.status_code == 204), (ordered.text, deleted.text)


async def test_deleting_oneself_needs_a_login_less_than_an_hour_ago_even_for_an_admin(shop: Running) -> None:
    await shop.world.person("admin")
    for role in ("user", "admin"):
        stale = await shop.world.person(role, logged_in_ago=timedelta(hours=1, seconds=1))
        fresh = await shop.world.token_of(stale, ["account:write"], logged_in_ago=timedelta(minutes=59))

        refused = await shop.api.as_(stale).delete(f"/users/{stale.id}")
        done = await shop.api.as_(fresh).delete(f"/users/{stale.id}")

        assert (refused.status_code, refused.json()["type"], refused.json()["max_age"]) == (403, "/problems/fresh-login-required", 3600)
        assert done.status_code == 204


async def test_others_are_deleted_by_admins_alone_and_once(shop: Running) -> None:
    alice, bob, admin = await shop.world.person(), await shop.world.person(), await shop.world.person("admin")
    stale_admin = await shop.world.token_of(admin, ["users:write"], logged_in_ago=timedelta(days=2))

    by_bob = await shop.api.as_(bob).delete(f"/users/{alice.id}")
    stale_version = await shop.api.as_(admin).delete(f"/users/{alice.id}", headers={"If-Match": '"2"'})
    by_admin = await shop.api.as_(stale_admin).delete(f"/users/{alice.id}", headers={"If-Match": '"1"'})
    again = await shop.api.as_(admin).delete(f"/users/{alice.id}")

    assert (by_bob.status_code, by_bob.json()["detail"]) == (403, "Admin required")
    assert stale_version.status_code == 412
    assert by_admin.status_code == 204
    assert again.status_code == 404


async def test_another_e_mail_address_is_told_to_the_old_one_and_forgotten_with_the_account(shop: Running) -> None:
    alice = await shop.world.person()
    api = shop.api.as_(alice)

    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": alice.email.upper()})
    assert await shop.world.market.promised() == []
    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": "new@example.com"})

    (job,) = await shop.world.market.promised()
    assert (job.kind, job.payload) == ("mail.email_changed", {"email": alice.email.upper()})
    assert (await api.delete(f"/users/{alice.id}")).status_code == 204
    assert await shop.world.market.promised() == []
