"""Logins, links and removals at once: who comes later sees all that the earlier one did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from sqlalchemy import func, select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.identities.linking import find_or_open_account, link
from steelyard.features.users.service import open_account
from steelyard.security.identity_providers import connection
from steelyard.security.identity_providers.provider import ProvenIdentity
from steelyard.tables.identities import login_codes
from tests.kit.clients.third_party_login import (
    Browser,
    begin_link,
    code_of_link,
    finish_link,
    login_settings,
    query_of,
    returned,
)
from tests.kit.servers.held_users import Send, close_and_count_deadlocks, send_while_held, until_waiting
from tests.kit.servers.identity_providers import StubProvider
from tests.kit.servers.running import Running, running
from tests.kit.world.clock import Clock
from tests.kit.world.logins import identity_of
from tests.kit.world.world import User

count_codes = statement(select(func.count()).select_from(login_codes), int)


@pytest.fixture
async def on_postgres(postgres: Database, clock: Clock, stub: StubProvider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr(connection, "DEADLINE_S", 60)
    async with running(postgres, clock, **login_settings(stub.settings())) as opened:
        yield opened
    assert await close_and_count_deadlocks(postgres) == 0


async def begun(shop: Running, stub: StubProvider) -> Send:
    """The return from the provider in a login that has begun."""
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="stub")).headers["location"])
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))
    return lambda: browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")


async def logged_in(shop: Running, back: httpx.Response) -> int | None:
    """The user whom this return from the provider logs in."""
    code = query_of(back.headers["location"]).get("code")
    response = None if code is None else await Browser(shop.api).exchange(code)
    if response is None or response.status_code != 200:
        return None
    return int((await shop.api.as_(response.json()["access_token"]).get("/users/me")).json()["id"])


async def removal(shop: Running, user: User, identity_id: int) -> Send:
    return lambda: shop.api.as_(user).call("deleteIdentity", identity_id=identity_id)


async def reset(shop: Running, user: User, _identity_id: int) -> Send:
    body = {"token": await shop.world.mail_token_of(user, "reset"), "new_password": "staple that new battery"}
    return lambda: shop.api.call("confirmPasswordReset", body)


async def leaving(shop: Running, user: User, _identity_id: int) -> Send:
    return lambda: shop.api.as_(user).delete(f"/users/{user.id}")


@pytest.mark.parametrize("removing", [removal, reset, leaving])
@pytest.mark.parametrize("is_removed_first", [True, False])
async def test_no_login_with_an_identity_outlives_its_removal(
    on_postgres: Running,
    stub: StubProvider,
    removing: Callable[[Running, User, int], Awaitable[Send]],
    is_removed_first: bool,
) -> None:
    shop = on_postgres
    alice = await shop.world.user()
    linked = await finish_link(shop, alice, await code_of_link(shop, stub, alice))
    remove, log_in = await removing(shop, alice, linked.json()["id"]), await begun(shop, stub)

    requests = (remove, log_in) if is_removed_first else (log_in, remove)
    responses = dict(zip(requests, await send_while_held(shop.world.database, alice.id, *requests), strict=True))

    assert responses[remove].status_code == 204
    assert await logged_in(shop, responses[log_in]) != alice.id


async def test_a_link_of_a_user_who_leaves_meanwhile_leaves_no_code(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user()
    browser = Browser(shop.api)
    address = (await begin_link(shop, alice)).json()["authorization_url"]
    sent = query_of((await browser.get(address)).headers["location"])
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))
    tokens, loop = stub.pages["/token"], asyncio.get_running_loop()

    def leave(_: object) -> tuple[int, object]:
        asyncio.run_coroutine_threadsafe(shop.api.as_(alice).delete(f"/users/{alice.id}"), loop).result(10)
        return 200, tokens

    stub.pages["/token"] = leave

    response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")

    assert (response.status_code, response.json()["type"]) == (400, "/problems/login-expired")
    assert await shop.world.database.read().scalar(count_codes) == 0


async def test_a_first_login_finds_the_identity_that_a_link_is_about_to_bring(on_postgres: Running, stub: StubProvider) -> None:
    shop = on_postgres
    alice = await shop.world.user()
    log_in = await begun(shop, stub)
    async with shop.world.database.transaction() as tx:
        await link(tx, stub.issuer, "4711", None, user_id=alice.id, provider_id="stub")
        logging_in = asyncio.ensure_future(log_in())
        await until_waiting(shop.world.database)

    assert await logged_in(shop, await logging_in) == alice.id


async def test_a_link_finds_the_identity_that_a_first_login_is_about_to_bring(on_postgres: Running, stub: StubProvider) -> None:
    shop = on_postgres
    alice = await shop.world.user()
    code = await code_of_link(shop, stub, alice)
    proven = ProvenIdentity(stub.issuer, "4711", "carol@example.com", True, "Carol", shop.clock.now)
    async with shop.world.database.transaction() as tx:
        await find_or_open_account(tx, proven, provider_id="stub", open_account=open_account)
        linking = asyncio.ensure_future(finish_link(shop, alice, code))
        await until_waiting(shop.world.database)

    assert (await linking).json()["type"] == "/problems/identity-taken"


async def test_two_users_cannot_link_one_identity_at_once(shop: Running, stub: StubProvider) -> None:
    users = [await shop.world.user() for _ in range(2)]
    codes = [await code_of_link(shop, stub, user) for user in users]

    responses = await asyncio.gather(*[finish_link(shop, user, code) for user, code in zip(users, codes, strict=True)])

    assert sorted(response.status_code for response in responses) == [201, 409]
    assert "/problems/identity-taken" in [response.json().get("type") for response in responses]


async def test_two_links_at_once_do_not_exceed_the_limit(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user()
    for _ in range(4):
        await identity_of(shop.world.database, alice.id)
    codes = [await code_of_link(shop, stub, alice, sub=f"sub{number}") for number in range(2)]

    responses = await asyncio.gather(*[finish_link(shop, alice, code) for code in codes])

    assert sorted(response.status_code for response in responses) == [201, 409]
    assert "/problems/limit-reached" in [response.json().get("type") for response in responses]


async def test_two_removals_at_once_leave_one_way_to_log_in(shop: Running, stub: StubProvider) -> None:
    """The account has no password."""
    login = (await returned(shop, stub, auth_time=int(shop.clock.now.timestamp())))["code"]
    token = (await Browser(shop.api).exchange(login)).json()["access_token"]
    api = shop.api.as_(token)
    user = (await api.get("/users/me")).json()
    await identity_of(shop.world.database, user["id"])
    identities = [each["id"] for each in (await api.call("listIdentities")).json()["items"]]

    responses = await asyncio.gather(*[api.call("deleteIdentity", identity_id=each) for each in identities])

    assert sorted(response.status_code for response in responses) == [204, 409]


async def test_a_login_that_waits_for_its_exchange_ends_with_its_identity(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user()
    linked = await finish_link(shop, alice, await code_of_link(shop, stub, alice))
    code = (await returned(shop, stub))["code"]

    assert (await shop.api.as_(alice).call("deleteIdentity", identity_id=linked.json()["id"])).status_code == 204

    assert (await Browser(shop.api).exchange(code)).json()["error"] == "invalid_grant"
