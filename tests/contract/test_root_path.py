"""The API under a path of a proxy, whether the proxy strips the path or leaves it in the request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from steelyard.db.database import Database
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.world import World

ITEM = {"title": "Lamp", "price": {"amount": 1999, "currency": "USD"}}


@asynccontextmanager
async def served(database: Database, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings_for(database.url, root_path="/shop/api")
    alice = await World(database, clock, settings).user()
    with live(settings, clock, repeatable(clock)) as server:
        headers = {"authorization": f"Bearer {alice.token}", "host": "localhost"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.address[1]}", headers=headers) as client:
            yield client


@pytest.mark.parametrize("prefix", ["", "/shop/api"], ids=["stripped", "left"])
async def test_location_and_link_begin_with_the_path_of_the_proxy(database: Database, clock: Clock, prefix: str) -> None:
    async with served(database, clock) as client:
        made = [await client.post(f"{prefix}/items", json=ITEM, headers={"idempotency-key": f"key-number-{number}"}) for number in range(2)]
        again = await client.post(f"{prefix}/items", json=ITEM, headers={"idempotency-key": "key-number-0"})
        page = await client.get(f"{prefix}/items", params={"limit": 1})

    assert [response.status_code for response in made] == [201, 201], made[0].text
    assert made[0].headers["location"] == f"/shop/api/items/{made[0].json()['id']}" == again.headers["location"]
    assert page.headers["link"].startswith("</shop/api/items?")


@pytest.mark.parametrize("prefix", ["", "/shop/api"], ids=["stripped", "left"])
async def test_the_document_names_the_server_and_pages_are_found(database: Database, clock: Clock, prefix: str) -> None:
    async with served(database, clock) as client:
        document = (await client.get(f"{prefix}/openapi.json")).json()
        pages = [await client.get(prefix + path) for path in ("/docs", "/redoc", "/health", "/livez")]

    assert [server["url"] for server in document["servers"]] == ["/shop/api"]
    assert [page.status_code for page in pages] == [200] * 4
    assert not [page for page in pages if '="/' in page.text]


@pytest.mark.parametrize("prefix", ["", "/shop/api"], ids=["stripped", "left"])
async def test_probes_are_served_for_any_host(database: Database, clock: Clock, prefix: str) -> None:
    async with served(database, clock) as client:
        responses = [await client.get(prefix + path, headers={"host": "10.1.2.3"}) for path in ("/health", "/livez", "/items")]

    assert [response.status_code for response in responses] == [200, 200, 400]
