"""Workers and their supervisor are killed at the worst moments. Service continues, and no process is left."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from pydantic_core import from_json

from tests.faults.callers import Caller, Lost, pause
from tests.faults.served import served
from tests.kit.clients.raw import request_bytes
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.waiting import until

WITHIN_S = 120
KILLS_FOR_S = 60
# Two seconds (docs/reliability.md, R9), and what a busy machine adds.
GONE_WITHIN_S = 5


def events(server: Process, name: str) -> list[int]:
    """The ids of the workers with this event in the log."""
    return [event["pid"] for event in map(from_json, server.stdout) if event["event"] == name]


@asynccontextmanager
async def two_workers(folder: Path) -> AsyncIterator[tuple[Process, float]]:
    """A server whose workers are ready, and how long their start took, as a measure of how busy the machine is."""
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=folder, rate_limits="false", access_log="false") as server:
        await server.ready()
        await until(lambda: len(events(server, "worker ready")) == 2, WITHIN_S)
        started, *_, ready = [datetime.fromisoformat(event["time"]) for event in map(from_json, server.stdout)]
        yield server, (ready - started).total_seconds()


async def successes(server: Process, is_over: Callable[[], bool]) -> list[float]:
    """The times at which callers that send requests all the time got a 200."""
    times = [time.monotonic()]

    async def send_requests() -> None:
        while not is_over():
            with Caller(server.url) as caller:
                try:
                    if (await caller.request("GET", "/items?limit=1")).status == 200:
                        times.append(time.monotonic())
                except Lost:
                    pass
            await pause(0.05)

    await asyncio.gather(*(send_requests() for _ in range(4)))
    return [*times, time.monotonic()]


def has_ended(process: psutil.Process) -> bool:
    """Whether a process has ended, even if it has not been reaped."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.promise("R9")
async def test_service_is_not_interrupted_when_a_random_worker_is_killed_every_two_seconds(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with two_workers(tmp_path) as (server, start_s):
        # If the machine is too busy to start a worker in two seconds, it cannot replace one in that time.
        every_s, gap_s = max(2.0, start_s), max(2.0, 1.5 * start_s)
        end = time.monotonic() + KILLS_FOR_S
        sending = asyncio.create_task(successes(server, lambda: time.monotonic() > end))
        kills = 0
        while time.monotonic() < end:
            if workers := server.children():
                chance.choice(workers).kill()
                kills += 1
            await pause(every_s)
        times = sorted(await sending)

        longest_s = max(after - before for before, after in pairwise(times))
        print(f"start {start_s:.1f} s, {kills} kills in {KILLS_FOR_S} s, {len(times)} responses, longest gap {longest_s:.2f} s")  # noqa: T201  # the figure of docs/reliability.md
        assert longest_s <= gap_s
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


@pytest.mark.promise("R9")
async def test_replacements_that_are_killed_while_they_start_do_not_stop_the_rest(tmp_path: Path) -> None:
    async with two_workers(tmp_path) as (server, _):
        first, second = server.children()
        known = {first.pid, second.pid}

        first.kill()
        for _ in range(3):
            replacement = (await until(lambda: [each for each in server.children() if each.pid not in known], WITHIN_S))[0]
            known.add(replacement.pid)
            replacement.kill()
        second.kill()

        # A worker that dies during its start delays its replacement; another one does not.
        await until(lambda: len([pid for pid in events(server, "worker ready") if pid not in known]) == 2, WITHIN_S)
        with Caller(server.url) as caller:
            assert (await caller.request("GET", "/items")).status == 200
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


@pytest.mark.promise("R9")
async def test_no_worker_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    async with two_workers(tmp_path) as (server, _):
        before = {each.pid for each in server.children()}
        server.children()[0].kill()
        starting = await until(lambda: [each for each in server.children() if each.pid not in before], WITHIN_S)
        workers = server.children()
        # One worker has a request that would last for 15 seconds.
        with server.peer().connect() as upload:
            upload.send(request_bytes("POST", b"/users", [(b"content-type", b"application/json")], b"{}")[:-1])

            server.signal(signal.SIGKILL)
            began = time.monotonic()
            await until(lambda: all(map(has_ended, workers)), WITHIN_S)
            took_s = time.monotonic() - began

        assert starting
        print(f"gone after {took_s:.2f} s")  # noqa: T201  # the figure of docs/reliability.md
        assert took_s <= GONE_WITHIN_S


@pytest.mark.promise("R9")
async def test_workers_that_die_while_the_database_is_down_are_replaced_and_serve_once_it_is_up(
    durable_server: Server, durable_url: str, tmp_path: Path
) -> None:
    async with served(durable_url, tmp_path) as market:
        server = market.process
        await until(lambda: len(events(server, "worker ready")) == 2, WITHIN_S)
        await asyncio.to_thread(durable_server.stop, how=signal.SIGQUIT)
        for worker in server.children():
            worker.kill()

        # The new workers respond with a 503, instead of keeping callers waiting.
        await until(lambda: len(events(server, "worker ready")) == 4, WITHIN_S)
        with Caller(server.url) as caller:
            assert (await caller.request("GET", "/items")).status == 503

        await asyncio.to_thread(durable_server.start)
        began = time.monotonic()
        await until(lambda: responds(server), WITHIN_S)
        print(f"orders again {time.monotonic() - began:.2f} s after the return")  # noqa: T201  # the figure of docs/reliability.md
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


async def responds(server: Process) -> bool:
    with Caller(server.url) as caller:
        return (await caller.request("GET", "/items")).status == 200
