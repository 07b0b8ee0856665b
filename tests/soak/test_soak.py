"""Memory and open files do not grow: minutes of mixed traffic at half of the capacity, both measured each second.

    nox -s soak             ten minutes on each database
    nox -s soak -- 1        one minute on each

Continuous integration does not run it, because growth only shows in a long run. The load comes from this process, on the same cores.
"""

import asyncio
import itertools
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from steelyard.db.migrations.commands import migrate
from tests.kit.servers.databases import Databases
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import Process, steelyard

MINUTES = float(os.environ.get("SOAK_MINUTES", "0"))
PASSWORD = "a long enough one"
CLIENTS = 16
MEASURED_S = 5.0
# The growth allowed between a fifth of the time, when the caches are full, and the end.
GROWTH = 1.05
MORE_FILES = 8

pytestmark = pytest.mark.skipif(not MINUTES, reason="takes minutes: nox -s soak")


@dataclass
class Load:
    """Callers who browse, quote, order, cancel, log in and register."""

    client: httpx.AsyncClient
    items: list[int]
    token: str = ""
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def send(self, method: str, path: str, **options: object) -> httpx.Response | None:
        try:
            response = await self.client.request(method, path, **options)  # type: ignore[arg-type]  # options of httpx
        except httpx.TransportError:
            self.broken += 1  # its worker was killed
            return None
        self.statuses[response.status_code] += 1
        return response

    async def turn(self) -> None:
        number = next(self.numbers)
        item = self.items[number % len(self.items)]
        caller = {"authorization": f"Bearer {self.token}"}
        basket = {"product_id": item, "quantity": 1}
        if number % 10 < 4:
            await self.send("GET", f"/items/{item}")
        elif number % 10 < 6:
            await self.send("GET", f"/items?limit=20&search=lamp&skip={number % 100}")
        elif number % 10 < 7:
            await self.send("POST", "/orders/quote", json=basket)
        elif number % 10 < 8:
            await self.send("GET", "/orders", headers=caller)
        elif number % 10 < 9:
            await self.send("GET", f"/nowhere/{number}")
        elif number % 100 == 9:
            await self.send("POST", "/token", data={"username": "soak@example.com", "password": PASSWORD})
        elif number % 100 == 19:
            await self.send("POST", "/users", json={"name": "Eve", "email": f"eve{number}@example.com", "password": PASSWORD})
        else:
            made = await self.send("POST", "/orders", json=basket, headers=caller | {"idempotency-key": f"soak-{number:08}"})
            if made is not None and made.status_code == 201:
                await self.send("POST", f"{made.headers['location']}/cancel", json={"reason": "soak"}, headers=caller)

    async def warm_up(self) -> None:
        """Make every hashing thread of every worker hash once, because each then keeps 19 MiB for the next hash."""
        for _ in range(3):
            logins = (self.send("POST", "/token", data={"username": "soak@example.com", "password": PASSWORD}) for _ in range(CLIENTS * 4))
            await asyncio.gather(*logins)
        # Some logins get a 503 because all hashing threads are busy.
        self.statuses.clear()

    async def capacity(self) -> float:
        """Turns per second when each client sends the next request as soon as it has the response."""
        ends_s = time.monotonic() + MEASURED_S

        async def caller() -> int:
            done = 0
            while time.monotonic() < ends_s:
                await self.turn()
                done += 1
            return done

        return sum(await asyncio.gather(*(caller() for _ in range(CLIENTS)))) / MEASURED_S

    async def keep(self, rate: float, seconds: float) -> None:
        """Start turns at this rate, whether or not earlier ones have ended."""
        begun_s = time.monotonic()
        running: set[asyncio.Task[None]] = set()
        for number in range(int(rate * seconds)):
            ahead_s = begun_s + number / rate - time.monotonic()
            await asyncio.sleep(max(ahead_s, 0))  # style: sleep, the rate of the load
            task = asyncio.create_task(self.turn())
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)


@dataclass
class Size:
    at_s: float
    rss: int
    files: int


async def watch(server: Process, seen: list[Size]) -> None:
    """Measure each second: the memory of the largest worker, and the open files of all. Clients of a killed worker move to the others."""
    begun_s = time.monotonic()
    while True:
        sizes = []
        for each in server.children() or [psutil.Process(server.pid)]:
            with suppress(psutil.NoSuchProcess):
                sizes.append((each.memory_info().rss, each.num_fds()))
        if sizes:
            seen.append(Size(time.monotonic() - begun_s, max(rss for rss, _ in sizes), sum(files for _, files in sizes)))
        await asyncio.sleep(1)  # style: sleep, the interval of the measurement


@asynccontextmanager
async def market(dialect: str, folder: Path) -> AsyncIterator[str]:
    if dialect == "sqlite":
        url = f"sqlite:///{folder / 'market.db'}"
        await migrate(url)
        yield url
        return
    with Server(fsync=True) as server:
        async with Databases(folder, server=server).empty("postgresql", folder) as url:
            await migrate(url)
            yield url


async def stocked(client: httpx.AsyncClient) -> tuple[str, list[int]]:
    """The token of a buyer, and the ids of the items on sale."""
    tokens = []
    for email in ("seller@example.com", "soak@example.com"):
        await client.post("/users", json={"name": "Eve", "email": email, "password": PASSWORD})
        issued = await client.post("/token", data={"username": email, "password": PASSWORD})
        tokens.append(issued.json()["access_token"])
    items = []
    for number in range(100):
        draft = {
            "title": f"Lamp {number}",
            "description": "A lamp.",
            "price": {"amount": 1999, "currency": "USD"},
            "category": "home",
            "on_hand": 10_000,
            "status": "active",
        }
        made = await client.post("/items", json=draft, headers={"authorization": f"Bearer {tokens[0]}"})
        items.append(made.json()["id"])
    return tokens[1], items


@pytest.mark.promise("R23")
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_memory_and_open_files_do_not_grow_under_load(dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = MINUTES * 60
    workers = "1" if dialect == "sqlite" else "2"
    settings = {"rate_limits": "false", "mail": "file", "access_token_lifetime_s": "86400", "embedded_worker": "true"}
    environment = {f"STEELYARD_{name.upper()}": value for name, value in settings.items()}
    limits = httpx.Limits(max_connections=CLIENTS * 4)
    async with market(dialect, tmp_path) as url:
        environment["STEELYARD_DATABASE_URL"] = url
        async with steelyard("serve", "--port", "0", "--workers", workers, folder=tmp_path, environment=environment) as server:
            async with httpx.AsyncClient(base_url=await server.ready(), timeout=20, limits=limits) as client:
                token, items = await stocked(client)
                load = Load(client, items, token)
                await load.warm_up()
                most = await load.capacity()
                printed = len(server.printed)
                seen: list[Size] = []
                watching = asyncio.create_task(watch(server, seen))
                await load.keep(most / 2, seconds / 2)
                if children := server.children():
                    children[0].send_signal(signal.SIGKILL)
                await load.keep(most / 2, seconds / 2)
                watching.cancel()
            server.signal(signal.SIGTERM)
            assert await server.ended() == 0

    early = [each for each in seen if seconds * 0.15 <= each.at_s <= seconds * 0.25]
    late = [each for each in seen if each.at_s >= seconds * 0.9]
    rss = max(each.rss for each in early), max(each.rss for each in late)
    files = max(each.files for each in early), max(each.files for each in late)
    summary = (
        f"{dialect}: {MINUTES:g} min at {most / 2:.0f} of {most:.0f} turns/s, statuses {dict(sorted(load.statuses.items()))}, "
        f"{load.broken} cut; RSS {rss[0] / 2**20:.1f} -> {rss[1] / 2**20:.1f} MiB; files {files[0]} -> {files[1]}"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{summary}\n")
    assert not [line for line in server.printed[printed:] if '"status":5' in line]
    assert not [status for status in load.statuses if status >= 500]
    assert rss[1] <= rss[0] * GROWTH
    assert files[1] <= files[0] + MORE_FILES
