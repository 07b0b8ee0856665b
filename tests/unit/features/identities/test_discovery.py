"""What clients read before a login, and the page where a user chooses a provider."""

import re
from typing import Any

import httpx
import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from steelyard.db.database import Database
from steelyard_contract.policy import ALL_SCOPES
from tests.kit.clients.third_party_login import PUBLIC_URL, Browser
from tests.kit.servers.configuration import LOGIN
from tests.kit.servers.running import Running, running
from tests.kit.world.clock import Clock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NONE: dict[str, Any] = {"public_url": None, "login_providers": (), "login_secrets": {}, "oauth_clients": ()}


async def test_the_metadata_are_valid_for_another_library(database: Database, clock: Clock) -> None:
    async with running(database, clock) as shop:
        metadata = (await shop.api.call("getAuthorizationServer")).json()

    AuthorizationServerMetadata(metadata).validate()
    assert metadata["issuer"] == LOGIN["public_url"]
    assert set(metadata["scopes_supported"]) == set(ALL_SCOPES)


async def test_the_endpoints_of_the_metadata_are_those_of_this_server(shop: Running) -> None:
    metadata = (await shop.api.call("getAuthorizationServer")).json()

    for name, problem in (("authorization_endpoint", "invalid-client"), ("token_endpoint", "method-not-allowed")):
        response: httpx.Response = await shop.api.get(metadata[name].removeprefix(PUBLIC_URL))
        assert response.json()["type"] == f"/problems/{problem}"


async def test_the_providers_are_listed_in_the_order_of_the_settings(shop: Running) -> None:
    listed = (await shop.api.call("listLoginProviders")).json()

    assert [each["id"] for each in listed["providers"]] == ["stub", "hub"]


async def test_a_server_without_providers_has_an_empty_list_and_no_page(database: Database, clock: Clock) -> None:
    async with running(database, clock, **NONE) as shop:
        assert (await shop.api.call("listLoginProviders")).json() == {"providers": []}
        assert (await shop.api.get("/login")).status_code == 404


async def test_the_page_leads_to_each_provider_with_the_same_request(shop: Running) -> None:
    browser = Browser(shop.api)
    page = await browser.get((await browser.authorize(scope="orders:read", prompt="login")).headers["location"])

    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(authorize[^"]+)"', page.text)]
    chosen = [await browser.get(f"/{link}") for link in links]

    assert [link.rpartition("&provider=")[2] for link in links] == ["stub", "hub"]
    assert [response.status_code for response in chosen] == [303, 303]
    assert {response.headers["location"].partition("/authorize?")[0] for response in chosen} != {PUBLIC_URL}
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("overrides", [{"login_providers": ({**LOGIN["login_providers"][0], "name": "<b>Us & them</b>"},) * 1}])
async def test_the_page_shows_names_and_parameters_as_text(database: Database, clock: Clock, overrides: dict[str, Any]) -> None:
    async with running(database, clock, **overrides) as shop:
        page = await shop.api.get("/login", params={"state": '"><script>alert(1)</script>', "x": "<i>"})
        long = await shop.api.get("/login", params={"state": "x" * 9000})

    assert "&lt;b&gt;Us &amp; them&lt;/b&gt;" in page.text
    assert "<script" not in page.text
    assert "<i>" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "xxx" not in long.text
