"""One server, one identity provider and one browser for all tests of this folder: their start takes longer than the tests."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.browser import chromium
from tests.kit.documentation import blocks
from tests.kit.servers.children import free_port
from tests.kit.servers.identity_providers import CLIENT_SECRET, USERS, NanoIdp, nanoidp
from tests.kit.servers.processes import steelyard

GUIDE = "docs/guide/login-clients.md"


@dataclass(frozen=True)
class Market:
    """The demo as a separate process, whose users log in with a provider."""

    url: str
    provider: NanoIdp


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NanoIdp]:
    with nanoidp(tmp_path_factory.mktemp("provider") / "company", "company") as started:
        yield started


@pytest.fixture(scope="session")
async def market(provider: NanoIdp, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Market]:
    """With the clients of the guide, as it registers them."""
    (clients,) = blocks(GUIDE, "json")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings: dict[str, Any] = {
        "public_url": url,
        "login_providers": json.dumps([provider.settings]),
        "login_secrets": json.dumps({provider.id: CLIENT_SECRET}),
        "oauth_clients": clients,
    }
    async with steelyard("demo", "--port", str(port), "--no-limits", folder=tmp_path_factory.mktemp("market"), **settings) as demo:
        await demo.ready()
        yield Market(url, provider)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


async def log_in_at_provider(page: Page, user: str) -> None:
    """Fill in the form of nanoidp."""
    await page.fill("input[name=username]", user)
    await page.fill("input[name=password]", USERS[user])
    await page.click("[type=submit]")
