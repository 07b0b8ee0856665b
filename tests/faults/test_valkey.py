"""Limits in Valkey: granted as announced by processes without a common memory, and no request is lost with it."""

import asyncio
import itertools
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from steelyard.rate_limits.memory import Quota
from steelyard.rate_limits.valkey import Valkey
from tests.faults.callers import Caller, Response, pause
from tests.faults.served import served
from tests.faults.spawning import PATIENCE_S, reports_of
from tests.kit.servers import valkeys
from tests.kit.servers.waiting import until

PROCESSES = 4
AT_ONCE = 8
QUOTA = Quota(300, 1)
WINDOWS = 4
CLIENTS = 4
REASON = {"reason": "Ordered by mistake"}
PHASE_S = 4
# A busy machine may need seconds for an order; a request that waited for Valkey would never end.
RESPONSE_WITHIN_S = 5

# When a call was sent, and when its grant arrived: the server counted it in between.
Grant = tuple[float, float]


@pytest.fixture
def server() -> Iterator[valkeys.Valkey]:
    with valkeys.valkey() as server:
        yield server


async def take_all(url: str, ready: Barrier) -> list[Grant]:
    store = Valkey(url, timeout_s=PATIENCE_S)
    await store.probe()
    ready.wait(PATIENCE_S)
    end, granted = time.monotonic() + WINDOWS * QUOTA.period_s, []

    async def take_on() -> None:
        while (sent := time.monotonic()) < end:
            if (await store.take("default", "one", QUOTA)).allowed:
                granted.append((sent, time.monotonic()))

    await asyncio.gather(*[take_on() for _ in range(AT_ONCE)])
    await store.close()
    return granted


def take_all_in_a_process(url: str, ready: Barrier, shares: "SimpleQueue[list[Grant]]") -> None:
    """Put what one process is granted for a key while it takes as fast as it can."""
    shares.put(asyncio.run(take_all(url, ready)))


@pytest.mark.promise("R19")
def test_four_processes_without_a_common_file_grant_the_quota_in_any_window_and_not_more(server: valkeys.Valkey) -> None:
    taken = reports_of(PROCESSES, take_all_in_a_process, server.url)

    granted = sorted(itertools.chain(*taken))
    most = max(sum(sent >= start and arrived < start + QUOTA.period_s for sent, arrived in granted) for start, _ in granted)
    print(f"{len(granted)} granted, at most {most} in a window")  # noqa: T201  # the figure of docs/reliability.md
    assert sum(bool(share) for share in taken) > 1
    assert most <= QUOTA.calls * 1.01
    # A busy machine lets a part of each window pass.
    assert len(granted) >= int((granted[-1][1] - granted[0][0]) / (QUOTA.period_s * 1.25)) * QUOTA.calls


@pytest.mark.promise("R19")
async def test_two_servers_share_a_limit(durable_url: str, server: valkeys.Valkey, tmp_path: Path) -> None:
    limits: dict[str, Any] = {"rate_limits": "true", "shared_classes": "default", "redis_url": server.url, "redis_timeout_s": "5"}
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    async with served(durable_url, folders[0], **limits) as first, served(durable_url, folders[1], **limits) as second:
        (buyer,) = await first.users(1)
        callers = [market.caller(buyer) for _ in range(8) for market in (first, second)]
        responses = await asyncio.gather(*[looks(caller, 25) for caller in callers])

    statuses = Counter(response.status for each in responses for response in each)
    print(f"{dict(statuses)}")  # noqa: T201  # the same
    assert set(statuses) == {200, 429}
    assert 300 <= statuses[200] <= 303


async def looks(caller: Caller, count: int) -> list[Response]:
    return [await caller.request("GET", "/users/me") for _ in range(count)]


async def orders(caller: Caller, item: int, during_s: float) -> list[Response]:
    """The responses to a caller who orders again and again, and cancels each order, because only a few may be pending."""
    end_s, responses = time.monotonic() + during_s, []
    while time.monotonic() < end_s:
        responses.append(await caller.request("POST", "/orders", {"product_id": item, "quantity": 1}, key=secrets.token_hex(8)))
        responses.append(await caller.request("POST", f"/orders/{responses[-1].json['id']}/cancel", REASON, key=secrets.token_hex(8)))
    return responses


@contextmanager
def killed(server: valkeys.Valkey) -> Iterator[None]:
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def configured(server: valkeys.Valkey, name: str, value: str, back: str) -> Iterator[None]:
    server.run("CONFIG", "SET", name, value)
    try:
        yield
    finally:
        server.run("CONFIG", "SET", name, back)


@contextmanager
def with_another_password(server: valkeys.Valkey) -> Iterator[None]:
    """The server has another password, and its clients have to log in again."""
    server.run("ACL", "SETUSER", "operator", "on", ">pw", "~*", "+@all")
    server.run("CONFIG", "SET", "requirepass", "another")
    as_operator = ("operator", "pw")
    server.run("CLIENT", "KILL", "TYPE", "normal", login=as_operator)
    try:
        yield
    finally:
        server.run("CONFIG", "SET", "requirepass", valkeys.PASSWORD, login=as_operator)


@contextmanager
def without_the_script(server: valkeys.Valkey) -> Iterator[None]:
    server.run("SCRIPT", "FLUSH")
    yield


@pytest.mark.promise("R6")
async def test_no_order_is_lost_with_valkey(durable_url: str, server: valkeys.Valkey, tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "rate_limits": "true",
        "rate_default_per_minute": "1000000",
        "shared_classes": "default",
        "redis_url": server.url,
    }
    async with served(durable_url, tmp_path, **settings) as market:
        seller, *buyers = await market.users(1 + CLIENTS)
        item = await market.world.item(seller, on_hand=1_000_000)
        callers = [market.caller(buyer) for buyer in buyers]
        probe = market.caller()
        by_fault: dict[str, list[Response]] = {}
        faults = {
            "frozen": server.frozen(),
            "killed": killed(server),
            "full": configured(server, "maxmemory", "1", "0"),
            "another password": with_another_password(server),
            "no script": without_the_script(server),
        }

        async def state() -> str:
            response = await probe.request("GET", "/health")
            assert response.status == 200
            return str(response.json["components"]["cache"]["status"])

        async def is_ok() -> bool:
            return await state() == "ok"

        async def is_degraded() -> bool:
            return await state() == "degraded"

        for name, fault in faults.items():
            await until(is_ok, PATIENCE_S)
            ordering = [asyncio.create_task(orders(caller, item, PHASE_S)) for caller in callers]
            await pause(PHASE_S / 4)
            with fault:
                await asyncio.gather(*ordering)
                await until(is_ok if name == "no script" else is_degraded, PATIENCE_S)
            by_fault[name] = [response for task in ordering for response in task.result()]

    for name, responses in by_fault.items():
        took_ms = [response.took_s * 1000 for response in responses]
        statuses = Counter(response.status for response in responses)
        print(f"{name}: {dict(statuses)}, median {statistics.median(took_ms):.1f} ms, longest {max(took_ms):.0f} ms")  # noqa: T201  # the same
        assert statuses[201] == statuses[200] == len(responses) / 2
        assert max(took_ms) <= RESPONSE_WITHIN_S * 1000
