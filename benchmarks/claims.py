"""How long a worker waits for its claims when the outbox has three million open jobs: `python -m benchmarks.claims`.

The same claims from a small outbox are made in turns, so that a busy machine is busy for both.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from benchmarks.figures import p50_and_p99
from benchmarks.measure import busy
from steelyard.db.database import Database
from steelyard.db.migrations.commands import migrate
from steelyard.jobs import queries
from tests.kit.servers.databases import Databases
from tests.kit.servers.postgresql import Server

SMALL, LARGE = 60_000, 3_000_000
KINDS = ("mail.welcome", "mail.order", "webhook", "import")
CLAIMS = 300
# How many jobs a worker has room for: a tenth of its places, or all of them.
LIMITS = (10, 100)
# All of them are due, so that nothing but the index of kinds leads to the oldest of each.
FILL = f"""
INSERT INTO outbox (kind, payload, run_at, attempts)
SELECT (ARRAY{list(KINDS)})[1 + n % {len(KINDS)}], '{{}}', now() - n * interval '1 ms', 0 FROM generate_series(1, $1::int) AS n
"""
FINISH = "UPDATE outbox SET done_at = now(), lease_until = NULL WHERE id = ANY($1::bigint[])"
Times = dict[str, list[float]]


class Outbox:
    """One outbox with so many open jobs, and what its claims took."""

    def __init__(self, size: int, database: Database, connection: asyncpg.Connection) -> None:
        self.size = size
        self.took_s: Times = defaultdict(list)
        self._database = database
        self._connection = connection
        self._turn = 0

    async def fill(self) -> None:
        await self._connection.execute(FILL, self.size, timeout=600)
        await self._connection.execute("VACUUM ANALYZE outbox", timeout=600)

    async def claim(self, limit: int) -> None:
        """A look and a claim as a worker makes them, and the time that PostgreSQL itself needs for the claim."""
        self._turn += 1
        now = datetime.now(UTC)
        began_s = time.perf_counter()
        due = await self._database.read().all(queries.find_due_kinds, now=now, kinds=list(KINDS))
        self.took_s["look for due kinds"].append(time.perf_counter() - began_s)
        values = {
            "kind": due[self._turn % len(due)].kind,
            "now": now,
            "limit": limit,
            "worker": "benchmark",
            "until": now + timedelta(seconds=60),
            "is_limited": False,
        }
        began_s = time.perf_counter()
        async with self._database.transaction() as tx:
            jobs = await tx.all(queries.claim_jobs, **values)
            self.took_s[f"claim of {limit} jobs"].append(time.perf_counter() - began_s)
        self.took_s[f"claim of {limit} jobs and its commit"].append(time.perf_counter() - began_s)
        assert len(jobs) == limit
        await self._connection.execute(FINISH, [job.id for job in jobs])
        self.took_s[f"claim of {limit} jobs, PostgreSQL alone"].append(await self._explained_s(values))

    async def _explained_s(self, values: dict[str, object]) -> float:
        compiled = queries.claim_jobs.compiled["postgresql"]
        transaction = self._connection.transaction()
        await transaction.start()
        command = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {compiled.text}"
        plan = json.loads(await self._connection.fetchval(command, *[values[name] for name in compiled.parameters]))
        await transaction.rollback()
        milliseconds: float = plan[0]["Execution Time"]
        return milliseconds / 1e3


def table(outboxes: list[Outbox]) -> list[str]:
    lines = ["| open jobs | | p50 ms | p99 ms |", "|---|---|---|---|"]
    for what in outboxes[0].took_s:
        lines += [f"| {outbox.size:,} | {what} | {p50_and_p99(outbox.took_s[what])} |" for outbox in outboxes]
    return lines


async def measure() -> None:
    with Server(fsync=True) as server:
        async with AsyncExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            outboxes = []
            for size in (SMALL, LARGE):
                url = await opened.enter_async_context(Databases(folder, server=server).empty("postgresql", folder))
                await migrate(url)
                database = Database(url)
                await database.open()
                opened.push_async_callback(database.close)
                connection = await asyncpg.connect(url)
                opened.push_async_callback(connection.close)
                outboxes.append(Outbox(size, database, connection))
                await outboxes[-1].fill()
            for limit in LIMITS:
                for _ in range(CLAIMS):
                    for outbox in outboxes:
                        await outbox.claim(limit)
            print("\n".join(table(outboxes)))
    print(f"load average at the end: {busy():.1f}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(measure())
