"""Rolling restarts lose no request. A persistent connection is only closed after a response."""

import asyncio
import signal
from collections import Counter
from functools import partial
from pathlib import Path

import psutil
import pytest
from pydantic_core import from_json

from tests.faults.callers import Caller, Lost, pause
from tests.kit.servers.other_servers import gunicorn
from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.waiting import until

CLIENTS = 20
WITHIN_S = 120


def ready(server: Process) -> list[int]:
    """The ids of all workers that became ready, in order."""
    return [event["pid"] for event in map(from_json, server.stdout) if event["event"] == "worker ready"]


def serves_by(server: Process, workers: int, generations: int) -> bool:
    """Whether this many generations became ready, and only the newest one is left."""
    pids = ready(server)
    return len(pids) == workers * generations and {each.pid for each in server.children()} == set(pids[-workers:])


def all_ended(workers: list[psutil.Process]) -> bool:
    return not any(each.is_running() for each in workers)


def exceeds(outcomes: Counter[str], count: int) -> bool:
    return outcomes["200"] > count


async def send_requests(caller: Caller, over: asyncio.Event, outcomes: Counter[str]) -> None:
    with caller:
        while not over.is_set():
            try:
                outcomes[str((await caller.request("GET", "/items?limit=1")).status)] += 1
            except Lost as lost:
                outcomes[str(lost)] += 1
            await pause(0.02)


@pytest.mark.promise("R7")
async def test_three_restarts_lose_no_request(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=tmp_path, rate_limits="false", access_log="false") as server:
        await server.ready()
        await until(lambda: serves_by(server, 2, 1), WITHIN_S)
        over, outcomes = asyncio.Event(), Counter[str]()

        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(send_requests(Caller(server.url), over, outcomes))
            for restarts in range(1, 4):
                server.signal(signal.SIGHUP)
                await until(partial(serves_by, server, 2, restarts + 1), WITHIN_S)
            over.set()

    print(f"3 restarts under {CLIENTS} clients: {dict(outcomes)}")  # noqa: T201  # the figure of docs/reliability.md
    assert set(outcomes) == {"200"}


@pytest.mark.promise("R7")
async def test_three_restarts_of_gunicorn_lose_no_request(tmp_path: Path) -> None:
    async with gunicorn(folder=tmp_path, rate_limits="false", access_log="false") as server:
        await server.ready()
        over, outcomes = asyncio.Event(), Counter[str]()

        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(send_requests(Caller(server.url), over, outcomes))
            for _ in range(3):
                before = await until(lambda: server.children() if len(server.children()) == 2 else None, WITHIN_S)
                server.signal(signal.SIGHUP)
                await until(partial(all_ended, before), WITHIN_S)
                # The new workers serve.
                await until(partial(exceeds, outcomes, outcomes["200"] + CLIENTS), WITHIN_S)
            over.set()

    print(f"3 restarts of gunicorn under {CLIENTS} clients: {dict(outcomes)}")  # noqa: T201  # the figure of docs/reliability.md
    assert set(outcomes) == {"200"}
