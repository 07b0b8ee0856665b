"""Traces of requests, as a real collector gets them."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from steelyard.app.application import create_app
from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.users.mails import WELCOME
from steelyard.jobs.outbox import enqueue
from steelyard.sources import Sources
from steelyard.tables.jobs import outbox
from steelyard.telemetry.otlp import SpanSender
from steelyard.telemetry.tracing import Tracing
from steelyard.tracing import Moment, Span, current_span
from tests.kit.servers.collectors import Collector, collector
from tests.kit.servers.mail_servers import mail_server
from tests.kit.servers.running import settings_for
from tests.kit.servers.scraping import BEARER, TOKEN, scrape
from tests.kit.servers.waiting import until
from tests.kit.world.clock import Clock
from tests.kit.world.world import World

PROXY = ("127.0.0.1",)
TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = f"00-{TRACE_ID}-{SPAN_ID}-01", f"00-{TRACE_ID}-{SPAN_ID}-00"

open_jobs = statement(select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None)), int)
all_traces = statement(select(outbox.c.trace).order_by(outbox.c.id), str)


@pytest.fixture
def spans() -> Iterator[Collector]:
    with collector() as running:
        yield running


@asynccontextmanager
async def traced(database: Database, spans: Collector, *, sample: float = 1, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that is traced; the spans have arrived when it is closed."""
    app = create_app(settings_for(database.url, otlp_url=spans.url, trace_sample=sample, **changed))
    async with app.router.lifespan_context(app), client(app) as opened:
        yield opened


def client(app: ContractAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_a_request_is_a_span_with_its_statements(database: Database, spans: Collector) -> None:
    before = datetime.now(UTC).timestamp() * 1e9
    async with traced(database, spans) as sender:
        response = await sender.get("/items/7")

    (span,) = spans.spans
    assert (span.name, span.kind, span.service, span.parent_id, span.is_failed) == ("getItem", "SERVER", "steelyard", "", False)
    assert span.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 404,
        "error.type": response.json()["type"],
        "steelyard.request_id": response.headers["x-request-id"],
    }
    assert span.steps == ["items.queries.get_public_item"]
    assert before - 1e9 < span.began_ns <= span.ended_ns < before + 60e9
    assert re.fullmatch("[0-9a-f]{32}", span.trace_id)


async def test_the_statements_of_a_transaction_and_the_user_are_in_the_span(database: Database, spans: Collector) -> None:
    clock = Clock()
    clock.now = datetime.now(UTC)
    settings = settings_for(database.url)
    user = await World(database, clock, settings).user()
    item = {"title": "Lamp", "price": {"amount": 100, "currency": "USD"}}
    async with traced(database, spans) as sender:
        response = await sender.post("/items", json=item, headers={"authorization": f"Bearer {user.token}"})

    assert response.status_code == 201, response.text
    (span,) = spans.spans
    assert span.attributes["steelyard.user_id"] == user.id
    assert "items.queries.insert_item" in span.steps
    assert span.steps[-1] == "COMMIT"


@pytest.mark.parametrize(
    ("path", "method", "name", "shown"),
    [("/openapi.json", "GET", "other", "_OTHER"), ("/nowhere/secret", "ODD", "other", "_OTHER"), ("/health", "HEAD", "getHealth", "HEAD")],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_span_has_no_path_and_no_method_that_a_caller_chose(
    database: Database, spans: Collector, path: str, method: str, name: str, shown: str
) -> None:
    async with traced(database, spans) as sender:
        await sender.request(method, path)

    (span,) = spans.spans
    assert (span.name, span.attributes["http.request.method"]) == (name, shown)


@pytest.mark.parametrize(
    ("proxies", "traceparent", "sample", "expected"),
    [
        (PROXY, SAMPLED, 0, (TRACE_ID, SPAN_ID)),
        (PROXY, SAMPLED.replace("00-", "01-", 1) + "-later", 0, (TRACE_ID, SPAN_ID)),
        (PROXY, UNSAMPLED, 1, None),
        (PROXY, SAMPLED.replace("00-", "ff-", 1), 0, None),
        (PROXY, SAMPLED.upper(), 0, None),
        (PROXY, f"00-{'0' * 32}-{SPAN_ID}-01", 0, None),
        (PROXY, f"00-{TRACE_ID}-{'0' * 16}-01", 0, None),
        (PROXY, "nonsense\xe9", 0, None),
        ((), SAMPLED, 0, None),
        ((), UNSAMPLED, 1, ("new", "")),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_only_a_trusted_proxy_decides_what_is_traced(
    database: Database, spans: Collector, proxies: tuple[str, ...], traceparent: str, sample: float, expected: tuple[str, str] | None
) -> None:
    async with traced(database, spans, sample=sample, trusted_proxies=proxies) as sender:
        await sender.get("/health", headers={b"traceparent": traceparent.encode("latin-1")})

    seen = [(span.trace_id if span.trace_id == TRACE_ID else "new", span.parent_id) for span in spans.spans]
    assert seen == ([] if expected is None else [expected])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_chance_decides_by_the_part_that_is_set(database: Database, spans: Collector) -> None:
    async with traced(database, spans, sample=0.5) as sender:
        for _ in range(60):
            await sender.get("/livez")

    assert 5 < len(spans.spans) < 55


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_span_remains_when_a_request_has_ended(database: Database, spans: Collector) -> None:
    async with traced(database, spans) as sender:
        await sender.get("/items/7")

        assert current_span.get() is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_request_that_is_not_traced_adds_nothing_to_the_span_of_the_one_before(database: Database, spans: Collector) -> None:
    """A pipelined request begins in the context of the request before it."""
    async with traced(database, spans, sample=0) as sender:
        tracing = Tracing(Sources(), SpanSender(spans.url, service="", version=""), sample=1)
        before = Span(tracing, "SERVER", "listItems", Moment(datetime.now(UTC), 0))
        current_span.set(before)
        response = await sender.get("/items/7")

    assert response.status_code == 404
    assert before.steps == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_fault_is_a_failed_span(database: Database, spans: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    async with traced(database, spans) as sender:
        with monkeypatch.context() as broken:
            broken.setattr(Database, "read", lambda _: 1 / 0)
            response = await sender.get("/items/7")

    (span,) = spans.spans
    assert (response.status_code, span.is_failed, span.attributes["http.response.status_code"]) == (500, True, 500)


async def test_a_failed_statement_is_noted_with_the_class_of_its_error(database: Database, spans: Collector) -> None:
    new = {"email": "alice@example.com", "password": "correct horse battery", "name": "Alice"}
    async with traced(database, spans) as sender:
        await sender.post("/users", json=new)
        response = await sender.post("/users", json=new)

    assert response.status_code == 400, response.text
    _, second = spans.named("createUser")
    assert not second.is_failed
    assert "ROLLBACK" in second.steps
    assert b"ConstraintViolated" in b"".join(spans.raw)
    assert b"alice" not in b"".join(spans.raw)


async def test_a_job_keeps_the_trace_of_its_request(database: Database, spans: Collector) -> None:
    new = {"email": "alice@example.com", "password": "correct horse battery", "name": "Alice"}
    async with traced(database, spans) as sender:
        await sender.post("/users", json=new)
    async with traced(database, spans, sample=0) as sender:
        await sender.post("/users", json=new | {"email": "bob@example.com"})

    (span,) = spans.named("createUser")
    assert await traces(database) == [span.traceparent, None]


async def traces(database: Database) -> list[str | None]:
    """The column `trace` of all jobs."""
    return await database.read().all(all_traces)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_dropped_spans_are_counted_among_the_metrics(database: Database, spans: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.telemetry.otlp.MAX_WAITING", 2)
    monkeypatch.setattr("steelyard.telemetry.otlp.CLOSE_TIMEOUT_S", 0.05)
    spans.freeze()
    async with traced(database, spans, metrics_token=TOKEN) as sender:
        for _ in range(5):
            await sender.get("/livez")

        async def dropped() -> float | None:
            text = (await sender.get("/metrics", headers={"authorization": BEARER})).text
            return scrape(text).of("steelyard_trace_spans_dropped_total")

        assert (await until(dropped)) >= 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_without_a_collector_nothing_is_traced(database: Database) -> None:
    app = create_app(settings_for(database.url), sources=Sources())
    async with app.router.lifespan_context(app), client(app) as sender:
        response = await sender.get("/items/7", headers={"traceparent": SAMPLED})

    assert response.status_code == 404


async def test_a_job_is_a_span_that_links_to_its_request_and_has_the_call_of_the_mail_server(database: Database, spans: Collector) -> None:
    new = {"email": "alice@example.com", "password": "correct horse battery", "name": "Alice"}
    async with mail_server() as mails:
        mails.respond("RCPT", "450 4.2.0 try again")
        async with traced(database, spans, embedded_worker=True, mail="smtp", smtp_url=mails.url) as sender:
            await sender.post("/users", json=new)
            await until(lambda: mails.said_goodbye or mails.connections)
            await until(lambda: spans.named("SMTP"))

    (request,), (job,), (call,) = spans.named("createUser"), spans.named(WELCOME), spans.named("SMTP")
    assert (job.kind, job.parent_id, job.links) == ("CONSUMER", "", [(request.trace_id, request.span_id)])
    assert job.trace_id != request.trace_id
    assert {name: job.attributes[name] for name in ("steelyard.attempt", "steelyard.result")} == {
        "steelyard.attempt": 1,
        "steelyard.result": "retried",
    }
    assert "jobs.queries.reschedule_job" in job.steps
    assert (call.kind, call.trace_id, call.parent_id) == ("CLIENT", job.trace_id, job.span_id)
    assert (job.is_failed, call.is_failed, call.attributes) == (True, True, {"error.type": "NotSent"})
    assert b"alice" not in b"".join(spans.raw)


@pytest.mark.parametrize(("sample", "count"), [(0, 0), (1, 1)])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_chance_decides_about_a_job_without_a_traced_request(database: Database, spans: Collector, sample: float, count: int) -> None:
    async with database.transaction() as tx:
        await enqueue(tx, WELCOME, {"user_id": 4711})
    async with traced(database, spans, sample=sample, embedded_worker=True):
        await until(lambda: all_done(database))

    assert [(span.links, span.is_failed) for span in spans.named(WELCOME)] == [([], False)] * count


async def all_done(database: Database) -> bool:
    return await database.read().one(open_jobs) == 0
