"""The cost of a request, counted instead of timed: Python calls of one exchange in process, and round trips to PostgreSQL.

The figures are the budgets of the design. A budget is raised only together with a note in docs/decisions/.
"""

import itertools
import json
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from pydantic import SecretStr

from steelyard.app.application import create_app
from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from steelyard.sources import Sources
from tests.kit.servers.running import Journal, settings_for
from tests.kit.servers.scraping import TOKEN
from tests.kit.servers.statements import count_statements
from tests.kit.world.clock import Clock
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

TIMES = 10
JSON = (b"content-type", b"application/json")


@dataclass(frozen=True)
class Server:
    """The application as in production: with rate limits, and a validator that checks a sample."""

    app: ContractAPI
    stage: Stage

    async def exchange(self, method: str, path: str, *headers: tuple[bytes, bytes], body: bytes = b"") -> int:
        """One exchange with as little around it as ASGI allows; the response is not checked, because that would be counted too."""
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "headers": [(b"host", b"localhost"), *headers, *([(b"content-length", b"%d" % len(body))] if body else [])],
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }
        sent: list[int] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            if "status" in message:
                assert isinstance(message["status"], int)
                sent.append(message["status"])

        await self.app(scope, receive, send)  # type: ignore[arg-type]  # the messages of one kind of exchange
        return sent[0]

    def order(self, *lines: tuple[int, int]) -> Callable[[], Awaitable[int]]:
        """An order of these lines, by a buyer with few pending orders."""
        body = {"lines": [{"product_id": product, "quantity": quantity} for product, quantity in lines]}
        raw = json.dumps(body if len(lines) > 1 else body["lines"][0]).encode()
        token = (b"authorization", f"Bearer {self.stage.buyer.token}".encode())

        async def place() -> int:
            key = (b"idempotency-key", self.stage.world.key().encode())
            return await self.exchange("POST", "/orders", JSON, token, key, body=raw)

        return place


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop of production, which is not written in Python."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def server(postgres: Database) -> AsyncIterator[Server]:
    async with opened(postgres) as (app, world):
        yield Server(app, await Stage.of(world))


@asynccontextmanager
async def opened(postgres: Database, **overrides: Any) -> AsyncIterator[tuple[ContractAPI, World]]:
    clock = Clock()
    clock.now = datetime.now(UTC)
    overrides |= {
        "rate_limits": True,
        "rate_default_per_minute": 1_000_000,
        "response_validation": "observe",
        "response_validation_sample": 1_000_000,
    }
    settings = settings_for(postgres.url, **overrides)
    journal = Journal(clock)
    # A stopped stopwatch: nothing that is cached for a second expires.
    app = create_app(settings, sources=Sources(stopwatch=itertools.repeat(1.0).__next__), journal=journal)
    async with app.router.lifespan_context(app):
        yield app, World(postgres, clock, settings)
    assert not journal.faults


@contextmanager
def profiled() -> Iterator[Counter[str]]:
    """Python calls by place; C calls are not counted, resuming a coroutine is."""
    made: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            code = frame.f_code
            made[f"{code.co_filename.rpartition('site-packages/')[2].rpartition('/server/')[2]}:{code.co_qualname}"] += 1

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield made
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def calls_of(exchange: Callable[[], Awaitable[int]], status: int) -> tuple[int, str]:
    """Python calls of one exchange, and their places. The lowest of several counts, because other code sometimes runs in between."""
    for _ in range(3):
        assert await exchange() == status
    runs = []
    for _ in range(TIMES):
        with profiled() as made:
            assert await exchange() == status
        runs.append(Counter({place: count for place, count in made.items() if "/tests/" not in place and "contextlib" not in place}))
    least = min(runs, key=Counter.total)
    return least.total(), "\n".join(f"{count:4}  {place}" for place, count in least.most_common())


async def test_health_costs_60_calls(server: Server) -> None:
    calls, where = await calls_of(lambda: server.exchange("GET", "/health"), 200)

    assert calls <= 60, f"{calls}\n{where}"


async def test_metrics_cost_no_call(server: Server, postgres: Database) -> None:
    without, _ = await calls_of(lambda: server.exchange("GET", "/health"), 200)
    async with opened(postgres, metrics_token=SecretStr(TOKEN)) as (app, _):
        counted = Server(app, server.stage)
        with_them, where = await calls_of(lambda: counted.exchange("GET", "/health"), 200)

    assert with_them == without, where


async def test_a_request_that_is_not_traced_costs_8_calls_with_tracing_and_none_without(server: Server, postgres: Database) -> None:
    without, _ = await calls_of(lambda: server.exchange("GET", "/health"), 200)
    async with opened(postgres, otlp_url="http://127.0.0.1:9", trace_sample=0) as (app, _):
        traced = Server(app, server.stage)
        with_it, where = await calls_of(lambda: traced.exchange("GET", "/health"), 200)

    assert with_it <= without + 8, where
    assert without == 42


async def test_an_item_costs_160_calls_and_one_round_trip(server: Server) -> None:
    path = f"/items/{server.stage.item_id}"

    calls, where = await calls_of(lambda: server.exchange("GET", path), 200)
    with count_statements() as made:
        await server.exchange("GET", path)

    assert calls <= 160, f"{calls}\n{where}"
    assert len(made) == 1, made


async def test_a_page_of_20_items_costs_240_calls_and_3_for_each_further_row(server: Server) -> None:
    await server.stage.world.items(server.stage.seller, 100)

    calls, where = await calls_of(lambda: server.exchange("GET", "/items?limit=20"), 200)
    more, where_more = await calls_of(lambda: server.exchange("GET", "/items?limit=100"), 200)

    assert calls <= 240, f"{calls}\n{where}"
    assert more - calls <= 3 * 80, f"{(more - calls) / 80} for each further row\n{where_more}"


async def test_a_page_costs_one_round_trip_and_another_when_its_count_is_cold(server: Server) -> None:
    await server.stage.world.items(server.stage.seller, 30)

    with count_statements() as cold:
        await server.exchange("GET", "/items?limit=20")
    with count_statements() as warm:
        await server.exchange("GET", "/items?limit=20")
    with count_statements() as long:
        await server.exchange("GET", "/items?limit=25")

    assert (len(cold), len(warm), len(long)) == (2, 1, 1), (cold, warm, long)


async def test_an_order_of_one_line_costs_900_calls(server: Server) -> None:
    calls, where = await calls_of(server.order((server.stage.item_id, 1)), 201)

    assert calls <= 900, f"{calls}\n{where}"


@pytest.mark.parametrize("lines", [1, 2, 5, 10])
async def test_an_order_costs_2_round_trips_and_one_for_each_line(lines: int, server: Server) -> None:
    goods = await server.stage.world.items(server.stage.seller, lines)
    place = server.order(*((product, 1) for product in goods))
    assert await place() == 201

    with count_statements() as made:
        assert await place() == 201

    assert len(made) == 2 + lines, made


async def test_a_cached_caller_costs_no_round_trip_and_another_costs_one(server: Server) -> None:
    token = (b"authorization", f"Bearer {server.stage.stranger.token}".encode())

    with count_statements() as cold:
        await server.exchange("GET", "/users/me", token)
    with count_statements() as warm:
        await server.exchange("GET", "/users/me", token)

    assert (len(cold), len(warm)) == (2, 1), (cold, warm)


async def test_the_statements_of_a_page_do_not_depend_on_its_rows(server: Server) -> None:
    world, token = server.stage.world, (b"authorization", f"Bearer {server.stage.admin.token}".encode())
    for _ in range(30):
        await world.user()

    made = {}
    for limit in (5, 30):
        await server.exchange("GET", f"/users?limit={limit}", token)
        with count_statements() as counted:
            await server.exchange("GET", f"/users?limit={limit}", token)
        made[limit] = len(counted)

    assert made[5] == made[30], made
