"""Logins and codes work once, for a short time, and for no one else."""

import asyncio

import pytest
from sqlalchemy import bindparam, func, select

from steelyard.db.statements import statement
from steelyard.features.identities.tasks import delete_expired
from steelyard.tables.identities import login_flows
from tests.kit.clients.third_party_login import Browser, query_of, returned
from tests.kit.servers.identity_providers import StubProvider
from tests.kit.servers.running import Running

count_flows = statement(select(func.count()).select_from(login_flows).where(login_flows.c.provider == bindparam("provider")), int)


@pytest.mark.promise("R25")
async def test_a_login_ends_only_in_the_browser_that_began_it(shop: Running, stub: StubProvider) -> None:
    attacker, victim = Browser(shop.api), Browser(shop.api)
    sent = query_of((await attacker.authorize(provider="stub")).headers["location"])
    await victim.authorize(provider="stub")
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))

    for browser in (victim, Browser(shop.api), attacker):
        response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")
        assert (response.status_code, response.json()["type"]) == (400, "/problems/login-expired")


async def test_a_login_expires_after_ten_minutes_and_is_deleted(shop: Running) -> None:
    browser = Browser(shop.api)
    sent = [query_of((await browser.authorize(provider="stub")).headers["location"]) for _ in range(2)]
    shop.clock.advance(minutes=11)

    late = await browser.get(f"/login/stub/callback?code=abc&state={sent[0]['state']}")

    assert late.status_code == 400
    async with shop.world.database.transaction() as tx:
        assert await delete_expired(tx) == 1
    assert await shop.world.database.read().scalar(count_flows, provider="stub") == 0


async def test_a_code_needs_its_client_its_address_and_its_verifier(shop: Running, stub: StubProvider) -> None:
    for changed in (
        {"code_verifier": "w" * 43},
        {"redirect_uri": "com.example.shop:/login"},
        {"client_id": "steelyard-cli"},
        {"client_id": "unknown"},
    ):
        code = (await returned(shop, stub))["code"]
        response = await Browser(shop.api).exchange(code, **changed)
        assert response.status_code == 400, changed
        assert response.json()["error"] == ("unauthorized_client" if "unknown" in changed.values() else "invalid_grant")
        if "unknown" not in changed.values():
            assert (await Browser(shop.api).exchange(code)).status_code == 400, "the code is used up"


async def test_a_code_expires_after_a_minute(shop: Running, stub: StubProvider) -> None:
    code = (await returned(shop, stub))["code"]
    shop.clock.advance(seconds=60)

    assert (await Browser(shop.api).exchange(code)).json()["error"] == "invalid_grant"


async def test_a_code_that_comes_twice_ends_the_session_of_the_first(shop: Running, stub: StubProvider) -> None:
    code = (await returned(shop, stub))["code"]
    first = (await Browser(shop.api).exchange(code)).json()

    second = await Browser(shop.api).exchange(code)

    assert (second.status_code, second.json()["type"]) == (400, "/problems/invalid-grant")
    assert (await shop.api.as_(first["access_token"]).get("/users/me")).status_code == 401


@pytest.mark.promise("R25")
async def test_of_many_exchanges_at_once_one_gets_a_token(shop: Running, stub: StubProvider) -> None:
    code = (await returned(shop, stub))["code"]

    responses = await asyncio.gather(*[Browser(shop.api).exchange(code) for _ in range(50)])

    assert sorted(response.status_code for response in responses) == [200, *[400] * 49]
