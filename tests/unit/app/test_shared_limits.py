"""Two servers with one Valkey: limits, health and metrics."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from steelyard.db.database import Database
from tests.kit.clients.api import Api
from tests.kit.servers import valkeys
from tests.kit.servers.running import Running, running
from tests.kit.servers.scraping import BEARER, TOKEN
from tests.kit.servers.waiting import until
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock


@pytest.fixture
def server() -> Iterator[valkeys.Valkey]:
    with valkeys.valkey() as server:
        yield server


@asynccontextmanager
async def serving(database: Database, url: str, seed: int = 1, **changed: Any) -> AsyncIterator[Running]:
    changed = {"rate_limits": True, "rate_register_per_minute": 3, "rate_default_per_minute": 3, "redis_timeout_s": 5} | changed
    async with running(database, Clock(), seed, redis_url=SecretStr(url), **changed) as opened:
        yield opened


async def register(api: Api, number: int) -> tuple[int, str]:
    response = await api.post("/users", json={"name": "Alice", "email": f"alice{number}@example.com", "password": PASSWORD})
    return response.status_code, response.headers["ratelimit"]


async def test_servers_with_one_valkey_share_the_limits_of_the_shared_classes(database: Database, server: valkeys.Valkey) -> None:
    async with serving(database, server.url, 1) as first, serving(database, server.url, 2) as second:
        statuses = [await register(each.api, number) for number, each in enumerate((first, second, first, second))]
        looks = [(await each.api.get("/items")).status_code for each in (first, first, first, first, second)]

    assert [status for status, _ in statuses] == [201, 201, 201, 429]
    assert [left[:15] for _, left in statuses] == ['"register";r=2;', '"register";r=1;', '"register";r=0;', '"register";r=0;']
    assert looks == [200, 200, 200, 429, 200]


async def test_any_class_can_be_shared(database: Database, server: valkeys.Valkey) -> None:
    changed = {"shared_classes": "default"}
    async with serving(database, server.url, 1, **changed) as first, serving(database, server.url, 2, **changed) as second:
        looks = [(await each.api.get("/items")).status_code for each in (first, second, first, second)]

    assert looks == [200, 200, 200, 429]


async def test_health_and_metrics_show_whether_valkey_decides(database: Database, server: valkeys.Valkey) -> None:
    async with serving(database, server.url, metrics_token=SecretStr(TOKEN)) as shop:

        async def gauge() -> str:
            lines = (await shop.api.get("/metrics", headers={"authorization": BEARER})).text.splitlines()
            return next(line for line in lines if line.startswith("steelyard_cache_up"))

        async def degraded() -> bool:
            shop.clock.advance(seconds=2)
            return bool((await shop.api.get("/health")).json()["status"] == "degraded")

        healthy = (await shop.api.get("/health")).json()
        up = await gauge()
        server.kill()
        await until(degraded)
        response = await shop.api.get("/health")
        down = await until(lambda: gauge_is_down(gauge))
        still = await register(shop.api, 1)

    assert healthy["components"]["cache"]["status"] == "ok"
    assert healthy["components"]["cache"]["latency_ms"] is not None
    assert (response.status_code, response.json()["components"]["cache"]) == (200, {"status": "degraded", "latency_ms": None})
    assert (up, down) == ("steelyard_cache_up 1.0", "steelyard_cache_up 0.0")
    assert still[0] == 201


async def gauge_is_down(gauge: Any) -> str | None:
    line: str = await gauge()
    return line if line.endswith(" 0.0") else None


async def test_without_a_valkey_there_is_no_cache(shop: Running) -> None:
    assert (await shop.api.get("/health")).json()["components"]["cache"] is None
