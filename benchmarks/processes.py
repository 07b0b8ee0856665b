"""How many processes to start: `python -m benchmarks.processes` loads `steelyard serve` with 1, 2, 3 and 5 of them.

Database and load generator share the cores, as on a machine that runs everything. 2 * cores + 1 is the formula of the common guide.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.load import read_wrk
from benchmarks.measure import busy, session_cpu_s, session_memory
from steelyard.db.database import Database
from steelyard.db.migrations.commands import migrate
from tests.kit.servers.databases import Databases
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import steelyard
from tests.kit.servers.running import SECRET, settings_for
from tests.kit.world.clock import Clock
from tests.kit.world.world import World

COUNTS = (1, 2, 3, 5)
ITEMS, CONNECTIONS, SECONDS, ROUNDS = 2000, 32, 5, 3
SCRIPT = f'request = function() return wrk.format("GET", "/items/" .. math.random(1, {ITEMS})) end'


@dataclass(frozen=True)
class Sample:
    """One load of one number of processes."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    memory_mb: float
    refused: int


async def fill(url: str) -> None:
    database = Database(url)
    await database.open()
    clock = Clock()
    clock.now = datetime.now(UTC)
    world = World(database, clock, settings_for(url))
    await world.items(await world.user(), ITEMS)
    await database.close()


async def sample(url: str, processes: int, folder: Path) -> Sample:
    settings: dict[str, Any] = {"database_url": url, "secret_keys": SECRET.get_secret_value()}
    settings |= {"rate_limits": "false", "access_log": "false"}
    script = folder / "item.lua"
    script.write_text(SCRIPT)
    async with steelyard("serve", "--port", "0", "--workers", str(processes), folder=folder, **settings) as server:
        await server.ready()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", "-s", str(script), server.url]
        # Connections to the database are opened, and every process has served.
        await asyncio.to_thread(subprocess.run, [*command, "-d2s"], check=True, capture_output=True)
        before_s = session_cpu_s(server.pid)
        loaded = await asyncio.to_thread(subprocess.run, [*command, f"-d{SECONDS}s"], check=True, capture_output=True, text=True)
        cpu_s = session_cpu_s(server.pid) - before_s
        outcome = read_wrk(loaded.stdout)
        memory_mb, _ = session_memory(server.pid)
        return Sample(outcome.rate, outcome.p50_ms, outcome.p99_ms, cpu_s * 1000 / outcome.responses, memory_mb, outcome.refused)


async def measure() -> None:
    samples: dict[int, list[Sample]] = {count: [] for count in COUNTS}
    with Server(fsync=True) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Databases(folder, server=server).empty("postgresql", folder) as url:
            await migrate(url)
            await fill(url)
            for _ in range(ROUNDS):
                for count in COUNTS:
                    samples[count].append(await sample(url, count, folder))
    print("| processes | requests/s | p50 ms | p99 ms | CPU ms a request | memory MB |")
    print("|---|---|---|---|---|---|")
    for count, rounds in samples.items():
        assert not any(each.refused for each in rounds)
        rate, p50, p99, cpu, memory = (
            statistics.median(getattr(each, name) for each in rounds) for name in ("rate", "p50_ms", "p99_ms", "cpu_ms", "memory_mb")
        )
        print(f"| {count} | {rate:.0f} | {p50:.0f} | {p99:.0f} | {cpu:.2f} | {memory:.0f} |")
    print(f"load average at the end: {busy():.1f}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(measure())
