"""Tokens and sessions over HTTP: each exchange is checked against the contract."""

import asyncio
from datetime import timedelta

import bcrypt
import pytest
from sqlalchemy import bindparam, update

from steelyard.db.statements import statement
from steelyard.tables.users import users
from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD

set_hash = statement(update(users).where(users.c.id == bindparam("user_id")).values(hashed_password=bindparam("new_hash")))


async def test_a_form_gets_a_token_that_authenticates(shop: Running) -> None:
    alice = await shop.world.user()

    response = await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD})

    token = response.json()
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert (token["token_type"], token["expires_in"]) == ("bearer", 1800)
    assert token["refresh_token"].startswith("syr_")
    assert (await shop.api.as_(token["access_token"]).get("/users/me")).json()["id"] == alice.id


async def test_concurrent_logins_that_replace_an_old_hash_all_succeed(shop: Running) -> None:
    alice = await shop.world.user()
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    async with shop.world.database.transaction() as tx:
        await tx.run(set_hash, user_id=alice.id, new_hash=old)
    login = {"username": alice.email, "password": PASSWORD}

    responses = await asyncio.gather(*[shop.api.call("issueToken", login) for _ in range(4)])

    assert [each.status_code for each in responses] == [200] * 4


async def test_further_fields_of_swagger_ui_are_accepted_and_ignored(shop: Running) -> None:
    alice = await shop.world.user()
    form = {"grant_type": "password", "username": alice.email, "password": PASSWORD, "scope": "", "client_id": "ui", "client_secret": ""}

    assert (await shop.api.call("issueToken", form)).status_code == 200


async def test_unknown_users_and_wrong_passwords_get_the_same_bytes(shop: Running) -> None:
    alice = await shop.world.user()
    once = [await shop.api.call("issueToken", {"username": name, "password": "wrong"}) for name in (alice.email, "unknown@example.com")]

    # Only what names the exchange itself may differ.
    edge = {"x-request-id", "x-response-time"}
    bodies = [{**each.json(), "instance": ""} for each in once]
    headers = [{name: value for name, value in each.headers.items() if name not in edge} for each in once]

    assert bodies[0] == bodies[1]
    assert headers[0] == headers[1]
    assert (bodies[0]["detail"], bodies[0]["error"]) == ("Incorrect username or password", "invalid_grant")
    assert once[0].headers["www-authenticate"] == "Bearer"


async def test_a_failed_login_is_counted_although_its_request_fails(shop: Running) -> None:
    alice = await shop.world.user()
    for _ in range(10):
        wrong = await shop.api.call("issueToken", {"username": alice.email, "password": "wrong"})
        assert wrong.status_code == 401

    refused = await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD})

    assert (refused.status_code, refused.json()["policy"], refused.headers["retry-after"]) == (429, "login", "300")
    assert (await shop.api.as_(alice).get("/users/me")).status_code == 200
    shop.clock.advance(seconds=300)
    assert (await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD})).status_code == 200


async def test_addresses_of_one_ipv6_customer_count_together(shop: Running) -> None:
    alice = await shop.world.user()
    for number in range(10):
        api = shop.api.from_(f"2001:db8:1:2::{number}")
        await api.call("issueToken", {"username": f"user{number}@example.com", "password": "wrong"})

    same, other = [
        await shop.api.from_(address).call("issueToken", {"username": alice.email, "password": PASSWORD})
        for address in ("2001:db8:1:2:ffff::1", "2001:db8:1:3::1")
    ]

    assert (same.status_code, other.status_code) == (429, 200)


async def test_a_refresh_token_works_once_and_its_second_use_revokes_the_session(shop: Running) -> None:
    alice = await shop.world.user()
    first = (await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD})).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = await shop.api.call("issueToken", form)
    reused = await shop.api.call("issueToken", form)
    after = await shop.api.call("issueToken", form | {"refresh_token": second.json()["refresh_token"]})

    assert (second.status_code, second.json()["session_id"]) == (200, first["session_id"])
    assert (reused.status_code, reused.json()["type"]) == (401, "/problems/refresh-token-reused")
    assert (after.status_code, after.json()["type"]) == (401, "/problems/invalid-refresh-token")
    assert (await shop.api.as_(second.json()["access_token"]).get("/users/me")).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"username": "alice@example.com"},
        {"password": PASSWORD},
        {"grant_type": "refresh_token", "username": "alice@example.com", "password": PASSWORD},
        {"grant_type": "refresh_token", "refresh_token": "syr_short"},
        {"grant_type": "client_credentials", "username": "alice@example.com", "password": PASSWORD},
    ],
)
async def test_an_invalid_form_is_rejected_and_not_quoted(shop: Running, form: dict[str, str]) -> None:
    refused = await shop.api.call("issueToken", form)

    assert refused.status_code == 422
    assert PASSWORD not in refused.text


async def test_logging_out_ends_the_session_at_once(shop: Running) -> None:
    alice = await shop.world.user()
    token = (await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD})).json()
    api = shop.api.as_(token["access_token"])
    await api.get("/users/me")

    assert (await api.delete("/credentials/current")).status_code == 204

    assert (await api.get("/users/me")).status_code == 401
    assert (await api.delete("/credentials/current")).status_code == 401
    renewed = await shop.api.call("issueToken", {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]})
    assert renewed.status_code == 401
    assert (await shop.api.as_(alice).get("/users/me")).status_code == 200


async def test_the_session_of_another_user_is_not_found_like_an_unknown_one(shop: Running) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    phone, _ = await shop.world.login(alice)

    own, again, foreign, missing = [
        await shop.api.as_(alice).delete(f"/credentials/{credential_id}") for credential_id in (phone, phone, bob.credential_id, 999)
    ]

    assert own.status_code == 204
    assert {(each.status_code, each.json()["detail"]) for each in (again, foreign, missing)} == {(404, "Credential not found")}
    assert (await shop.api.as_(bob).get("/users/me")).status_code == 200


async def test_an_api_key_revokes_itself_and_nothing_else(shop: Running) -> None:
    key = await shop.world.user(kind="api_key")
    other, _ = await shop.world.login(key)

    refused = await shop.api.as_(key).delete(f"/credentials/{other}")
    own = await shop.api.as_(key).delete("/credentials/current")

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/session-required")
    assert own.status_code == 204
    assert (await shop.api.as_(key).get("/users/me")).status_code == 401


async def test_a_token_expires_to_the_second(shop: Running) -> None:
    alice = await shop.world.user()
    token = (await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD})).json()["access_token"]
    shop.clock.now += timedelta(seconds=1799)
    assert (await shop.api.as_(token).get("/users/me")).status_code == 200

    shop.clock.now += timedelta(seconds=1)

    refused = await shop.api.as_(token).get("/users/me")
    assert (refused.status_code, refused.json()["detail"]) == (401, "Could not validate credentials")
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_scopes_that_the_role_lacks_are_not_granted_and_a_token_without_scopes_still_authenticates(shop: Running) -> None:
    alice = await shop.world.user()

    response = await shop.api.call("issueToken", {"username": alice.email, "password": PASSWORD, "scope": "users:write promotions:manage"})

    assert (response.status_code, response.json()["scope"]) == (200, "")
    refused = await shop.api.as_(response.json()["access_token"]).get("/users/me")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/insufficient-scope")
