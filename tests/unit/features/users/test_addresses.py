"""Addresses, over HTTP."""

import asyncio
from typing import Any

import pytest

from tests.kit.servers.running import Running

DRAFT = {"label": "Home", "street": "12 Harbour Road", "city": "Portland", "country": "US", "zip_code": "97201", "is_default": False}
PATH = "/users/me/addresses"


async def _mine(shop: Running, who: Any) -> tuple[int, list[dict[str, Any]]]:
    me = (await shop.api.as_(who).get("/users/me")).json()
    return me["version"], me["addresses"]


async def test_the_account_shows_new_addresses_oldest_first(shop: Running) -> None:
    alice = await shop.world.user()
    first = await shop.api.as_(alice).post(PATH, json=DRAFT)
    second = await shop.api.as_(alice).post(PATH, json={"street": "Rue 1", "city": "Paris", "country": "FR", "zip_code": "75001"})

    version, addresses = await _mine(shop, alice)

    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    assert addresses == [first.json(), second.json()]
    assert (second.json()["label"], second.json()["is_default"]) == (None, False)
    assert version == 3


async def test_a_new_default_replaces_the_old_one(shop: Running) -> None:
    alice = await shop.world.user()
    api = shop.api.as_(alice)
    first = (await api.post(PATH, json=DRAFT | {"is_default": True})).json()
    second = (await api.post(PATH, json=DRAFT | {"is_default": True})).json()
    assert [(each["is_default"], each["version"]) for each in (await _mine(shop, alice))[1]] == [(False, 2), (True, 1)]

    await api.put(f"{PATH}/{first['id']}", json=DRAFT | {"is_default": True})

    assert [(each["id"], each["is_default"]) for each in (await _mine(shop, alice))[1]] == [(first["id"], True), (second["id"], False)]


async def test_many_defaults_at_once_leave_one(shop: Running) -> None:
    alice = await shop.world.user()

    responses = await asyncio.gather(*[shop.api.as_(alice).post(PATH, json=DRAFT | {"is_default": True}) for _ in range(6)])

    assert {response.status_code for response in responses} == {201}
    assert sum(each["is_default"] for each in (await _mine(shop, alice))[1]) == 1


async def test_there_are_at_most_twenty(shop: Running) -> None:
    alice = await shop.world.user()
    for _ in range(18):
        await shop.world.address(alice)

    responses = await asyncio.gather(*[shop.api.as_(alice).post(PATH, json=DRAFT) for _ in range(5)])

    assert sorted(response.status_code for response in responses) == [201, 201, 409, 409, 409]
    assert next(response.json()["limit"] for response in responses if response.status_code == 409) == 20
    assert len((await _mine(shop, alice))[1]) == 20


async def test_the_same_key_adds_one_address(shop: Running) -> None:
    alice = await shop.world.user()

    responses = [await shop.api.as_(alice).post(PATH, json=DRAFT, headers={"Idempotency-Key": "one"}) for _ in range(3)]

    assert len({response.text for response in responses}) == 1
    assert len((await _mine(shop, alice))[1]) == 1


async def test_an_address_is_replaced_and_missing_members_get_their_defaults(shop: Running) -> None:
    alice = await shop.world.user()
    api = shop.api.as_(alice)
    made = (await api.post(PATH, json=DRAFT | {"is_default": True})).json()

    changed = await api.put(f"{PATH}/{made['id']}", json={"street": "Other", "city": "Portland", "zip_code": "97201-1234"})

    assert changed.headers["etag"] == '"2"'
    assert changed.json() == made | {
        "label": None,
        "street": "Other",
        "zip_code": "97201-1234",
        "is_default": False,
        "version": 2,
        "updated_at": changed.json()["updated_at"],
    }
    assert (await _mine(shop, alice))[1] == [changed.json()]


async def test_an_equal_address_changes_nothing(shop: Running) -> None:
    alice = await shop.world.user()
    made = (await shop.api.as_(alice).post(PATH, json=DRAFT)).json()

    same = await shop.api.as_(alice).put(f"{PATH}/{made['id']}", json=DRAFT)

    assert same.json() == made
    assert (await _mine(shop, alice))[0] == 2


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_stale_version_changes_nothing(shop: Running, method: str) -> None:
    alice = await shop.world.user()
    made = (await shop.api.as_(alice).post(PATH, json=DRAFT)).json()
    body: dict[str, Any] = {"json": DRAFT | {"label": "Other"}} if method == "PUT" else {}

    refused = await shop.api.as_(alice).request(method, f"{PATH}/{made['id']}", headers={"If-Match": '"2"'}, **body)
    assert (refused.status_code, refused.json()["current_version"]) == (412, 1)
    assert (await _mine(shop, alice))[1] == [made]

    done = await shop.api.as_(alice).request(method, f"{PATH}/{made['id']}", headers={"If-Match": '"1"'}, **body)
    assert done.is_success


async def test_a_deleted_address_is_gone_even_if_it_was_the_default(shop: Running) -> None:
    alice = await shop.world.user()
    made = (await shop.api.as_(alice).post(PATH, json=DRAFT | {"is_default": True})).json()

    removed = await shop.api.as_(alice).delete(f"{PATH}/{made['id']}")
    again = await shop.api.as_(alice).delete(f"{PATH}/{made['id']}")

    assert (removed.status_code, again.status_code) == (204, 404)
    assert await _mine(shop, alice) == (3, [])


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_the_address_of_another_user_is_not_found_like_an_unknown_one(shop: Running, method: str) -> None:
    alice, bob, admin = await shop.world.user(), await shop.world.user(), await shop.world.user("admin")
    theirs = await shop.world.address(bob)
    body: dict[str, Any] = {"json": DRAFT} if method == "PUT" else {}

    for who in (alice, admin):
        foreign, missing = [await shop.api.as_(who).request(method, f"{PATH}/{address_id}", **body) for address_id in (theirs, 999)]
        assert (foreign.status_code, foreign.json()["detail"]) == (404, "Address not found")
        assert {**foreign.json(), "instance": ""} == {**missing.json(), "instance": ""}
    assert len((await _mine(shop, bob))[1]) == 1


@pytest.mark.parametrize(
    ("country", "zip_code", "status"),
    [
        ("US", "97201", 201),
        ("US", "97201-1234", 201),
        ("US", "9720", 422),
        ("US", "\u0669\u0667\u0662\u0660\u0661", 422),
        ("GB", "SW1A 1AA", 201),
        ("GB", "X", 422),
    ],
)
async def test_the_zip_code_fits_the_country(shop: Running, country: str, zip_code: str, status: int) -> None:
    alice = await shop.world.user()

    response = await shop.api.as_(alice).post(PATH, json=DRAFT | {"country": country, "zip_code": zip_code})

    assert response.status_code == status
