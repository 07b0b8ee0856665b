"""How the cost of a request grows with the data: `nox -s bench -- --growth`. README.md says what grows, and curves.py what is allowed.

All databases are filled first, and each has a server. Requests go over one connection, one after the other, to all of them in turns.
"""

import argparse
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from benchmarks import curves, measure, page
from benchmarks.contestants import STEELYARD
from benchmarks.curves import Curve
from benchmarks.load import Orders, complete_status, load
from benchmarks.market import BUYERS, Market, write_tokens
from benchmarks.running import Running
from benchmarks.steady import Connection
from steelyard.features.items.service import ItemFilters
from steelyard.paging.cursors import Cursors
from steelyard_contract import models as m
from tests.kit.servers.children import free_port
from tests.kit.servers.postgresql import Server

SIZES = (1_000, 100_000, 1_000_000)
DEEPEST_SKIP = 10_000
PASSWORD = "correct horse battery"
# A word that every thirtieth item has.
WORD = "figaba"
BACKLOG = """
INSERT INTO outbox (kind, payload, run_at, attempts)
SELECT 'mail.welcome', '{"user_id": 1}', now() + n * interval '1 second', 0 FROM generate_series(1, 100000) n;
INSERT INTO events (id, type, occurred_at, actor_kind, subject_kind, subject_id, data, audience)
SELECT gen_random_uuid(), 'order.created', now(), 'system', 'order', n, '{}', '[]' FROM generate_series(1, 100000) n
"""
Request = Callable[[], bytes]


class Shop:
    """One database, its server, and a connection to it."""

    def __init__(self, market: Market, items: int, server: Running, tokens: Sequence[str], cursors: Cursors) -> None:
        self.market = market
        self.items = items
        self.server = server
        self._tokens = tokens
        self._cursors = cursors
        self._chance = random.Random(7)
        self._sent = 0
        host, _, port = server.url.removeprefix("http://").partition(":")
        self._host = f"{host}:{port}"
        self._address = host, int(port)
        self._connection: Connection

    def connect(self) -> None:
        """Open a connection; the server has closed one that was idle for long."""
        self._connection = Connection(self._address)

    def took_ms(self, request: bytes) -> float:
        """Send the request and wait for the response, which must be 2xx."""
        began = time.perf_counter()
        self._connection.send(request, began)
        received = b""
        while (status := complete_status(received)) is None:
            data = self._connection.socket.recv(65536)
            if not data:
                raise RuntimeError(f"{request!r}: the connection was closed. {self.server.log()}")
            received += data
        if not 200 <= status < 300:
            raise RuntimeError(f"{request!r}: {received!r}")
        return (time.perf_counter() - began) * 1e3

    def get(self, target: str, token: str | None = None) -> bytes:
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        return f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\n{authorization}\r\n".encode()

    def post(self, target: str, body: str, content_type: str = "application/json", fields: Mapping[str, str] | None = None) -> bytes:
        more = "".join(f"{name}: {value}\r\n" for name, value in (fields or {}).items())
        head = f"POST {target} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        return (head + body).encode()

    def item(self) -> bytes:
        return self.get(f"/items/{self._chance.randint(1, self.items)}")

    def page(self, *, limit: int = 20, skip: int = 0) -> bytes:
        return self.get(f"/items?limit={limit}&skip={skip}")

    def page_after(self, depth: float) -> bytes:
        """The page after so many of all items, by a cursor; seed.sql dates them."""
        last = max(int(self.items * (1 - depth)) - self._chance.randint(0, 20), 21)
        filters = ItemFilters(m.ItemStatus.active, m.ItemSort("-created_at"))._asdict()
        at = datetime(2025, 2, 1, tzinfo=UTC) + timedelta(minutes=last)
        return self.get(f"/items?limit=20&cursor={quote(self._cursors.seal('listItems', filters, [at, last]))}")

    def search(self) -> bytes:
        return self.get(f"/items?limit=20&search={WORD}")

    def account(self) -> bytes:
        """Another caller each time, so that none is cached."""
        return self.get("/users/me", self._tokens[self._chance.randrange(BUYERS // 2, BUYERS)])

    def own_orders(self) -> bytes:
        return self.get("/orders?limit=20", self._tokens[self._sent % 10])

    def order(self, lines: int = 1) -> bytes:
        """Of other items and by another buyer each time: each may have twenty pending orders."""
        self._sent += 1
        # Of one seller: seed.sql deals the items out to a hundred.
        products = self._chance.sample(range(self._chance.randint(1, 100), self.items + 1, 100), lines)
        body = json.dumps({"lines": [{"product_id": product, "quantity": 1} for product in products]})
        token = self._tokens[self._sent % (BUYERS // 2)]
        return self.post("/orders", body, fields={"Authorization": f"Bearer {token}", "Idempotency-Key": f"growth-{self._sent}"})

    def register(self) -> None:
        body = json.dumps({"name": "Growth", "email": "growth@example.org", "password": PASSWORD})
        self.connect()
        self.took_ms(self.post("/users", body))

    def login(self) -> bytes:
        form = f"grant_type=password&username={quote('growth@example.org')}&password={quote(PASSWORD)}"
        return self.post("/token", form, "application/x-www-form-urlencoded")


def in_turns(requests: Mapping[int, tuple[Shop, Request]], count: int) -> tuple[tuple[int, float], ...]:
    """The p50 at each size."""
    took: dict[int, list[float]] = {size: [] for size in requests}
    for shop, _ in requests.values():
        shop.connect()
    for number in range(-(count // 10), count):
        for size, (shop, request) in requests.items():
            took_ms = shop.took_ms(request())
            # The first requests open connections and fill caches.
            if number >= 0:
                took[size].append(took_ms)
    return tuple((size, statistics.median(each)) for size, each in took.items())


class Growth:
    """All measurements; `count` requests each, and fewer of those that are slow."""

    def __init__(self, shops: Sequence[Shop], tokens: Path, count: int) -> None:
        self._shops = shops
        self._largest = shops[-1]
        self._tokens = tokens
        self._count = count

    def with_the_data(self) -> list[Curve]:
        measured: list[tuple[str, Callable[[Shop], Request], int]] = [
            ("one item", lambda shop: shop.item, self._count),
            ("first page", lambda shop: shop.page, self._count),
            ("page in the middle, by cursor", lambda shop: lambda: shop.page_after(0.5), self._count),
            ("page at 90 %, by cursor", lambda shop: lambda: shop.page_after(0.9), self._count),
            ("search of one word", lambda shop: shop.search, self._count),
            ("order", lambda shop: shop.order, self._count // 2),
            ("login", lambda shop: shop.login, self._count // 20),
            ("credential that is not cached", lambda shop: shop.account, self._count),
            ("own orders", lambda shop: shop.own_orders, self._count),
        ]
        for shop in self._shops:
            shop.register()
        grown = []
        for name, request_of, count in measured:
            requests = {shop.items: (shop, request_of(shop)) for shop in self._shops}
            grown.append(Curve(name, "items, users, sessions, orders", in_turns(requests, max(count, 5)), curves.ALLOWED[name]))
            print(curves.line(grown[-1]), file=sys.stderr, flush=True)
        return grown

    def with_the_request(self) -> list[Curve]:
        shop = self._largest
        deep = [share for share in (0.0001, 0.01, 0.1, 0.99) if share * shop.items >= 20]
        return [
            self._curve("page by cursor", "pages before it", {int(each * shop.items / 20): self._after(each) for each in deep}),
            self._curve("page by skip", "items before it", {each: self._skipping(each) for each in (0, 100, 1_000, DEEPEST_SKIP)}),
            self._curve("page", "items in it", {each: self._of(each) for each in (1, 10, 20, 50, 100)}),
            self._curve("order", "lines in it", {each: self._lines(each) for each in (1, 5, 10, 25, 50)}, self._count // 4),
        ]

    def with_the_backlog(self) -> Curve:
        before = in_turns({0: (self._largest, self._largest.order)}, self._count // 2)
        self._largest.market.execute(BACKLOG)
        self._largest.market.tidy()
        after = in_turns({100_000: (self._largest, self._largest.order)}, self._count // 2)
        return Curve("order", "open jobs and unnumbered events", before + after, curves.ALLOWED["order with a backlog"])

    def with_the_connections(self, seconds: int) -> list[Curve]:
        server, orders = self._largest.server, Orders(self._tokens, 1, "")
        outcomes = {count: load(server.url, "b", seconds, count, orders) for count in (1, 8, 32, 128, 512)}
        for count, outcome in outcomes.items():
            if outcome.refused or outcome.sockets:
                raise RuntimeError(f"{count} connections: {outcome}")
        most = outcomes[512]
        rates = tuple((count, outcome.rate) for count, outcome in outcomes.items() if count >= 32)
        return [
            Curve("one item, requests/s", "connections", rates, curves.ALLOWED["rate"], unit="/s"),
            Curve("one item, p99 of 512 connections", "as a multiple of p50", ((1, most.p50_ms), (2, most.p99_ms)), curves.ALLOWED["p99"]),
        ]

    def _curve(self, name: str, grows: str, requests: Mapping[int, Request], count: int | None = None) -> Curve:
        at = {size: (self._largest, request) for size, request in requests.items()}
        curve = Curve(name, grows, in_turns(at, count or self._count), curves.ALLOWED.get(f"{name}: {grows}"))
        print(curves.line(curve), file=sys.stderr, flush=True)
        return curve

    def _after(self, depth: float) -> Request:
        return lambda: self._largest.page_after(depth)

    def _skipping(self, skip: int) -> Request:
        return lambda: self._largest.page(skip=skip)

    def _of(self, limit: int) -> Request:
        return lambda: self._largest.page(limit=limit)

    def _lines(self, lines: int) -> Request:
        return lambda: self._largest.order(lines)


def run(sizes: Sequence[int], count: int, seconds: int) -> dict[str, object]:
    """Fill, measure; the result as one JSON document."""
    load_before = measure.busy()
    every = sorted(os.sched_getaffinity(0))
    server_cpus, other_cpus = (every[:1], every[1:]) if len(every) > 1 else (every, every)
    os.sched_setaffinity(0, other_cpus)
    contestant = replace(STEELYARD, environment={**STEELYARD.environment, "STEELYARD_RATE_LIMITS": "false"})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="steelyard-growth-")))
        secret, tokens = secrets.token_urlsafe(48), folder / "tokens"
        cursors = Cursors(secret.encode())
        database = stack.enter_context(Server(fsync=True))
        markets = []
        for size in sizes:
            market = Market(database).beside(f"growth_{size}")
            began = time.perf_counter()
            market.seed(size, others=size)
            print(f"{size} items, users, sessions and orders: filled in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            markets.append(market)
        # Valid for half an hour from now.
        write_tokens(secret, tokens)
        shops = []
        for size, market in zip(sizes, markets, strict=True):
            values = {"port": str(free_port()), "database": market.url, "secret": secret}
            server = stack.enter_context(Running(contestant, values, server_cpus, folder / f"{size}.log"))
            shops.append(Shop(market, size, server, tokens.read_text().split(), cursors))
        growth = Growth(shops, tokens, count)
        measured = [*growth.with_the_data(), *growth.with_the_request(), growth.with_the_backlog()]
        measured += growth.with_the_connections(seconds) if sizes[-1] >= SIZES[1] else []
        machine = measure.facts() | {"postgresql": shops[0].market.version()}
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "count": count,
        "load_before": load_before,
        "machine": machine,
        "curves": [asdict(each) for each in measured],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="nox -s bench -- --growth", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="so many items, users, sessions and orders")
    parser.add_argument("--quick", action="store_true", help="up to 100 000, and a fifth of the requests")
    parser.add_argument("--check", action="store_true", help="exit 1 if the cost grows by more than is allowed")
    parser.add_argument("--no-record", action="store_true", help="print only; leave results/ and docs/performance.md alone")
    options = parser.parse_args(arguments)
    sizes = SIZES[:2] if options.quick and options.sizes == SIZES else options.sizes
    document = run(sizes, 80 if options.quick else 400, 1 if options.quick else 3)
    text = curves.render(document)
    print(text)
    if not options.no_record:
        (page.RESULTS / "growth.json").write_text(json.dumps(document, indent=1) + "\n")
        (page.RESULTS / "growth.md").write_text(text)
        (page.RESULTS / "growth.svg").write_text(curves.draw(document))
        page.write()
    missed = [curves.line(each) for each in curves.of(document) if each.result == "missed"]
    for each in missed:
        print(f"grows too much: {each}", file=sys.stderr)
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
