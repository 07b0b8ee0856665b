"""getUser and getCurrentUser, over HTTP."""

from tests.kit.servers.running import Running
from tests.kit.servers.statements import count_statements


async def test_strangers_see_the_public_profile_and_the_user_and_staff_the_whole_account(shop: Running) -> None:
    alice, bob, support = await shop.world.user(), await shop.world.user(), await shop.world.user("support")
    path = f"/users/{alice.id}"

    seen = {
        who: await shop.api.as_(token).get(path)
        for who, token in {"anonymous": None, "bob": bob, "alice": alice, "support": support}.items()
    }

    assert {who: response.json()["view"] for who, response in seen.items()} == {
        "anonymous": "public",
        "bob": "public",
        "alice": "full",
        "support": "full",
    }
    assert seen["anonymous"].json().keys() == {"view", "id", "name", "bio", "is_active", "created_at", "version"}
    assert (seen["anonymous"].headers["etag"], seen["alice"].headers["etag"]) == ('"1"', '"1o"')
    assert alice.email not in seen["bob"].text


async def test_a_token_without_the_scope_shows_the_public_profile(shop: Running) -> None:
    alice = await shop.world.user(scopes=["orders:read"])
    support = await shop.world.user("support", scopes=["account:read"])

    assert (await shop.api.as_(alice).get(f"/users/{alice.id}")).json()["view"] == "public"
    assert (await shop.api.as_(support).get(f"/users/{alice.id}")).json()["view"] == "public"


async def test_an_unknown_id_is_not_found(shop: Running) -> None:
    missing = await shop.api.get("/users/999")

    assert (missing.status_code, missing.json()["detail"]) == (404, "User not found")


async def test_reading_an_account_costs_one_statement_and_one_for_a_cold_standing(shop: Running) -> None:
    alice = await shop.world.user()
    await shop.world.address(alice)
    api = shop.api.as_(alice)

    with count_statements() as cold:
        await api.get("/users/me")
    with count_statements() as warm:
        await api.get(f"/users/{alice.id}")

    assert len(cold) == 2, cold
    assert len(warm) == 1, warm


async def test_an_account_that_is_unchanged_is_not_sent_again(shop: Running) -> None:
    alice = await shop.world.user()
    tag = (await shop.api.as_(alice).get("/users/me")).headers["etag"]

    assert (await shop.api.as_(alice).get("/users/me", headers={"If-None-Match": tag})).status_code == 304
    assert (await shop.api.get(f"/users/{alice.id}", headers={"If-None-Match": tag})).status_code == 200
