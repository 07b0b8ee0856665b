"""What runs beside the API costs its callers: `python -m benchmarks.beside` loads one process in turns, with and without each neighbour.

Orders: without a worker, with one that has nothing to do, and with one that writes fifty mails a second. Reads: without traces, with every
request traced, and the same while the collector is frozen. API, database, load generator and neighbours share the cores of the machine.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.load import Orders, Outcome, load
from benchmarks.market import Market, write_tokens
from benchmarks.measure import busy
from tests.kit.servers.collectors import collector
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import steelyard
from tests.kit.servers.running import SECRET
from tests.kit.servers.waiting import until

CONNECTIONS, SECONDS, ROUNDS = 32, 5, 5
# Few enough that requests do not only wait for each other.
READERS = 4
MAILS_PER_S = 50
# A load leaves thousands of events, and on a busy machine a worker numbers few of them in a second.
CATCHES_UP_WITHIN_S = 300
ALONE, IDLE, BUSY = "without a worker", "with a worker", f"with a worker that writes {MAILS_PER_S} mails a second"
UNTRACED, TRACED, FROZEN = "without traces", "every request traced", "every request traced, collector frozen"
ENQUEUE = f"""
INSERT INTO outbox (kind, payload, run_at, attempts)
SELECT 'mail.welcome', json_build_object('user_id', n), now() + n * interval '{1000 // MAILS_PER_S} ms', 0
FROM generate_series(1, {MAILS_PER_S * SECONDS}) AS n
"""
IDLE_WHEN = """
SELECT NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL) AND NOT EXISTS (SELECT FROM events WHERE position IS NULL)
"""
Samples = dict[str, list[Outcome]]


def settings(market: Market, **more: str) -> dict[str, Any]:
    own = {"database_url": market.url, "secret_keys": SECRET.get_secret_value(), "rate_default_per_minute": "1000000", "pool_size": "16"}
    return own | {"mail": "file", "mail_folder": "mails"} | more


def in_turns(names: Sequence[str]) -> list[tuple[int, str]]:
    """Each name in each round; in every round another one is the first. Round 0 warms."""
    return [(number, names[(number + place) % len(names)]) for number in range(ROUNDS + 1) for place in range(len(names))]


@asynccontextmanager
async def worker(name: str, market: Market, folder: Path) -> AsyncIterator[None]:
    """Beside the block, unless it is without one. It has nothing left to do when the block begins, and none of it when the block ends."""
    if name == ALONE:
        yield
        return
    connection = await asyncpg.connect(market.url)

    async def is_idle() -> bool:
        return bool(await connection.fetchval(IDLE_WHEN))

    try:
        async with steelyard("worker", folder=folder, **settings(market)) as running:
            await running.line("Running the jobs")
            # The events of a load without a worker.
            await until(is_idle, CATCHES_UP_WITHIN_S)
            if name == BUSY:
                await connection.execute(ENQUEUE)
            yield
            await until(is_idle, CATCHES_UP_WITHIN_S)
    finally:
        await connection.close()


async def measure_orders(market: Market, folder: Path) -> Samples:
    samples: Samples = {name: [] for name in (ALONE, IDLE, BUSY)}
    write_tokens(SECRET.get_secret_value(), folder / "tokens")
    async with steelyard("serve", "--port", "0", "--workers", "1", folder=folder, **settings(market)) as api:
        await api.ready()
        for number, name in in_turns(list(samples)):
            await asyncio.to_thread(market.release)
            async with worker(name, market, folder):
                orders = Orders(folder / "tokens", 1, f"{name}-{number}".replace(" ", "-"))
                outcome = await asyncio.to_thread(load, api.url, "d", SECONDS, CONNECTIONS, orders)
            samples[name] += [outcome] if number else []
    return samples


async def measure_reads(market: Market, folder: Path) -> Samples:
    samples: Samples = {name: [] for name in (UNTRACED, TRACED, FROZEN)}
    with ExitStack() as collectors:
        open_, frozen = (collectors.enter_context(collector()) for _ in range(2))
        frozen.freeze()
        traces: dict[str, dict[str, str]] = {
            UNTRACED: {},
            TRACED: {"otlp_url": open_.url, "trace_sample": "1"},
            FROZEN: {"otlp_url": frozen.url, "trace_sample": "1"},
        }
        async with AsyncExitStack() as servers:
            urls = {}
            for name, more in traces.items():
                command = steelyard("serve", "--port", "0", "--workers", "1", folder=folder, **settings(market, **more))
                urls[name] = await (await servers.enter_async_context(command)).ready()
            for number, name in in_turns(list(samples)):
                outcome = await asyncio.to_thread(load, urls[name], "b", SECONDS, READERS, Orders(folder, 1, ""))
                samples[name] += [outcome] if number else []
            assert open_.raw
            assert frozen.requests
            assert not frozen.raw
            frozen.thaw()
    return samples


def table(samples: Samples) -> list[str]:
    (first, *_) = samples.values()
    lines = ["| | requests/s | of the first | p50 ms | p99 ms | p99 of each round |", "|---|---|---|---|---|---|"]
    for name, rounds in samples.items():
        assert not any(each.refused or each.sockets for each in rounds), (name, rounds)
        rate, p50, p99 = (statistics.median(getattr(each, part) for each in rounds) for part in ("rate", "p50_ms", "p99_ms"))
        # Of the same round, so that a busy moment counts for both.
        share = statistics.median(own.rate / other.rate for own, other in zip(rounds, first, strict=True))
        lines.append(
            f"| {name} | {rate:.0f} | {share:.0%} | {p50:.2f} | {p99:.2f} | {', '.join(f'{each.p99_ms:.1f}' for each in rounds)} |"
        )
    return lines


async def measure() -> None:
    with Server(fsync=True) as server:
        market = Market(server)
        await asyncio.to_thread(market.seed)
        with tempfile.TemporaryDirectory(prefix="steelyard-bench-") as name:
            for measured in (measure_orders, measure_reads):
                print("\n".join([*table(await measured(market, Path(name))), ""]), flush=True)
    print(f"load average at the end: {busy():.1f}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(measure())
