"""updateUser, over HTTP."""

import pytest

from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.market import list_logged_events


async def _types(shop: Running) -> list[str]:
    return [event.type for event in await shop.world.database.read().all(list_logged_events)]


async def test_a_profile_is_replaced_and_missing_members_are_cleared(shop: Running) -> None:
    alice = await shop.world.user()
    api = shop.api.as_(alice)
    await api.put(f"/users/{alice.id}", json={"name": "Alice", "email": alice.email, "age": 34, "bio": "Lamps."})

    changed = await api.put(f"/users/{alice.id}", json={"name": "Alice Smith", "email": "smith@example.com"})

    user = changed.json()
    assert (user["name"], user["email"], user["age"], user["bio"], user["version"]) == ("Alice Smith", "smith@example.com", None, None, 3)
    assert changed.headers["etag"] == '"3o"'
    assert (await api.get("/users/me")).json() == user
    event = (await shop.world.database.read().all(list_logged_events))[-1]
    assert (event.type, event.data) == ("user.updated", {"user_id": alice.id, "changed": ["name", "email", "age", "bio"]})


async def test_an_equal_profile_changes_nothing(shop: Running) -> None:
    alice = await shop.world.user()

    same = await shop.api.as_(alice).put(f"/users/{alice.id}", json={"name": alice.name, "email": alice.email})

    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert await _types(shop) == []


async def test_the_email_of_another_user_is_rejected(shop: Running) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()

    taken = await shop.api.as_(alice).put(f"/users/{alice.id}", json={"name": "Alice", "email": bob.email.upper()})
    own = await shop.api.as_(alice).put(f"/users/{alice.id}", json={"name": "Alice", "email": alice.email.upper()})

    assert (taken.status_code, taken.json()["detail"]) == (400, "Email already registered")
    assert (own.status_code, own.json()["email"]) == (200, alice.email.upper())


async def test_a_refreshed_token_does_not_make_a_login_fresh_enough_for_another_email_address(shop: Running) -> None:
    alice = await shop.world.user()
    login = {"username": alice.email, "password": PASSWORD}
    old = (await shop.api.call("issueToken", login)).json()
    body = {"name": alice.name, "email": "other@example.com"}
    shop.world.clock.advance(hours=1, seconds=1)
    refreshed = (await shop.api.call("issueToken", {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]})).json()
    fresh = (await shop.api.call("issueToken", login)).json()
    jobs = len(await shop.world.market.jobs())

    refused = await shop.api.as_(refreshed["access_token"]).put(f"/users/{alice.id}", json=body)
    assert (refused.status_code, refused.json()["type"], refused.json()["max_age"]) == (403, "/problems/fresh-login-required", 3600)
    assert len(await shop.world.market.jobs()) == jobs

    changed = await shop.api.as_(fresh["access_token"]).put(f"/users/{alice.id}", json=body)
    assert (changed.status_code, changed.json()["email"]) == (200, "other@example.com")


async def test_changing_to_an_address_and_back_sends_few_mails(shop: Running) -> None:
    mallory = await shop.world.user()

    for _ in range(5):
        for email in ("stranger@example.com", mallory.email):
            changed = await shop.api.as_(mallory).put(f"/users/{mallory.id}", json={"name": "Mallory", "email": email})
            assert changed.status_code == 200

    addresses = [job.payload["email"] for job in await shop.world.market.jobs() if job.kind == "mail.email_changed"]
    assert addresses.count("stranger@example.com") == addresses.count(mallory.email) == 3


async def test_only_admins_change_the_accounts_of_others(shop: Running) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    support, admin = await shop.world.user("support"), await shop.world.user("admin")
    body = {"name": "Changed", "email": alice.email}
    path = f"/users/{alice.id}"

    by_bob, by_support, by_admin = [await shop.api.as_(who).put(path, json=body) for who in (bob, support, admin)]
    unknown = await shop.api.as_(bob).put("/users/999", json=body)

    assert [(each.status_code, each.json()["detail"]) for each in (by_bob, by_support)] == [(403, "Admin required")] * 2
    assert (by_admin.status_code, by_admin.json()["name"]) == (200, "Changed")
    assert unknown.status_code == 404


async def test_the_scopes_for_other_accounts_and_for_the_own_account_are_separate(shop: Running) -> None:
    admin, alice = await shop.world.user("admin"), await shop.world.user()
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
    alice = await shop.world.user()
    body = {"name": "Changed", "email": alice.email}

    response = await shop.api.as_(alice).put(f"/users/{alice.id}", json=body, headers={"If-Match": if_match})

    assert response.status_code == status
    if status == 412:
        assert response.json()["current_version"] == 1
        assert (await shop.api.as_(alice).get("/users/me")).json()["name"] == alice.name
