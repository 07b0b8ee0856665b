"""Rate limits are kept: several processes together grant the announced quota, within one hundredth of the window."""

import asyncio
import itertools
import secrets
import signal
import subprocess
import sys
import time
from bisect import bisect_left
from collections import Counter
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import httpx
import pytest

from steelyard.rate_limits.counts import Counts
from steelyard.rate_limits.memory import MemoryLimiter, Quota
from tests.faults.spawning import PATIENCE_S, reports_of
from tests.kit.servers.processes import steelyard
from tests.kit.world.accounts import PASSWORD

WORKERS = 4
QUOTA = Quota(300, 1)
WINDOWS = 4

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def take_all(path: Path, ready: Barrier, shares: "SimpleQueue[list[float]]") -> None:
    """Call as fast as possible in one process, and report the times of granted calls."""
    limiter = MemoryLimiter({"default": QUOTA}, Counts(secrets.token_bytes, path))
    limiter.open()
    ready.wait(PATIENCE_S)
    begin, granted = time.monotonic(), []
    while (now := time.monotonic()) < begin + WINDOWS * QUOTA.period_s:
        if limiter.take("default", "one", now).allowed:
            granted.append(now)
    limiter.close()
    shares.put(granted)


@pytest.mark.promise("R19")
def test_four_processes_grant_the_quota_in_any_window_and_not_more(tmp_path: Path) -> None:
    taken = reports_of(WORKERS, take_all, tmp_path / "counts")

    granted = sorted(itertools.chain(*taken))
    most = max(bisect_left(granted, start + QUOTA.period_s) - number for number, start in enumerate(granted))
    assert sum(bool(share) for share in taken) > 1
    assert most <= QUOTA.calls * 1.01
    # A busy machine wastes a part of each window.
    assert len(granted) >= int((granted[-1] - granted[0]) / (QUOTA.period_s * 1.25)) * QUOTA.calls


@pytest.mark.promise("R19")
def test_a_call_that_waits_as_long_as_announced_is_granted(tmp_path: Path) -> None:
    limiter = MemoryLimiter({"default": Quota(3, 1)}, Counts(secrets.token_bytes, tmp_path / "counts"))
    limiter.open()
    first = time.monotonic()
    decisions = [limiter.take("default", "one", first) for _ in range(4)]

    early = limiter.take("default", "one", first + 0.99)
    in_time = limiter.take("default", "one", first + decisions[-1].retry_after_s)

    limiter.close()
    assert [each.allowed for each in decisions] == [True, True, True, False]
    assert (early.allowed, in_time.allowed) == (False, True)


@pytest.mark.promise("R19")
def test_a_process_that_is_frozen_while_it_counts_blocks_no_other(tmp_path: Path) -> None:
    limiter = MemoryLimiter({"default": Quota(2, 60)}, Counts(secrets.token_bytes, tmp_path / "counts"))
    limiter.open()
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "counts"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        holder.send_signal(signal.SIGSTOP)
        decisions = [limiter.take("default", "one", 1.0) for _ in range(3)]
        holder.kill()
    limiter.close()

    assert [each.allowed for each in decisions] == [True, True, False]


@pytest.mark.promise("R19")
async def test_workers_of_one_server_share_every_limit(tmp_path: Path) -> None:
    async with steelyard(
        "serve", "--port", "0", "--workers", str(WORKERS), folder=tmp_path, trusted_proxies="127.0.0.1", access_log="false"
    ) as process:
        url = await process.ready()
        limits = httpx.Limits(max_connections=16)
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:

            async def read(number: int) -> httpx.Response:
                # The first requests open separate connections, so every worker has some.
                return await client.get("/items", headers={"x-forwarded-for": f"2001:db8::{number:x}"})

            async def register(number: int) -> httpx.Response:
                draft = {"name": "Alice", "email": f"alice-{number}@example.com", "password": PASSWORD}
                return await client.post("/users", json=draft, headers={"x-forwarded-for": f"198.51.100.{number % 5}:{1024 + number}"})

            reads = await asyncio.gather(*[read(number) for number in range(340)])
            registrations = await asyncio.gather(*[register(number) for number in range(60)])

    seen = Counter(each.status_code for each in reads)
    assert set(seen) == {200, 429}
    assert 300 <= seen[200] <= 303
    assert reads[0].headers["ratelimit-policy"] == '"default";q=300;w=60'
    assert all(0 < int(each.headers["retry-after"]) <= 61 for each in reads if each.status_code == 429)
    registered = Counter(number % 5 for number, each in enumerate(registrations) if each.status_code == 201)
    assert registered == dict.fromkeys(range(5), 3)
