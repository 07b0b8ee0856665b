"""The whole login with third parties, at real OpenID providers."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from steelyard.db.database import Database
from steelyard.security.identity_providers import connection
from tests.kit.clients.third_party_login import PUBLIC_URL, REDIRECT_URI, Browser, login_settings, query_of
from tests.kit.servers.identity_providers import NanoIdp, nanoidp
from tests.kit.servers.running import Running, running
from tests.kit.world.clock import Clock


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NanoIdp, NanoIdp]]:
    folder = tmp_path_factory.mktemp("providers")
    with nanoidp(folder / "first", "first") as first, nanoidp(folder / "second", "second") as second:
        yield first, second


@pytest.fixture
async def shop(database: Database, providers: tuple[NanoIdp, NanoIdp], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    # A busy machine may take longer; other tests are about the deadline.
    monkeypatch.setattr(connection, "DEADLINE_S", 60)
    monkeypatch.setattr(connection, "STEP_TIMEOUT_S", 60)
    clock = Clock()
    clock.now = datetime.now(UTC)
    async with running(database, clock, **login_settings(*[each.settings for each in providers])) as opened:
        yield opened


async def test_a_new_user_gets_an_account_and_a_session(shop: Running, providers: tuple[NanoIdp, NanoIdp]) -> None:
    browser = Browser(shop.api)

    started = await browser.authorize(provider="first", scope="account:read orders:read")
    returned = await browser.get(await providers[0].log_in(started.headers["location"]))

    assert (started.status_code, returned.status_code) == (303, 303)
    address, parameters = returned.headers["location"].partition("?")[0], query_of(returned.headers["location"])
    assert (address, parameters["state"], parameters["iss"]) == (REDIRECT_URI, "state of the client", PUBLIC_URL)
    token = (await browser.exchange(parameters["code"])).json()
    assert token["scope"] == "account:read orders:read"
    me = (await shop.api.as_(token["access_token"]).get("/users/me")).json()
    assert (me["email"], me["name"]) == ("alice@example.com", "alice")


@pytest.mark.promise("R25")
async def test_the_second_login_finds_the_same_account(shop: Running, providers: tuple[NanoIdp, NanoIdp]) -> None:
    users = []
    for _ in range(2):
        browser = Browser(shop.api)
        started = await browser.authorize(provider="second", prompt="login")
        returned = await browser.get(await providers[1].log_in(started.headers["location"], "bob"))
        token = (await browser.exchange(query_of(returned.headers["location"])["code"])).json()
        users.append((await shop.api.as_(token["access_token"]).get("/users/me")).json()["id"])

    assert users[0] == users[1]


async def test_the_responses_of_two_providers_cannot_be_mixed_up(shop: Running, providers: tuple[NanoIdp, NanoIdp]) -> None:
    browser = Browser(shop.api)
    started = await browser.authorize(provider="first")
    back = await providers[0].log_in(started.headers["location"])

    swapped = await browser.get(back.replace("/login/first/", "/login/second/"))

    assert (swapped.status_code, swapped.json()["type"]) == (400, "/problems/login-expired")
    assert (await browser.get(back)).status_code == 400, "the state is used up"


async def test_a_code_of_another_login_at_the_provider_is_rejected(shop: Running, providers: tuple[NanoIdp, NanoIdp]) -> None:
    mine, foreign = Browser(shop.api), Browser(shop.api)
    started = await mine.authorize(provider="second")
    other = await foreign.authorize(provider="second")
    stolen = query_of(await providers[1].log_in(other.headers["location"], "bob"))

    returned = await mine.get(f"/login/second/callback?state={query_of(started.headers['location'])['state']}&code={stolen['code']}")

    assert query_of(returned.headers["location"])["error"] == "access_denied"
