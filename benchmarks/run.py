"""The comparison: `python -m benchmarks.run`, or `nox -s bench`.

All contestants are started first and stay up. In each round each operation is loaded on every contestant in turn; the order is
reversed every other round. The server has one core to itself, PostgreSQL and the load generator share the other one.
"""

import argparse
import asyncio
import dataclasses
import itertools
import json
import os
import platform
import random
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from benchmarks import load, report
from benchmarks.contestants import CONTESTANTS, HERE, SECRET, Running
from benchmarks.measure import cpu_seconds, memory_mb
from benchmarks.report import OPERATIONS, Round, Rounds
from steelyard.db import migrations
from steelyard.security.scopes import ALL_SCOPES, SCOPES_OF
from steelyard.security.tokens import Tokens
from steelyard.sources import Sources
from tests.kit.databases import Server

SERVER_CPU, OTHER_CPU = 0, 1
USERS, ITEMS = 10_000, 100_000
# A buyer may have twenty orders pending; then the next one buys.
ORDERS_OF_ONE = 20
BUSY = 0.5


class Requests:
    """What is sent, operation by operation; every order has a key that was never used."""

    def __init__(self) -> None:
        sources = Sources()
        tokens = Tokens([SECRET], clock=sources.clock, random_bytes=sources.random_bytes, known_scopes=ALL_SCOPES, lifetime_s=86_400)
        self._tokens = [tokens.issue(user_id=n, credential_id=n, scopes=SCOPES_OF["user"], lifetime_s=1800) for n in range(1, USERS + 1)]
        self._orders = itertools.count()
        self._random = random.Random(7)  # noqa: S311  # repeatable, not secret

    def of(self, operation: str) -> Callable[[], bytes]:
        """A maker of requests."""
        return {"a": self._health, "b": self._item, "c": self._page, "d": self._order}[operation]

    def _health(self) -> bytes:
        return b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    def _item(self) -> bytes:
        return b"GET /items/%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % self._random.randint(1, ITEMS)

    def _page(self) -> bytes:
        return b"GET /items?limit=20 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    def _order(self) -> bytes:
        number = next(self._orders)
        # Sellers are the first hundred users: nobody buys from himself.
        buyer = 100 + number // ORDERS_OF_ONE % (USERS - 100)
        body = b'{"product_id":%d,"quantity":2}' % self._random.randint(1, ITEMS)
        head = "POST /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nIdempotency-Key: bench-{}\r\n".format(number)
        return f"{head}Authorization: Bearer {self._tokens[buyer]}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def smoke(running: Running, requests: Requests) -> None:
    """Every contestant gives the same answers before it is measured."""

    def ask(path: str, raw: bytes | None = None) -> tuple[int, Any]:
        url, headers, body = f"http://127.0.0.1:{running.port}{path}", {}, None
        if raw is not None:
            head, _, body = raw.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, None

    name = running.contestant.name
    status, item = ask("/items/5")
    _expect(status == 200 and item["id"] == 5 and len(item) == 16, name, "getItem", item)
    status, page = ask("/items?limit=20")
    _expect(status == 200 and [one["id"] for one in page["items"]] == list(range(ITEMS, ITEMS - 20, -1)), name, "listItems", status)
    raw = requests.of("d")()
    status, order = ask("/orders", raw)
    _expect(status == 201 and len(order) == 21 and order["total"]["amount"] == 2 * order["lines"][0]["unit_price"]["amount"], name, "createOrder", order)
    again = ask("/orders", raw)
    _expect(again[1] is not None and again[1]["id"] == order["id"], name, "the same key again", again)
    _expect(ask("/orders", raw.replace(b"Bearer e", b"Bearer f"))[0] == 401, name, "a bad token", None)
    _expect(ask("/orders", raw.replace(b'"quantity":2}', b'"quantity":0}'))[0] == 422, name, "a quantity of 0", None)
    _expect(ask("/items/999999999")[0] == 404, name, "an unknown item", None)


def _expect(holds: bool, name: str, what: str, got: object) -> None:  # noqa: FBT001  # an assertion with words
    if not holds:
        raise SystemExit(f"{name} does not take part: {what} is not as expected: {got!r}")


async def prepare(dsn: str) -> None:
    """Our schema and the rows of seed.sql."""
    await migrations.migrate(dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute((HERE / "seed.sql").read_text(encoding="utf-8"))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def between(dsn: str) -> None:
    """Before each round: orders are closed, so that buyers may order again, and tables are tidied up. Not measured."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE orders SET status = 'shipped' WHERE status = 'pending'")
    await connection.execute("VACUUM ANALYZE items, orders, order_lines, idempotency_keys, events")
    await connection.close()


async def integrity(dsn: str) -> list[int]:
    """The figures of integrity.sql; all of them should be zero."""
    connection = await asyncpg.connect(dsn)
    statements = [one for one in (HERE / "integrity.sql").read_text(encoding="utf-8").split(";") if one.strip()]
    found = [await connection.fetchval(one) for one in statements]
    await connection.close()
    return found


async def measure(running: list[Running], requests: Requests, dsn: str, *, rounds: int, seconds: float, connections: int) -> Rounds:
    """Everybody, every operation, in turns."""
    measured: Rounds = {one.contestant.name: {operation: [] for operation in OPERATIONS} for one in running}
    for one, operation in itertools.product(running, OPERATIONS):
        await load.run(one.port, requests.of(operation), connections=connections, seconds=min(1.0, seconds))
    for number in range(rounds):
        await between(dsn)
        for operation in OPERATIONS:
            for one in running[:: 1 if number % 2 == 0 else -1]:
                before = cpu_seconds(one.session)
                got = await load.run(one.port, requests.of(operation), connections=connections, seconds=seconds)
                cost = cpu_seconds(one.session) - before
                row = Round(got.answers, got.seconds, cost, got.refused, got.broken, got.percentile(0.5), got.percentile(0.99))
                measured[one.contestant.name][operation].append(row)
        print(f"round {number + 1} of {rounds}", flush=True)
    return measured


async def main(options: argparse.Namespace) -> int:
    """The whole run; 1 when a goal was missed and `--check` asks."""
    os.sched_setaffinity(0, {OTHER_CPU})
    before = os.getloadavg()[0]
    server = Server(fsync=True)
    logs = Path(tempfile.mkdtemp(prefix="steelyard-bench-"))
    running: list[Running] = []
    try:
        server.start()
        await prepare(server.url)
        requests = Requests()
        for port, contestant in enumerate(CONTESTANTS, options.port):
            running.append(Running(contestant, port=port, cpu=SERVER_CPU, dsn=server.url, log=logs / f"{contestant.name}.log"))
            smoke(running[-1], requests)
            print(f"{contestant.name}: ready after {running[-1].start_s:.1f} s, answers as expected", flush=True)
        measured = await measure(
            running, requests, server.url, rounds=options.rounds, seconds=options.seconds, connections=options.connections
        )
        memory = {one.contestant.name: memory_mb(one.session) for one in running}
        out_of_balance = await integrity(server.url)
    finally:
        for one in running:
            one.stop()
        server.remove()
    return _tell(options, measured, memory, out_of_balance, before)


def _tell(options: argparse.Namespace, measured: Rounds, memory: dict[str, float], out_of_balance: list[int], load_before: float) -> int:
    notes = report.invalid(measured)
    if load_before > BUSY:
        notes.append(f"noisy: the load was {load_before:.1f} before the start; ratios hold better than rates")
    if any(out_of_balance):
        notes.append(f"INTEGRITY: integrity.sql found {out_of_balance}, which should be zeros")
    missed = report.missed(measured)
    text = report.table(measured, memory) + "".join(f"\n{note}\n" for note in notes)
    text += "\nEvery goal was reached.\n" if not missed else "".join(f"\nmissed: {one}\n" for one in missed)
    print(text)
    if options.save:
        now = datetime.now(UTC)
        facts = {
            "at": now.isoformat(),
            "python": platform.python_version(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "packages": {name: version(name) for name in ("fastapi", "starlette", "uvicorn", "pydantic", "sqlalchemy", "asyncpg", "msgspec", "psycopg")},
            "options": {"rounds": options.rounds, "seconds": options.seconds, "connections": options.connections},
            "load_before": load_before,
            "out_of_balance": out_of_balance,
            "memory_mb": memory,
            "rounds": {name: {key: [dataclasses.asdict(one) for one in rows] for key, rows in by.items()} for name, by in measured.items()},
        }
        results = HERE / "results"
        (results / f"{now:%Y-%m-%d}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        (results / "latest.md").write_text(f"# {now:%Y-%m-%d}\n\n{text}", encoding="utf-8")
    return int(options.check and bool(missed or notes and any("INTEGRITY" in note for note in notes)))


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; `--quick` for a first look in about a minute."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two rounds of one second")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--save", action="store_true", help="write results/<date>.json and results/latest.md")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--port", type=int, default=8151, help="the first of the contestants' ports")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.seconds = 2, 1.0
    return options


if __name__ == "__main__":
    began = time.perf_counter()
    status = uvloop.run(main(parse(sys.argv[1:])))
    print(f"{time.perf_counter() - began:.0f} s")
    sys.exit(status)
