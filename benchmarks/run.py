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

from benchmarks import charts, figures, measure, page, report, smoke
from benchmarks.contestants import CONTESTANTS, STEELYARD, Contestant, earlier_version, listing
from benchmarks.load import OPERATIONS, Orders, buyers_used, generator, load
from benchmarks.market import BUYERS, FEW_ITEMS, ITEMS, Market, write_tokens
from benchmarks.running import Running
from benchmarks.steady import RATES, steady
from tests.kit.servers.children import free_port
from tests.kit.servers.postgresql import Server

WARM_S = 1
SCALING = (1, 8, 32, 128, 512)
# A fixed rate lasts a fifth of the time.
QUICKER = 5
# The most buyers that one load can use up.
MOST_USED = 2000
# All contestants keep theirs open at the same time.
MOST_CONNECTIONS = 500
Sample = dict[str, Any]


class Run:
    """One run: the servers are up, the market is seeded."""

    def __init__(self, market: Market, running: Sequence[Running], secret: str, tokens: Path, log: Any = sys.stderr) -> None:
        self._market = market
        self._secret = secret
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
            try:
                responses = smoke.responses(server.url, token, server.name)
                self.acknowledged += 2
                expected = expected or responses
                smoke.compare(server.name, responses, expected)
                # All of them order as the same buyer, who may not have more than twenty pending orders.
                self._market.cancel_orders()
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
            self._prepare()
            for operation in operations:
                first = number % len(self._running)
                for server in (*self._running[first:], *self._running[:first]):
                    samples[server.name][operation].append(self.sample(server, operation, seconds, connections))
            self._say(f"round {number + 1} of {count}")
        return samples

    def scaling(self, seconds: int) -> dict[str, dict[str, Sample]]:
        """One item at growing numbers of connections. The last load of a server: the guide's idiom stalls beyond its pool."""
        return {
            server.name: {str(connections): self.sample(server, "b", seconds, connections) for connections in SCALING}
            for server in self._running
        }

    def latency(self, operations: str, shorter: int) -> dict[str, dict[str, dict[str, Sample]]]:
        """Latency at fixed rates: the same rate on every contestant, then the next one."""
        samples: dict[str, dict[str, dict[str, Sample]]] = {server.name: {each: {} for each in operations} for server in self._running}
        for operation in operations:
            for rate, seconds in RATES.items():
                self._prepare()
                for server in self._running:
                    outcome = steady(server.url, operation, rate, seconds / shorter, self._orders())
                    if operation == "d":
                        self._count(outcome.requests - outcome.missing, outcome.refused, outcome.missing)
                    samples[server.name][operation][str(rate)] = asdict(outcome) | {"keeps_up": outcome.keeps_up}
                self._say(f"latency of {operation} at {rate} requests/s")
        return samples

    def sample(self, server: Running, operation: str, seconds: int, connections: int) -> Sample:
        """One load, and what it cost on either side."""
        orders = self._orders()
        server_before, database_before = measure.session_cpu_s(server.process.pid), measure.family_cpu_s(self._market.pid)
        outcome = load(server.url, operation, seconds, connections, orders)
        server_after, database_after = measure.session_cpu_s(server.process.pid), measure.family_cpu_s(self._market.pid)
        if operation == "d":
            self._count(outcome.responses, outcome.refused, connections)
        return asdict(outcome) | {
            "seconds": seconds,
            "server_cpu_s": round(server_after - server_before, 3),
            "database_cpu_s": round(database_after - database_before, 3),
        }

    def _prepare(self) -> None:
        """No load pays for the dead rows of those before it, and no token expires during a load."""
        self._market.tidy()
        write_tokens(self._secret, self._tokens)

    def _orders(self) -> Orders:
        """Buyers that have no pending order, for the next load."""
        if self._buyer + MOST_USED > BUYERS - 1:
            self._market.release()
            self._buyer = 1
        self._loads += 1
        return Orders(self._tokens, self._buyer, f"load-{self._loads}")

    def _count(self, responses: int, refused: int, cut: int) -> None:
        """So many orders were placed, and so many more may have been."""
        self._buyer += buyers_used(responses, cut)
        self.acknowledged += responses - refused
        self.cut += cut

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


def run(options: argparse.Namespace) -> dict[str, Any] | None:
    """Measure; the whole result as one JSON document. None if only the responses were to be compared."""
    load_before = measure.busy()
    every = sorted(os.sched_getaffinity(0))
    server_cpus, other_cpus = (every[:1], every[1:]) if len(every) > 1 else (every, every)
    # The database, the generator and this process inherit it; servers are moved away.
    os.sched_setaffinity(0, other_cpus)
    contestants = {STEELYARD.name: STEELYARD} | {name: CONTESTANTS[name] for name in options.only}
    if options.before:
        before = earlier_version(options.before.resolve())
        contestants[before.name] = before
    skipped = {name: reason for name, each in contestants.items() if (reason := each.prepare()) is not None}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="steelyard-bench-")))
        secret, tokens = secrets.token_urlsafe(48), folder / "tokens"
        write_tokens(secret, tokens)
        market = Market(stack.enter_context(Server(fsync=True, connections=MOST_CONNECTIONS)))
        market.seed(FEW_ITEMS if options.smoke else ITEMS)
        running = []
        for name, contestant in contestants.items():
            if name not in skipped:
                values = {"port": str(free_port()), "database": market.url, "secret": secret}
                running.append(stack.enter_context(Running(contestant, values, server_cpus, folder / f"{name}.log")))
        facts = {each.name: _facts(each, contestants[each.name]) for each in running}

        measured = Run(market, running, secret, tokens)
        measured.smoke()
        if options.smoke:
            return None
        measured.warm(options.operations, options.connections)
        samples = measured.rounds(options.rounds, options.operations, options.seconds, options.connections)
        for each in running:
            facts[each.name]["pss_mb"] = round(measure.session_memory(each.process.pid)[0], 1)
        latency = measured.latency(options.latency, QUICKER if options.quick else 1)
        scaling = measured.scaling(options.seconds) if options.scaling else {}
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
        "latency": latency,
        "scaling": scaling,
        "integrity": integrity,
    }


def _facts(server: Running, contestant: Contestant) -> dict[str, Any]:
    """What is certain before the first load."""
    memory_mb, processes = measure.session_memory(server.process.pid)
    return {
        "title": contestant.title,
        "versions": contestant.versions(),
        "ready_s": round(server.ready_s, 2),
        "ready_cpu_s": round(server.ready_cpu_s, 2),
        "pss_idle_mb": round(memory_mb, 1),
        "processes": processes,
    }


def _named(cpus: Sequence[int]) -> str:
    return f"CPU {', '.join(map(str, cpus))}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="list all contestants, and how to get what they need")
    parser.add_argument("--smoke", action="store_true", help="only compare the responses of all contestants")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 s: under two minutes, for a first look")
    parser.add_argument("--check", action="store_true", help="exit 1 when a `must` of the goals is missed")
    parser.add_argument("--latency", nargs="?", const="bd", default="", metavar="OPERATIONS", help="at fixed rates, too; default: bd")
    parser.add_argument("--scaling", action="store_true", help="one item at 1 to 512 connections, too")
    parser.add_argument("--rounds", type=int, help="default: 5")
    parser.add_argument("--seconds", type=int, help="default: 2")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--operations", default="".join(OPERATIONS), help="some of abcd")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="a checkout of an earlier version takes part, too")
    parser.add_argument("--only", nargs="*", choices=list(CONTESTANTS), default=list(CONTESTANTS), help="beside Steelyard")
    parser.add_argument("--no-record", action="store_true", help="print only; leave results/ and docs/performance.md alone")
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
    if options.peers:
        print(listing())
        return 0
    began = time.perf_counter()
    document = run(options)
    if document is None:
        return 0
    text = report.render(document)
    print(text)
    if not options.no_record:
        (page.RESULTS / f"{document['made_at'][:10]}.json").write_text(json.dumps(document, indent=1) + "\n")
        (page.RESULTS / "latest.md").write_text(text)
        (page.RESULTS / "latest.svg").write_text(charts.draw(document))
        page.write()
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    wrong = figures.failures(document)
    for each in wrong:
        print(f"not good enough: {each}", file=sys.stderr)
    return 1 if wrong and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
