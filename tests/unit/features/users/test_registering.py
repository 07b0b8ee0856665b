"""Registering, over HTTP: each exchange is checked against the contract."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from steelyard.db.statements import statement
from steelyard.tables.users import users
from tests.kit.servers.running import Running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.market import list_logged_events, list_outbox

ALICE = {"name": "Alice Johnson", "email": "alice@example.com", "password": PASSWORD}

_stored = statement(select(users.c.hashed_password), str)


def address(**more: Any) -> dict[str, Any]:
    return {"street": "12 Harbour Road", "city": "Portland", "zip_code": "97201", **more}


async def test_a_new_account_is_shown_in_full_without_its_password(shop: Running) -> None:
    made = await shop.api.post("/users", json=ALICE | {"age": 34, "addresses": [address(label="Home", is_default=True)]})

    user = made.json()
    assert made.status_code == 201
    assert (made.headers["location"], made.headers["etag"]) == (f"/users/{user['id']}", '"1o"')
    assert (user["name"], user["email"], user["age"], user["bio"]) == ("Alice Johnson", "alice@example.com", 34, None)
    assert (user["role"], user["is_active"], user["email_verified"], user["version"]) == ("user", True, False, 1)
    assert [(each["label"], each["country"], each["is_default"]) for each in user["addresses"]] == [("Home", "US", True)]
    assert PASSWORD not in made.text


async def test_the_password_is_stored_as_a_hash(shop: Running) -> None:
    await shop.api.post("/users", json=ALICE)

    (stored,) = await shop.world.database.read().all(_stored)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_new_account_has_an_event_and_a_job_for_the_welcome_mail(shop: Running) -> None:
    user = (await shop.api.post("/users", json=ALICE)).json()

    db = shop.world.database.read()
    (event,) = await db.all(list_logged_events)
    (job,) = await db.all(list_outbox)

    assert (event.type, event.actor_id, event.subject_id, event.audience) == ("user.created", user["id"], user["id"], [user["id"]])
    assert event.data == {"user_id": user["id"], "role": "user", "is_active": True}
    assert (job.kind, job.payload) == ("mail.welcome", {"user_id": user["id"]})


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@Example.com"])
async def test_an_address_is_registered_once_in_whatever_case(shop: Running, email: str) -> None:
    await shop.api.post("/users", json=ALICE)

    again = await shop.api.post("/users", json=ALICE | {"email": email})

    assert (again.status_code, again.json()["detail"]) == (400, "Email already registered")
    assert len(await shop.world.database.read().all(list_logged_events)) == 1


async def test_if_many_register_one_email_at_once_one_succeeds(shop: Running) -> None:
    responses = await asyncio.gather(*[shop.api.post("/users", json=ALICE) for _ in range(8)])

    assert sorted(response.status_code for response in responses) == [201, *[400] * 7]


@pytest.mark.parametrize("password", ["Password1", "qwertyuiop", "ALICE johnson", "Alice@example.com"])
async def test_a_common_password_is_a_violation_of_its_member(shop: Running, password: str) -> None:
    refused = await shop.api.post("/users", json=ALICE | {"password": password})

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["type"], error["loc"], error["pointer"]) == (
        422,
        "password_too_common",
        ["body", "password"],
        "/password",
    )
    assert password not in refused.text


async def test_the_last_of_several_defaults_is_the_default(shop: Running) -> None:
    addresses = [address(is_default=True), address(street="Second", is_default=True), address(street="Third")]

    user = (await shop.api.post("/users", json=ALICE | {"addresses": addresses})).json()

    assert [each["is_default"] for each in user["addresses"]] == [False, True, False]


async def test_a_registered_user_can_log_in(shop: Running) -> None:
    user = (await shop.api.post("/users", json=ALICE)).json()
    token = (await shop.api.call("issueToken", {"username": "ALICE@example.com", "password": PASSWORD})).json()

    me = await shop.api.as_(token["access_token"]).get("/users/me")

    assert me.json() == user
    assert me.headers["etag"] == '"1o"'
