"""API keys over HTTP: made, used, listed, revoked."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import bindparam, select

from steelyard.db.statements import statement
from steelyard.features.auth.api_keys import MAX_API_KEYS, record_uses
from steelyard.features.auth.login import LoginPolicy
from steelyard.features.auth.tasks import delete_expired
from steelyard.security.api_keys import ApiKeys
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.credentials import credentials
from steelyard.tables.idempotency import idempotency_keys
from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.market import list_logged_events
from tests.kit.world.world import User

hash_of = statement(select(credentials.c.secret_hash).where(credentials.c.id == bindparam("credential_id")), str)
stored_body = statement(select(idempotency_keys.c.body), bytes)


async def create(shop: Running, user: User | str, scopes: Sequence[str] = ("items:write",), **more: Any) -> httpx.Response:
    body = {"name": "Stock robot", "scopes": list(scopes), **{name: value for name, value in more.items() if name != "idempotency_key"}}
    key = {"idempotency_key": more["idempotency_key"]} if "idempotency_key" in more else {}
    return await shop.api.as_(user).call("createApiKey", body, **key)


async def created(shop: Running, user: User, scopes: Sequence[str] = ("items:write",), **more: Any) -> dict[str, Any]:
    response = await create(shop, user, scopes, **more)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


async def listed(shop: Running, user: User | str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await shop.api.as_(user).call("listCredentials")).json()["items"]
    return items


async def test_a_key_does_what_its_scopes_allow_and_nothing_else(shop: Running) -> None:
    alice = await shop.world.user()
    key = await created(shop, alice, ["items:write"])
    program = shop.api.as_(key["secret"])

    made = await program.call("createItem", {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}})
    account = await program.call("getCurrentUser")

    assert (made.status_code, made.json()["owner_id"]) == (201, alice.id)
    assert (account.status_code, account.json()["required_scope"]) == (403, ["account:read"])


async def test_a_write_scope_of_a_key_includes_the_read_scope(shop: Running) -> None:
    key = await created(shop, await shop.world.user(), ["orders:write"])

    assert (await shop.api.as_(key["secret"]).call("listOrders")).status_code == 200


async def test_only_the_hash_of_a_key_is_stored(shop: Running) -> None:
    key = await created(shop, await shop.world.user())

    assert await shop.world.database.read().one(hash_of, credential_id=key["id"]) == hash_secret(key["secret"])


async def test_a_key_has_at_most_the_scopes_that_its_maker_has_in_this_request(shop: Running) -> None:
    alice = await shop.world.user()
    narrow = await shop.world.token_of(alice, ["account:write", "orders:read"])

    refused = await create(shop, narrow, ["items:write", "orders:read", "users:read", "account:write"])

    assert (refused.status_code, refused.json()["refused"]) == (403, ["account:write", "items:write", "users:read"])
    assert (await create(shop, narrow, ["orders:read", "account:read"])).status_code == 201


async def test_a_key_loses_the_scopes_that_the_new_role_of_its_user_lacks(shop: Running) -> None:
    boss, clerk = await shop.world.user("admin"), await shop.world.user("support")
    key = await created(shop, clerk, ["users:read"])
    assert (await shop.api.as_(key["secret"]).call("listUsers")).status_code == 200

    await shop.api.as_(boss).call("setUserAccess", {"role": "user", "is_active": True}, user_id=clerk.id)

    assert (await shop.api.as_(key["secret"]).call("listUsers")).status_code == 403


async def test_a_key_is_never_accepted_where_a_login_is_required(shop: Running) -> None:
    key = await shop.world.user(kind="api_key")

    made = await create(shop, key, ["items:write"])
    changed = await shop.api.as_(key).call("changePassword", {"current_password": PASSWORD, "new_password": "staple that new battery"})

    assert {(each.status_code, each.json()["type"]) for each in (made, changed)} == {(403, "/problems/session-required")}


async def test_a_key_expires_to_the_second(shop: Running) -> None:
    alice = await shop.world.user()
    end = shop.clock.now + timedelta(minutes=10)
    key = await created(shop, alice, ["account:read"], expires_at=end.isoformat())
    program = shop.api.as_(key["secret"])

    shop.clock.now = end - timedelta(seconds=1)
    shop.clock.advance(seconds=0)
    before = await program.call("getCurrentUser")
    shop.clock.advance(seconds=1)
    after = await program.call("getCurrentUser")

    assert (before.status_code, after.status_code) == (200, 401)
    assert [each["kind"] for each in await listed(shop, alice)] == ["session"]


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=400)])
async def test_a_key_cannot_expire_in_the_past(shop: Running, ago: timedelta) -> None:
    refused = await create(shop, await shop.world.user(), expires_at=(shop.clock.now - ago).isoformat())

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["type"], error["pointer"]) == (422, "expires_in_the_past", "/expires_at")


async def test_a_revoked_key_is_rejected_at_once_and_its_row_is_deleted_later(shop: Running) -> None:
    alice = await shop.world.user()
    key = await created(shop, alice, ["account:read"])
    program = shop.api.as_(key["secret"])
    assert (await program.call("getCurrentUser")).status_code == 200

    assert (await shop.api.as_(alice).call("revokeCredential", credential_id=key["id"])).status_code == 204

    assert (await program.call("getCurrentUser")).status_code == 401
    shop.clock.advance(days=1, seconds=1)
    async with shop.world.database.transaction() as tx:
        await delete_expired(tx, LoginPolicy())
    assert await shop.world.database.read().scalar(hash_of, credential_id=key["id"]) is None


async def test_a_key_revokes_itself(shop: Running) -> None:
    key = await created(shop, await shop.world.user())

    assert (await shop.api.as_(key["secret"]).call("revokeCurrentCredential")).status_code == 204

    assert (await shop.api.as_(key["secret"]).call("revokeCurrentCredential")).status_code == 401


async def test_a_new_password_leaves_the_keys_and_a_locked_account_has_none(shop: Running) -> None:
    boss, alice = await shop.world.user("admin"), await shop.world.user()
    key = await created(shop, alice, ["account:read"])
    program, admin = shop.api.as_(key["secret"]), shop.api.as_(boss)

    changed = await shop.api.as_(alice).call("changePassword", {"current_password": PASSWORD, "new_password": "staple that new battery"})
    after_change = await program.call("getCurrentUser")
    for is_active in (False, True):
        await admin.call("setUserAccess", {"role": "user", "is_active": is_active}, user_id=alice.id)
    after_lock = await program.call("getCurrentUser")

    assert (changed.status_code, after_change.status_code, after_lock.status_code) == (204, 200, 401)


async def test_a_deleted_user_has_no_keys(shop: Running) -> None:
    alice = await shop.world.user()
    key = await created(shop, alice, ["account:read"])
    assert (await shop.api.as_(key["secret"]).call("getCurrentUser")).status_code == 200

    assert (await shop.api.as_(alice).call("deleteUser", user_id=alice.id)).status_code == 204

    assert (await shop.api.as_(key["secret"]).call("getCurrentUser")).status_code == 401


@pytest.mark.parametrize("secret", ["syk_", "syk_" + "A" * 42, "syk_" + "A" * 43, "syk_" + "A" * 44, "syk_" + "." * 43, "SYK_" + "A" * 43])
async def test_a_text_that_is_no_key_is_an_invalid_token(shop: Running, secret: str) -> None:
    await created(shop, await shop.world.user())

    response = await shop.api.as_(secret).call("getCurrentUser")

    assert (response.status_code, response.json()["type"]) == (401, "/problems/invalid-token")


async def test_twenty_requests_at_once_never_exceed_the_limit(shop: Running) -> None:
    alice = await shop.world.user()
    first = [await created(shop, alice) for _ in range(MAX_API_KEYS - 2)]

    responses = await asyncio.gather(*[create(shop, alice) for _ in range(8)])

    assert sorted(each.status_code for each in responses) == [201] * 2 + [409] * 6
    assert {each.json()["limit"] for each in responses if each.status_code == 409} == {MAX_API_KEYS}
    await shop.api.as_(alice).call("revokeCredential", credential_id=first[0]["id"])
    assert (await create(shop, alice)).status_code == 201


async def test_a_retry_gets_the_secret_again_and_the_database_has_it_only_encrypted(shop: Running) -> None:
    alice = await shop.world.user()

    first, second = [await create(shop, alice, idempotency_key="once") for _ in range(2)]

    assert (second.content, second.headers["idempotency-replayed"]) == (first.content, "true")
    body = await shop.world.database.read().one(stored_body)
    assert b"syk_" not in body
    assert b"Stock robot" not in body
    assert len(await listed(shop, alice)) == 2


async def test_the_list_has_the_active_credentials_of_the_caller_newest_first(shop: Running) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    phone, _ = await shop.world.login(alice)
    key = await created(shop, alice)
    await created(shop, bob)
    lost, _ = await shop.world.login(alice)
    await shop.api.as_(alice).call("revokeCredential", credential_id=lost)

    items = await listed(shop, alice)

    assert [(each["id"], each["kind"], each["current"]) for each in items] == [
        (key["id"], "api_key", False),
        (phone, "session", False),
        (alice.credential_id, "session", True),
    ]
    assert items[0] == {name: value for name, value in key.items() if name != "secret"}


async def test_a_key_sees_itself_as_the_current_credential(shop: Running) -> None:
    key = await created(shop, await shop.world.user(), ["account:read"])

    assert [each["id"] for each in await listed(shop, key["secret"]) if each["current"]] == [key["id"]]


async def test_the_last_use_of_a_key_is_written_once_a_minute_for_all_its_requests(shop: Running) -> None:
    alice = await shop.world.user()
    key, unused = await created(shop, alice, ["account:read"]), await created(shop, alice)
    for _ in range(3):
        await shop.api.as_(key["secret"]).call("getCurrentUser")
    assert key["last_used_at"] is None

    await record_uses(shop.world.database, shop.app.shared(ApiKeys))

    uses = {each["id"]: each["last_used_at"] for each in await listed(shop, alice)}
    assert uses[key["id"]] is not None
    assert (uses[unused["id"]], uses[alice.credential_id]) == (None, None)
    assert shop.app.shared(ApiKeys).take_used() == []


async def test_a_key_has_events_when_it_is_made_and_revoked(shop: Running) -> None:
    alice = await shop.world.user()
    key = await created(shop, alice)
    await shop.api.as_(alice).call("revokeCredential", credential_id=key["id"])

    events = await shop.world.database.read().all(list_logged_events)

    assert [(event.type, event.data) for event in events] == [
        (kind, {"credential_id": key["id"], "kind": "api_key"}) for kind in ("credential.created", "credential.revoked")
    ]


async def test_a_key_is_counted_by_itself_once_it_is_known(shop: Running) -> None:
    """The first request of a key in a process is counted for its address: only the database can say that it is a key."""
    keys = shop.app.shared(ApiKeys)
    key = await created(shop, await shop.world.user(), ["account:read"])

    before = keys.verify(key["secret"].encode())
    await shop.api.as_(key["secret"]).call("getCurrentUser")
    after = keys.verify(key["secret"].encode())

    assert (before.credential_id, after.credential_id) == (None, key["id"])
