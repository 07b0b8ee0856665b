"""Which account a login with a third party leads to."""

import asyncio
from typing import Any

import pytest

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.features.identities.linking import Denied, find_or_open_account
from steelyard.features.users.service import open_account
from steelyard.security.identity_providers.provider import ProvenIdentity
from tests.kit.clients.third_party_login import Browser, query_of, returned, user_of
from tests.kit.servers.identity_providers import StubProvider
from tests.kit.servers.running import Running
from tests.kit.world.clock import Clock


async def test_a_verified_address_opens_an_account_that_later_logins_find(shop: Running, stub: StubProvider) -> None:
    first = await user_of(shop, (await returned(shop, stub))["code"])
    # Provider and number decide, not the address.
    again = await user_of(shop, (await returned(shop, stub, email="other@example.com", email_verified=False))["code"])

    assert (first["email"], first["name"]) == ("carol@example.com", "Carol Stone")
    assert again["id"] == first["id"]


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}, {"email": None}, {"email": "no"}]
)
async def test_an_unverified_address_opens_none(claims: dict[str, Any], shop: Running, stub: StubProvider) -> None:
    result = await returned(shop, stub, **claims)

    assert (result["error"], result["error_description"]) == ("access_denied", "The provider has not verified your e-mail address")


async def test_an_identity_is_never_attached_to_the_account_of_its_address(shop: Running, stub: StubProvider) -> None:
    await shop.world.user(email="Carol@Example.com")

    result = await returned(shop, stub)

    assert result["error"] == "access_denied"
    assert "Log in with your password" in result["error_description"]


async def test_a_deactivated_account_cannot_log_in(shop: Running, stub: StubProvider) -> None:
    user = await user_of(shop, (await returned(shop, stub))["code"])
    admin = shop.api.as_(await shop.world.user("admin"))
    pending = (await returned(shop, stub))["code"]
    assert (await admin.put(f"/users/{user['id']}/access", json={"role": "user", "is_active": False})).status_code == 200

    assert (await returned(shop, stub))["error"] == "access_denied"
    assert (await Browser(shop.api).exchange(pending)).json()["type"] == "/problems/account-disabled"


async def test_two_first_logins_at_once_open_one_account(shop: Running, stub: StubProvider) -> None:
    browsers = [Browser(shop.api) for _ in range(2)]
    sent = [query_of((await browser.authorize(provider="stub")).headers["location"]) for browser in browsers]
    tokens = iter([stub.sign(stub.claims(each["nonce"], shop.clock.now)) for each in sent])
    by_verifier: dict[str, str] = {}

    def respond(form: Any) -> tuple[int, Any]:
        token = by_verifier.setdefault(form["code"], "")
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    by_verifier.update({f"code{number}": next(tokens) for number in range(2)})
    stub.pages["/token"] = respond

    responses = await asyncio.gather(
        *[browser.get(f"/login/stub/callback?code=code{number}&state={sent[number]['state']}") for number, browser in enumerate(browsers)]
    )
    users = [await user_of(shop, query_of(response.headers["location"])["code"]) for response in responses]

    assert users[0]["id"] == users[1]["id"]


async def test_a_first_login_between_two_reads_of_another_one_is_found(
    postgres: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven = ProvenIdentity("https://id.example", "carol", "carol@example.com", True, "Carol", clock.now)
    reads = {name: getattr(Transaction, name) for name in ("scalar", "first")}
    other: list[int | Denied] = []

    async def log_in() -> int | Denied:
        async with postgres.transaction() as tx:
            return await find_or_open_account(tx, proven, provider_id="id", open_account=open_account)

    async def after_one_read(tx: Transaction, name: str, *statement: Any, **arguments: Any) -> Any:
        row = await reads[name](tx, *statement, **arguments)
        monkeypatch.undo()
        other.append(await log_in())
        return row

    for name in reads:
        monkeypatch.setattr(
            Transaction, name, lambda tx, *statement, name=name, **arguments: after_one_read(tx, name, *statement, **arguments)
        )

    assert [await log_in()] == other
    assert isinstance(other[0], int)


async def test_github_logs_in_by_the_number_of_the_account(shop: Running, stub: StubProvider) -> None:
    stub.pages |= {
        "/login/oauth/access_token": {"access_token": "gho", "token_type": "bearer", "scope": "read:user"},
        "/api/v3/user": {"id": 583231, "login": "octocat", "name": None},
        "/api/v3/user/emails": [
            {"email": "old@example.com", "primary": False, "verified": True},
            {"email": "octocat@example.com", "primary": True, "verified": True},
        ],
    }
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="hub", prompt="login")).headers["location"])
    response = await browser.get(f"/login/hub/callback?code=abc&state={sent['state']}")
    token = (await browser.exchange(query_of(response.headers["location"])["code"])).json()["access_token"]

    user = (await shop.api.as_(token).get("/users/me")).json()
    assert (user["name"], user["email"]) == ("octocat", "octocat@example.com")
    # GitHub does not say when it has checked the user, so the login is never fresh.
    assert (await shop.api.as_(token).delete(f"/users/{user['id']}")).json()["type"] == "/problems/fresh-login-required"


async def test_github_reports_a_wrong_code_with_status_200(shop: Running, stub: StubProvider) -> None:
    stub.pages["/login/oauth/access_token"] = {"error": "bad_verification_code", "error_description": "The code is wrong."}
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="hub")).headers["location"])

    response = await browser.get(f"/login/hub/callback?code=abc&state={sent['state']}")

    assert query_of(response.headers["location"])["error"] == "access_denied"


async def test_staff_scopes_need_a_password_or_a_provider_for_staff(shop: Running, stub: StubProvider) -> None:
    user = await user_of(shop, (await returned(shop, stub))["code"])
    admin = shop.api.as_(await shop.world.user("admin"))
    await admin.put(f"/users/{user['id']}/access", json={"role": "admin", "is_active": True})

    token = (await Browser(shop.api).exchange((await returned(shop, stub))["code"])).json()

    assert "users:write" not in token["scope"].split()
