"""The command: smoke test, warm-up, rounds, scaling if requested, integrity, report. `nox -s bench -- --help` lists its options."""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import measure, report, smoke
from benchmarks.contestants import CONTESTANTS, STEELYARD, Running, earlier_version
from benchmarks.load import OPERATIONS, Orders, buyers_used, generator, load
from benchmarks.market import BUYERS, Market, write_tokens
from tests.kit.servers.databases import Server

RESULTS = Path(__file__).parent / "results"
WARM_S = 1
SCALING = (1, 8, 32, 128, 512)
# The most buyers that one load can use up.
MOST_USED = 2000
Sample = dict[str, Any]


class Run:
    """One run: the servers are up, the market is seeded."""

    def __init__(self, market: Market, running: Sequence[Running], tokens: Path, log: Any = sys.stderr) -> None:
        self._market = market
        self._running = running
        self._tokens = tokens
        self._log = log
        self._buyer = 1
        self._loads = 0
        self.acknowledged = 0
        self.cut = 0

    def smoke(self) -> None:
        """Stops the run unless all contestants send the same responses."""
        token = self._tokens.read_text().splitlines()[-1]
        expected = None
        for server in self._running:
            responses = smoke.responses(server.url, token, server.name)
            self.acknowledged += 2
            expected = expected or responses
            try:
                smoke.compare(server.name, responses, expected)
            except smoke.DiffersError as error:
                error.add_note(server.log())
                raise
        self._say("all contestants send the same responses")

    def warm(self, operations: str, connections: int) -> None:
        for server in self._running:
            for operation in operations:
                self.sample(server, operation, WARM_S, connections)

    def rounds(self, count: int, operations: str, seconds: int, connections: int) -> dict[str, dict[str, list[Sample]]]:
        """Each operation on every contestant in turn; in every round another one is the first."""
        samples: dict[str, dict[str, list[Sample]]] = {server.name: {operation: [] for operation in operations} for server in self._running}
        for number in range(count):
            self._market.tidy()
            for operation in operations:
                first = number % len(self._running)
                for server in (*self._running[first:], *self._running[:first]):
                    samples[server.name][operation].append(self.sample(server, operation, seconds, connections))
            self._say(f"round {number + 1} of {count}")
        return samples

    def scaling(self, names: Sequence[str], seconds: int) -> dict[str, dict[str, Sample]]:
        """One item at growing numbers of connections. The guide's idiom stalls beyond its pool, so it is left out."""
        servers = [server for server in self._running if server.name in names]
        return {
            server.name: {str(connections): self.sample(server, "b", seconds, connections) for connections in SCALING} for server in servers
        }

    def sample(self, server: Running, operation: str, seconds: int, connections: int) -> Sample:
        """One load, and what it cost on either side."""
        if self._buyer + MOST_USED > BUYERS - 1:
            self._market.release()
            self._buyer = 1
        self._loads += 1
        orders = Orders(self._tokens, self._buyer, f"load-{self._loads}")
        server_before, database_before = measure.session_cpu_s(server.process.pid), measure.family_cpu_s(self._market.pid)
        outcome = load(server.url, operation, seconds, connections, orders)
        server_after, database_after = measure.session_cpu_s(server.process.pid), measure.family_cpu_s(self._market.pid)
        if operation == "d":
            self._buyer += buyers_used(outcome.responses, connections)
            self.acknowledged += outcome.responses - outcome.refused
            self.cut += connections
        return asdict(outcome) | {
            "seconds": seconds,
            "server_cpu_s": round(server_after - server_before, 3),
            "database_cpu_s": round(database_after - database_before, 3),
        }

    def integrity(self) -> dict[str, Any]:
        """What the orders left behind; `broken` lists what does not add up."""
        counts = self._market.balance()
        orders = counts.pop("orders")
        broken = [f"{count} {what.replace('_', ' ')}" for what, count in counts.items() if count]
        if not self.acknowledged <= orders <= self.acknowledged + self.cut:
            broken.append(f"{orders} orders were placed, and {self.acknowledged} responses were 201")
        return {"orders": orders, "acknowledged": self.acknowledged, "cut": self.cut, "broken": broken}

    def _say(self, what: str) -> None:
        print(what, file=self._log, flush=True)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure; the whole result as one JSON document."""
    load_before = measure.busy()
    every = sorted(os.sched_getaffinity(0))
    server_cpus, other_cpus = (every[:1], every[1:]) if len(every) > 1 else (every, every)
    # The database, the generator and this process inherit it; servers are moved away.
    os.sched_setaffinity(0, other_cpus)
    contestants = {STEELYARD.name: STEELYARD} | {name: CONTESTANTS[name] for name in options.only}
    if options.before:
        before = earlier_version(options.before.resolve())
        contestants[before.name] = before
    skipped = {name: reason for name, each in contestants.items() if (reason := each.lacks()) is not None}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="steelyard-bench-")))
        secret, tokens = secrets.token_urlsafe(48), folder / "tokens"
        write_tokens(secret, tokens)
        server = Server(fsync=True)
        stack.callback(server.remove)
        server.start()
        market = Market(server)
        market.seed()
        running = []
        for name, contestant in contestants.items():
            if name not in skipped:
                values = {"port": str(measure.free_port()), "database": market.url, "secret": secret}
                running.append(stack.enter_context(Running(contestant, values, server_cpus, folder / f"{name}.log")))
        facts = {each.name: {"title": contestants[each.name].title, "start_s": round(each.ready_s, 2)} for each in running}
        for each in running:
            facts[each.name]["pss_idle_mb"] = round(measure.session_pss_mb(each.process.pid), 1)

        measured = Run(market, running, tokens)
        measured.smoke()
        measured.warm(options.operations, options.connections)
        samples = measured.rounds(options.rounds, options.operations, options.seconds, options.connections)
        scaling = measured.scaling(("steelyard", "floor"), options.seconds) if options.scaling else {}
        for each in running:
            facts[each.name]["pss_mb"] = round(measure.session_pss_mb(each.process.pid), 1)
        machine = measure.facts() | {"postgresql": market.version()}
        integrity = measured.integrity()
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": {
            "rounds": options.rounds,
            "seconds": options.seconds,
            "connections": options.connections,
            "generator": generator(),
            "server_cpus": _named(server_cpus),
            "other_cpus": _named(other_cpus),
            "scaling": list(SCALING) if options.scaling else [],
            "environment": dict(STEELYARD.environment),
        },
        "machine": machine,
        "load_before": load_before,
        "skipped": skipped,
        "facts": facts,
        "samples": samples,
        "scaling": scaling,
        "integrity": integrity,
    }


def _named(cpus: Sequence[int]) -> str:
    return f"CPU {', '.join(map(str, cpus))}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 s: under two minutes, for a first look")
    parser.add_argument("--check", action="store_true", help="exit 1 when a `must` of the goals is missed")
    parser.add_argument("--scaling", action="store_true", help="one item at 1 to 512 connections, too")
    parser.add_argument("--rounds", type=int, help="default: 5")
    parser.add_argument("--seconds", type=int, help="default: 2")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--operations", default="".join(OPERATIONS), help="some of abcd")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="a checkout of an earlier version takes part, too")
    parser.add_argument("--only", nargs="*", choices=list(CONTESTANTS), default=list(CONTESTANTS), help="beside Steelyard")
    parser.add_argument("--no-record", action="store_true", help="print only; leave results/ alone")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 2)
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    options = _options(arguments)
    if not sys.platform.startswith("linux"):
        print("not run: /proc is absent, this is no Linux")
        return 0
    began = time.perf_counter()
    document = run(options)
    text = report.render(document)
    print(text)
    if not options.no_record:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{document['made_at'][:10]}.json").write_text(json.dumps(document, indent=1) + "\n")
        (RESULTS / "latest.md").write_text(text)
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    wrong = report.failures(document)
    for each in wrong:
        print(f"not good enough: {each}", file=sys.stderr)
    return 1 if wrong and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
