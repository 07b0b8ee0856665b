"""Limits that several machines share: the store decides, and each machine by its own counts while the store is away."""

import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from steelyard.rate_limits.counts import Counts
from steelyard.rate_limits.memory import Decision, MemoryLimiter, Quota
from steelyard.rate_limits.shared import PROBE_INTERVAL_S, SharedLimiter, StoreError
from steelyard.rate_limits.valkey import Valkey
from tests.kit.servers import valkeys
from tests.kit.servers.waiting import until

QUOTA = Quota(3, 60)


@pytest.fixture
def server() -> Iterator[valkeys.Valkey]:
    with valkeys.valkey() as server:
        yield server


@asynccontextmanager
async def machine(store: str | Valkey, timeout_s: float = 5) -> AsyncIterator[SharedLimiter]:
    local = MemoryLimiter({"default": QUOTA}, Counts(secrets.token_bytes))
    store = Valkey(store, timeout_s=timeout_s) if isinstance(store, str) else store
    limiter = SharedLimiter(store, local, frozenset({"quote"}), time.monotonic)
    await limiter.open()
    try:
        yield limiter
    finally:
        await limiter.close()


async def granted(limiter: SharedLimiter, calls: int) -> int:
    return sum([(await limiter.take("quote", "a")).allowed for _ in range(calls)])


async def test_two_machines_grant_one_quota(server: valkeys.Valkey) -> None:
    async with machine(server.url) as first, machine(server.url) as second:
        assert [await granted(each, 2) for each in (first, second)] == [2, 1]


async def test_a_machine_that_loses_the_store_grants_the_rest_of_the_quota(server: valkeys.Valkey) -> None:
    async with machine(server.url, timeout_s=0.1) as limiter:
        before = await granted(limiter, 2)
        with server.frozen(), capture_logs() as lines:
            after = await granted(limiter, 3)
            await until(lambda: lines)

        assert (before, after) == (2, 1)
        assert not limiter.is_up
        assert limiter.latency_ms is None
        assert [line["event"] for line in lines] == ["cache_lost"]


async def test_a_paused_store_is_left_alone_until_it_counts_again(server: valkeys.Valkey) -> None:
    async with machine(server.url, timeout_s=0.1) as limiter:
        before = await granted(limiter, 2)
        server.run("CLIENT", "PAUSE", "60000", "WRITE")
        after = await granted(limiter, 3)
        was_up = limiter.is_up
        server.run("CLIENT", "UNPAUSE")

        assert (before, after, was_up) == (2, 1, False)
        await until(lambda: limiter.is_up)


async def test_a_lost_store_is_not_waited_for(server: valkeys.Valkey) -> None:
    async with machine(server.url, timeout_s=0.1) as limiter:
        with server.frozen():
            await granted(limiter, 1)
            assert not limiter.is_up
            began_s = time.monotonic()
            await granted(limiter, 100)

            # A tenth of a second for each would be 10 s.
            assert time.monotonic() - began_s < 5


async def test_the_store_decides_again_when_it_is_back(server: valkeys.Valkey) -> None:
    async with machine(server.url) as limiter:
        server.kill()
        with capture_logs() as lines:
            await granted(limiter, 1)
            await until(lambda: lines)
            lost = not limiter.is_up
            server.start()
            await until(lambda: limiter.is_up)

        assert lost
        assert [line["event"] for line in lines] == ["cache_lost", "cache_back"]
        # The new server has counted nothing yet.
        assert await granted(limiter, 4) == 3


async def test_the_loss_is_noticed_without_a_request(server: valkeys.Valkey) -> None:
    async with machine(server.url) as limiter:
        server.run("CONFIG", "SET", "maxmemory", "1")
        await until(lambda: not limiter.is_up)
        server.run("CONFIG", "SET", "maxmemory", "0")
        await until(lambda: limiter.is_up)


async def test_a_store_that_is_away_at_the_start_stops_no_start(server: valkeys.Valkey) -> None:
    async with machine(server.url_with("wrong")) as limiter:
        assert not limiter.is_up
        assert await granted(limiter, 4) == 3


class EveryOtherTime(Valkey):
    """A store that decides about each second call, and responds to every probe."""

    fails = False

    async def take(self, rate_class: str, key: str, quota: Quota) -> Decision:
        self.fails = not self.fails
        if self.fails:
            raise StoreError
        return await super().take(rate_class, key, quota)


async def test_a_store_that_was_only_late_decides_again_at_once(server: valkeys.Valkey) -> None:
    async with machine(EveryOtherTime(server.url, timeout_s=5)) as limiter:
        with capture_logs() as lines:
            began_s = time.monotonic()
            for _ in range(30):
                await granted(limiter, 1)
                await until(lambda: limiter.is_up)

        # A second for each failure would be 15 s.
        assert time.monotonic() - began_s < PROBE_INTERVAL_S * 10
        assert not lines
