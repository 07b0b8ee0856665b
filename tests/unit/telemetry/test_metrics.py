"""Metrics for Prometheus: who may read them, what is counted, and that no caller can add a line."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from pydantic import SecretStr
from structlog.testing import capture_logs

from steelyard.contract.observer import RequestRecord
from steelyard.contract.response.validator import Mismatch
from steelyard.db.database import Database
from steelyard.telemetry import access_log
from steelyard.telemetry.access_log import AccessLog
from steelyard.telemetry.metrics import OTHER, SECONDS
from steelyard.telemetry.registry import METRICS_FOLDER
from steelyard_contract.operations import OPERATIONS, Deprecation
from tests.kit.project import ROOT
from tests.kit.servers.configuration import LOGIN
from tests.kit.servers.live import LiveServer, live
from tests.kit.servers.open_metrics import POOL, OpenMetrics
from tests.kit.servers.running import Journal, settings_for
from tests.kit.servers.scraping import BEARER, TOKEN, Scrape, scrape, scraped
from tests.kit.servers.waiting import until
from tests.kit.world.clock import Clock

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def trace(
    operation_id: str | None = "getItem", status: int = 200, took_s: float = 0.002, credential_id: int | None = None
) -> RequestRecord:
    made = RequestRecord("id", "192.0.2.1", NOON)
    made.operation_id, made.status, made.took_s = operation_id, status, took_s
    made.credential_id = credential_id
    return made


class FaultJournal(Journal):
    """The kit's journal, which logs faults as the product does."""

    unhandled_error = AccessLog.unhandled_error


def url_of(server: LiveServer) -> str:
    host, port = server.address
    return f"http://{host}:{port}"


@pytest.fixture
def url(database: Database) -> Iterator[str]:
    """A server on a real port that serves its metrics to callers with the token."""
    with live(settings_for(database.url, metrics_token=SecretStr(TOKEN)), journal=FaultJournal(Clock())) as server:
        yield url_of(server)


async def test_the_token_gives_access_to_the_metrics(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        for path in ("/items", "/items", "/items/999", "/nowhere", "/nothing", "/openapi.json"):
            await client.get(path)
        await client.put("/items")

        async def counted() -> Scrape | None:
            current = await scraped(url)
            return current if current.of("steelyard_requests_total", operation=OTHER, status=405) else None

        seen = await until(counted)
        response = await client.get("/metrics", headers={"authorization": BEARER})
        head = await client.head("/metrics", headers={"authorization": BEARER})

    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert (head.status_code, head.content) == (200, b"")
    assert seen.of("steelyard_requests_total", operation="listItems", status=200) == 2
    assert seen.of("steelyard_requests_total", operation="getItem", status=404) == 1
    assert seen.of("steelyard_requests_total", operation=OTHER, status=404) == 2
    assert seen.of("steelyard_request_duration_seconds_count", operation="listItems") == 2
    assert seen.of("steelyard_request_duration_seconds_bucket", operation="listItems", le="+Inf") == 2
    took_s = seen.of("steelyard_request_duration_seconds_sum", operation="listItems")
    assert took_s is not None
    assert 0 < took_s < 10
    assert (seen.of("steelyard_database_connections") or 0) >= 1
    assert seen.of("steelyard_database_waiting") == 0
    assert seen.of("steelyard_database_connections_lost_total") == 0


REFUSED: list[tuple[str, dict[str, str]]] = [
    ("GET", {}),
    ("GET", {"authorization": f"Bearer {TOKEN[:-1]}"}),
    ("GET", {"authorization": f"Bearer {TOKEN}x"}),
    ("GET", {"authorization": TOKEN}),
    ("GET", {"authorization": f"Basic {TOKEN}"}),
    ("GET", {"authorization": "Bearer"}),
    ("GET", {"authorization": "Bearer \xe9"}),
    ("POST", {"authorization": BEARER}),
    ("OPTIONS", {"authorization": BEARER}),
    ("DELETE", {}),
]


def without_its_name(response: httpx.Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    headers = {name: value for name, value in response.headers.items() if name not in {"date", "x-request-id", "x-response-time"}}
    return response.status_code, headers, {name: value for name, value in response.json().items() if name != "instance"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_without_the_token_there_is_no_such_path(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        for method, headers in REFUSED:
            sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
            refused = await client.request(method, "/metrics", headers=sent)
            unknown = await client.request(method, "/metricz", headers=sent)

            assert refused.status_code == 404, (method, headers)
            assert without_its_name(refused) == without_its_name(unknown)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_without_a_configured_token_there_are_no_metrics(database: Database) -> None:
    with live(settings_for(database.url)) as server:
        async with httpx.AsyncClient(base_url=url_of(server)) as client:
            responses = [
                await client.get("/metrics", headers={"authorization": credentials}) for credentials in ("Bearer None", "Bearer", BEARER)
            ]
            unknown = await client.get("/metricz")

    assert [without_its_name(response) for response in responses] == [without_its_name(unknown)] * 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_caller_can_add_a_line(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        before = len((await scraped(url)).lines)
        for number in range(20):
            await client.request(f"ODD{number}", f"/items/{number}")
            await client.get(f"/nowhere/{number}", headers={"authorization": f"Bearer {number}"})
            await client.get(f"/items?skip={number}", headers={"x-request-id": str(number), "host": f"h{number}.example"})

        async def counted() -> Scrape | None:
            current = await scraped(url)
            return current if (current.of("steelyard_requests_total", operation=OTHER, status=404) or 0) >= 20 else None

        seen = await until(counted)

    assert seen.labels("operation") <= {*OPERATIONS, OTHER}
    assert seen.labels("status") <= {"200", "400", "404", "405"}
    # Providers are those of the settings.
    assert {label for _, labels in seen.lines for label, _ in labels} == {
        "operation",
        "status",
        "le",
        "version",
        "contract",
        "provider",
        "result",
    }
    assert seen.labels("provider") == {each["id"] for each in LOGIN["login_providers"]}
    # For each status that was new a line, for each operation that was new a histogram.
    assert len(seen.lines) - before <= 4 + 2 * (len(SECONDS) + 3)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_fault_is_counted_for_its_operation(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Database) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Database, "read", broken)
    with capture_logs() as lines:
        async with httpx.AsyncClient(base_url=url) as client:
            response = await client.get("/items/7")

    seen = await scraped(url)
    assert (response.status_code, [line["event"] for line in lines]) == (500, ["fault"])
    assert seen.of("steelyard_faults_total", operation="getItem") == 1
    assert seen.of("steelyard_faults_total", operation="listItems") == 0


def test_durations_counted_in_batches_equal_durations_counted_alone() -> None:
    took = [*SECONDS, 0.0, 0.0009, 0.0011, 0.3, 7.0, 10.0001, 400.0, 0.002, 0.002]
    alone = CollectorRegistry()
    histogram = Histogram("steelyard_request_duration_seconds", "x", ("operation",), buckets=SECONDS, registry=alone)
    for seconds in took:
        histogram.labels("getItem").observe(seconds)

    metrics = OpenMetrics()
    metrics.count_requests(trace(took_s=seconds) for seconds in took[:5])
    metrics.count_requests(trace(took_s=seconds) for seconds in took[5:])

    rendered, expected = metrics.read(), scrape(generate_latest(alone).decode())
    assert {line: pytest.approx(value) for line, value in expected.lines.items()} == {
        line: value for line, value in rendered.lines.items() if line[0].startswith("steelyard_request_duration")
    }
    assert rendered.of("steelyard_requests_total", operation="getItem", status=200) == len(took)


def test_an_exchange_without_a_response_has_no_duration() -> None:
    metrics = OpenMetrics()

    metrics.count_requests([trace(status=0, took_s=0)])

    assert metrics.read().of("steelyard_requests_total", operation="getItem", status=0) == 1
    assert metrics.read().of("steelyard_request_duration_seconds_count", operation="getItem") is None


def test_the_pool_is_measured_and_its_lost_connections_add_up() -> None:
    pool = dict(POOL)
    metrics = OpenMetrics(pool)
    first = metrics.read()
    for lost, waiting in ((2, 5), (2, 7), (5, 1)):
        pool.update(lost=lost, waiting=waiting)
        metrics.sample()

    assert [first.of(f"steelyard_database_{name}") for name in ("connections", "connections_idle", "connections_busy")] == [3, 2, 1]
    assert metrics.read().of("steelyard_database_waiting") == 1
    assert metrics.read().of("steelyard_database_connections_lost_total") == 5


def test_waits_for_a_connection_are_counted_once() -> None:
    metrics = OpenMetrics()
    for took_s in (0.0005, 0.3, 7.0):
        metrics.waits.note(took_s)
    metrics.sample()
    metrics.waits.note(0.3)
    metrics.sample()
    metrics.sample()

    buckets = [metrics.read().of("steelyard_pool_wait_seconds_bucket", le=bound) for bound in ("0.001", "0.1", "0.5", "2.5", "+Inf")]
    assert buckets == [1, 1, 3, 3, 4]
    assert metrics.read().of("steelyard_pool_wait_seconds_sum") == pytest.approx(7.6005)


def test_decisions_of_rate_limits_and_dropped_spans_add_up() -> None:
    metrics = OpenMetrics()
    for passed, limited, dropped in ((3, 0, 0), (5, 1, 7), (5, 1, 7)):
        metrics.decisions |= {("quote", "shared", True): passed, ("quote", "shared", False): limited}
        metrics.dropped_spans = dropped
        metrics.sample()

    counted = {
        result: metrics.read().of("steelyard_limit_decisions_total", **{"class": "quote"}, where="shared", result=result)
        for result in ("passed", "limited")
    }
    assert counted == {"passed": 5, "limited": 1}
    assert metrics.read().of("steelyard_trace_spans_dropped_total") == 7


def test_logins_add_up_from_zero() -> None:
    metrics = OpenMetrics()
    assert metrics.read().of("steelyard_logins_total", provider="example", result="succeeded") == 0
    for succeeded in (3, 5, 5):
        metrics.logins["example", "succeeded"] = succeeded
        metrics.sample()

    assert metrics.read().of("steelyard_logins_total", provider="example", result="succeeded") == 5


def test_the_versions_of_server_and_contract_are_shown() -> None:
    assert OpenMetrics().read().of("steelyard_build_info", version="0.1.0", contract="1.1.0") == 1


def test_mismatches_are_counted_by_operation_and_keyword_alone() -> None:
    metrics = OpenMetrics()
    log = AccessLog(lambda: NOON, None)
    log.use_metrics(metrics)

    with capture_logs():
        log.mismatches_found([Mismatch("getItem", 200, "/title", "type"), Mismatch("getItem", 200, "/price", "type")], trace())
        log.mismatches_found([Mismatch("getItem", 404, "/title", "required")], trace())

    assert metrics.read().of("steelyard_contract_drifts_total", operation="getItem", keyword="type") == 2
    assert metrics.read().of("steelyard_contract_drifts_total", operation="getItem", keyword="required") == 1


def test_calls_of_deprecated_operations_are_counted_for_all_callers() -> None:
    going = replace(OPERATIONS["getItem"], deprecation=Deprecation((), "listItems", "/items"))
    metrics = OpenMetrics(operations=OPERATIONS | {"getItem": going})
    before = metrics.read()
    log = AccessLog(lambda: NOON, None)
    log.use_metrics(metrics)
    with capture_logs():
        for credential_id in (7, 7, None):
            log.deprecated_call(trace(credential_id=credential_id))
        log.report_deprecated_calls()
        log.report_deprecated_calls()

    assert before.of("steelyard_deprecated_calls_total", operation="getItem") == 0
    assert before.of("steelyard_deprecated_calls_total", operation="listItems") is None
    assert metrics.read().of("steelyard_deprecated_calls_total", operation="getItem") == 3


def test_requests_without_a_line_in_the_log_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "MAX_WAITING", 2)
    metrics = OpenMetrics()
    for write in (None, lambda _: None):
        log = AccessLog(lambda: NOON, write)
        log.use_metrics(metrics)
        for _ in range(5):
            log.request_finished("GET", trace())
        log.flush()

    assert metrics.read().of("steelyard_requests_total", operation="getItem", status=200) == 10


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_the_guide_lists_every_metric_with_its_labels_and_no_other(database: Database) -> None:
    metrics = OpenMetrics()
    metrics.count_requests([trace()])
    metrics.count_mismatches([Mismatch("getItem", 200, "/title", "type")])
    metrics.count_deprecated_calls("getItem", 1)
    metrics.count_replay("createOrder")
    metrics.decisions["default", "local", True] = 1
    metrics.sample()
    metrics.jobs.job_started("test.job", 0)
    metrics.jobs.job_finished("test.job", "done", 0)
    metrics.jobs.periodic_task_finished("outbox", changed=1, failed=1, took_s=1, is_success=True)
    metrics.jobs.count_mail("mail.welcome", "sent")
    await metrics.jobs.read(database.read())
    text = metrics.text
    labels: dict[str, set[str]] = defaultdict(set)
    for name, pairs in scrape(text).lines:
        labels[re.sub(r"_(bucket|count|sum)$", "", name)] |= {label for label, _ in pairs} - {"le"}

    listed = re.findall(r"^\| `(\w+)(?:{([\w,]+)})?` \| (\w+) \|", (ROOT / "docs/guide/metrics.md").read_text(), re.MULTILINE)

    assert {(name, kind, frozenset(names.split(",")) - {""}) for name, names, kind in listed} == {
        (name, kind, frozenset(labels[name])) for name, kind in metrics.kinds().items()
    }


def test_a_start_removes_the_gauges_of_killed_workers_and_a_stop_its_own_but_counters_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(METRICS_FOLDER, str(tmp_path))
    # There is always a process 1, and never one beyond the largest number that Linux gives.
    own, alive, killed, counted = (
        tmp_path / f"{name}.db" for name in (f"gauge_livesum_{os.getpid()}", "gauge_livesum_1", "gauge_livesum_4194305", "counter_4194305")
    )
    for file in (own, alive, killed, counted):
        file.write_bytes(bytes(4096))

    metrics = OpenMetrics()
    after_start = set(tmp_path.iterdir())
    metrics.close()

    assert after_start == {own, alive, counted}
    assert set(tmp_path.iterdir()) == {alive, counted}
