"""The script in a real Valkey: it counts as the memory of a machine does, whatever happens to the server or to the caller."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis

from steelyard.rate_limits.counts import SLICES, Counts
from steelyard.rate_limits.memory import Decision, MemoryLimiter, Quota
from steelyard.rate_limits.shared import StoreError
from steelyard.rate_limits.valkey import TAKE, Valkey
from tests.kit.servers import valkeys
from tests.kit.servers.certificates import for_localhost

TIMEOUT_S = 5


@pytest.fixture(scope="module")
def server() -> Iterator[valkeys.Valkey]:
    with valkeys.valkey() as server:
        yield server


@pytest.fixture
async def store(server: valkeys.Valkey) -> AsyncIterator[Valkey]:
    server.run("FLUSHALL")
    store = Valkey(server.url, timeout_s=TIMEOUT_S)
    yield store
    await store.close()


class AtTimesOfTheTest:
    """The script, with times that a test chooses instead of the clock of the server."""

    def __init__(self, server: valkeys.Valkey, quota: Quota) -> None:
        self._quota = quota
        self._key = secrets.token_hex(8)
        self._client = Redis.from_url(server.url)
        self._text = TAKE.replace("redis.call('TIME')", "{ARGV[4], ARGV[5]}")
        assert self._text != TAKE

    def take(self, now_us: int) -> Decision:
        slice_us = self._quota.period_s * 1_000_000 // SLICES
        seconds, rest = divmod(now_us, 1_000_000)
        response = self._client.eval(self._text, 1, self._key, str(self._quota.calls), str(slice_us), str(SLICES), str(seconds), str(rest))
        left, reset_s, retry_after_s = response
        return Decision(allowed=left >= 0, left=max(0, left), reset_s=reset_s, retry_after_s=retry_after_s)


@pytest.fixture
def quota() -> Quota:
    return Quota(10, 60)


@pytest.fixture
def script(server: valkeys.Valkey, quota: Quota) -> AtTimesOfTheTest:
    return AtTimesOfTheTest(server, quota)


@pytest.mark.parametrize("quota", [Quota(1, 60), Quota(10, 60), Quota(7, 3600), Quota(300, 1)], ids=str)
@pytest.mark.parametrize("pace", [0.3, 1.2, 3])
def test_each_decision_is_that_of_the_memory_of_a_machine(script: AtTimesOfTheTest, quota: Quota, pace: float) -> None:
    chance = random.Random(7)
    memory = MemoryLimiter({"default": quota}, Counts(secrets.token_bytes))
    now_us = 1_800_000_000_000_000
    for number in range(1500):
        now_us += int(chance.expovariate(pace) * quota.period_s / quota.calls * 1_000_000)

        assert script.take(now_us) == memory.take("default", "a", now_us / 1_000_000), number


def test_a_clock_that_goes_back_allows_no_extra_call(script: AtTimesOfTheTest, quota: Quota) -> None:
    granted = [script.take(100_000_000).allowed for _ in range(quota.calls)]

    earlier = script.take(50_000_000)

    assert all(granted)
    assert (earlier.allowed, earlier.retry_after_s) == (False, 61)


def test_counts_from_a_far_future_are_dropped(script: AtTimesOfTheTest, quota: Quota) -> None:
    for _ in range(quota.calls):
        script.take(1_000_000_000_000)

    assert script.take(50_000_000).left == quota.calls - 1


async def test_64_racing_calls_get_exactly_a_quota_of_50(store: Valkey) -> None:
    decisions = await asyncio.gather(*[store.take("quote", "a", Quota(50, 60)) for _ in range(64)])

    assert sum(decision.allowed for decision in decisions) == 50


async def test_keys_and_classes_are_counted_apart(store: Valkey) -> None:
    calls = [("quote", "a"), ("quote", "a"), ("quote", "b"), ("pay", "a")]

    assert [(await store.take(*call, Quota(1, 60))).allowed for call in calls] == [True, False, True, True]


async def test_the_server_stores_no_address_and_drops_a_key_after_its_window(server: valkeys.Valkey, store: Valkey) -> None:
    await store.take("register", "@192.0.2.1", Quota(3, 60))

    (key,) = server.run("KEYS", "*")

    assert key.startswith("steelyard:limit:register:")
    assert "192.0.2.1" not in key
    assert 50_000 < server.run("PTTL", key) <= 60_600


async def test_a_server_that_has_lost_the_script_gets_it_again(server: valkeys.Valkey, store: Valkey) -> None:
    await store.take("quote", "a", Quota(2, 60))
    server.run("SCRIPT", "FLUSH")

    decisions = [await store.take("quote", "a", Quota(2, 60)) for _ in range(2)]

    assert [decision.allowed for decision in decisions] == [True, False]


async def test_no_call_gets_the_decision_for_a_cancelled_one(store: Valkey) -> None:
    for number in range(100):
        cancelled = asyncio.create_task(store.take("quote", "a", Quota(1, 60)))
        for _ in range(number % 10):
            await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)

        assert (await store.take("quote", f"other {number}", Quota(1000, 60))).left == 999


async def test_a_frozen_server_costs_one_timeout_and_stops_no_stop(server: valkeys.Valkey) -> None:
    store = Valkey(server.url, timeout_s=0.1)
    await store.probe()
    with server.frozen():
        async with asyncio.timeout(TIMEOUT_S):
            waiting = [store.take("quote", "a", Quota(50, 60)) for _ in range(40)]
            results = await asyncio.gather(*waiting, return_exceptions=True)
            await store.close()

    assert {type(result) for result in results} == {StoreError}


@pytest.mark.parametrize(("command", "back"), [("maxmemory 1", "maxmemory 0"), ("min-replicas-to-write 1", "min-replicas-to-write 0")])
async def test_a_server_that_takes_no_writes_fails_the_probe(server: valkeys.Valkey, store: Valkey, command: str, back: str) -> None:
    server.run("CONFIG", "SET", *command.split())
    try:
        with pytest.raises(StoreError):
            await store.probe()
        with pytest.raises(StoreError):
            await store.take("quote", "a", Quota(2, 60))
    finally:
        server.run("CONFIG", "SET", *back.split())
    await store.probe()


async def test_a_wrong_password_is_a_failure_of_the_store(server: valkeys.Valkey) -> None:
    store = Valkey(server.url_with("wrong"), timeout_s=TIMEOUT_S)

    with pytest.raises(StoreError):
        await store.probe()

    await store.close()


async def test_a_user_with_few_rights_is_enough(server: valkeys.Valkey) -> None:
    rights = "+evalsha +eval +hgetall +hdel +hincrby +pexpire +time ~steelyard:limit:*"
    server.run("ACL", "SETUSER", "shop", "on", ">pw", *rights.split())
    store = Valkey(server.url.replace(f":{valkeys.PASSWORD}", "shop:pw"), timeout_s=TIMEOUT_S)
    try:
        assert (await store.take("quote", "a few", Quota(2, 60))).allowed
    finally:
        await store.close()


async def test_a_socket_of_this_machine_is_reached(tmp_path: Path) -> None:
    with valkeys.valkey(port="0", unixsocket=str(tmp_path / "valkey.sock")):
        store = Valkey(f"unix://:{valkeys.PASSWORD}@{tmp_path}/valkey.sock?db=1", timeout_s=TIMEOUT_S)

        await store.probe()
        await store.close()


async def test_a_server_with_tls_needs_a_certificate_of_a_known_authority(
    server: valkeys.Valkey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = for_localhost(tmp_path)
    async with valkeys.with_tls(server.port, certificate) as port:
        url = f"rediss://:{valkeys.PASSWORD}@localhost:{port}/1"
        strict = Valkey(url, timeout_s=TIMEOUT_S)
        with pytest.raises(StoreError):
            await strict.probe()
        await strict.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusting = Valkey(url, timeout_s=TIMEOUT_S)

        await trusting.probe()
        await trusting.close()
