"""changePassword, over HTTP."""

import asyncio

from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.market import list_logged_events

NEW_PASSWORD = "staple that new battery"


async def _types(shop: Running) -> list[str]:
    return [event.type for event in await shop.world.database.read().all(list_logged_events)]


async def test_a_new_password_ends_every_other_session_and_leaves_this_one(shop: Running) -> None:
    alice = await shop.world.user()
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
    alice = await shop.world.user()
    api = shop.api.as_(alice)

    wrong = [await api.put("/users/me/password", json={"current_password": "wrong", "new_password": NEW_PASSWORD}) for _ in range(10)]
    right = await api.put("/users/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    login = await shop.api.from_("192.0.2.1").call("issueToken", {"username": alice.email, "password": PASSWORD})

    assert {(each.status_code, each.json()["type"]) for each in wrong} == {(400, "/problems/password-incorrect")}
    assert (right.status_code, right.json()["policy"]) == (429, "login")
    assert login.status_code == 429
    assert await _types(shop) == ["auth.login_blocked"]


async def test_a_new_password_may_be_neither_common_nor_the_name_of_the_user(shop: Running) -> None:
    alice = await shop.world.user()

    refused = await shop.api.as_(alice).put("/users/me/password", json={"current_password": PASSWORD, "new_password": "Alice Johnson"})

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["type"], error["pointer"]) == (422, "password_too_common", "/new_password")


async def test_if_two_requests_change_one_password_one_succeeds(shop: Running) -> None:
    alice = await shop.world.user()
    bodies = [{"current_password": PASSWORD, "new_password": f"{NEW_PASSWORD} {number}"} for number in range(2)]

    responses = await asyncio.gather(*[shop.api.as_(alice).put("/users/me/password", json=body) for body in bodies])

    assert sorted(response.status_code for response in responses) == [204, 400]


async def test_an_api_key_does_not_change_the_password(shop: Running) -> None:
    key = await shop.world.user(kind="api_key")

    refused = await shop.api.as_(key).put("/users/me/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/session-required")
