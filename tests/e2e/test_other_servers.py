"""gunicorn with our worker class: the bounds, the limits and the stop of `steelyard serve` hold. And what uvicorn by itself does."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

from tests.kit.clients.raw import request_bytes
from tests.kit.servers.other_servers import gunicorn, uvicorn
from tests.kit.servers.scraping import TOKEN, scraped
from tests.kit.servers.waiting import until

pytestmark = pytest.mark.slow

REGISTRATION = b'{"name":"Eve","email":"eve@example.com","password":"a long enough one"}'
JSON = (b"content-type", b"application/json")
EXPECT = (b"expect", b"100-continue")
START_WITHIN_S = 60
QUOTA = 20


async def statuses(url: str, count: int) -> Counter[int]:
    """The statuses of requests over many connections, so that each worker gets some."""
    async with asyncio.TaskGroup() as running:
        tasks = [running.create_task(asyncio.to_thread(httpx.get, f"{url}/items?limit=1", timeout=30)) for _ in range(count)]
    return Counter(task.result().status_code for task in tasks)


async def counts_of_items(url: str, count: int) -> bool:
    """Whether one scrape has this many requests of all workers together."""
    lines = (await scraped(url)).lines.items()
    return count == sum(
        value for (name, labels), value in lines if name == "steelyard_requests_total" and ("operation", "listItems") in labels
    )


async def test_workers_of_gunicorn_count_limits_and_metrics_together_and_leave_no_files(tmp_path: Path) -> None:
    settings = {"rate_default_per_minute": str(QUOTA), "metrics_token": TOKEN, "access_log": "false"}
    async with gunicorn(folder=tmp_path, **settings) as server:
        url = await server.ready()
        await until(lambda: len(server.children()) == 2, START_WITHIN_S)
        folders = [path.name for path in (tmp_path / "temporary").glob("steelyard-*")]
        counted = await statuses(url, 2 * QUOTA)
        # Each worker writes its counts a moment later.
        await until(lambda: counts_of_items(url, 2 * QUOTA), START_WITHIN_S)

        server.signal(signal.SIGTERM)
        assert await server.ended() == 0

    assert counted == {200: QUOTA, 429: QUOTA}
    assert folders
    assert not list((tmp_path / "temporary").iterdir())


async def test_the_bounds_of_a_connection_hold_under_gunicorn(tmp_path: Path) -> None:
    async with gunicorn(folder=tmp_path, head_timeout_s="1") as server:
        await server.ready()
        with server.peer().connect() as slow:
            slow.send(b"GET /items HTTP/1.1\r\nHost: localhost\r\n")
            late = slow.read_response("GET", b"/items")
        with server.peer().connect() as large:
            large.send(request_bytes("POST", b"/users", [JSON, EXPECT, (b"content-length", b"3000000")]))
            rejected = large.read_response("POST", b"/users")

    assert (late.status, late.header("connection")) == (408, "close")
    assert rejected.status == 413


async def test_gunicorn_completes_a_running_request_before_it_ends(tmp_path: Path) -> None:
    async with gunicorn(folder=tmp_path) as server:
        await server.ready()
        with server.peer().connect() as upload:
            upload.send(request_bytes("POST", b"/users", [JSON, EXPECT, (b"content-length", b"%d" % len(REGISTRATION))]))
            assert upload.receives_continue()
            upload.send(REGISTRATION[:-1])
            server.signal(signal.SIGTERM)
            await until(server.refuses)
            upload.send(REGISTRATION[-1:])
            created = upload.read_response("POST", b"/users")

        assert (created.status, created.header("connection")) == (201, "close")
        assert await server.ended() == 0


async def test_workers_end_when_the_master_of_gunicorn_is_killed(tmp_path: Path) -> None:
    async with gunicorn(folder=tmp_path) as server:
        await server.ready()
        workers = server.children()
        server.signal(signal.SIGKILL)

        _, alive = await asyncio.to_thread(psutil.wait_procs, workers, START_WITHIN_S)

    assert workers
    assert not alive


async def test_a_worker_is_replaced_after_its_number_of_requests(tmp_path: Path) -> None:
    async with gunicorn("-w", "1", "--max-requests", "3", folder=tmp_path) as server:
        url = await server.ready()
        (first,) = server.children()

        assert await statuses(url, 5) == {200: 5}

        await until(lambda: server.children() and first not in server.children(), START_WITHIN_S)
        assert await statuses(url, 2) == {200: 2}


@pytest.mark.parametrize(
    ("options", "settings", "message"),
    [
        (("--certfile", "server.pem", "--keyfile", "server.key"), {}, "this worker does not speak TLS"),
        (("--timeout", "5"), {}, "with --timeout 5, gunicorn would kill healthy workers"),
        (("--graceful-timeout", "20"), {}, "Set --graceful-timeout to 24 or more"),
        (("steelyard.asgi:create_app()",), {}, "leave out the parentheses"),
        (("json:dumps",), {}, "The worker failed"),
        ((), {"database_url": "postgresql://steelyard@127.0.0.1:1/steelyard"}, "steelyard: the database"),
        ((), {"log_level": "loud"}, "STEELYARD_LOG_LEVEL"),
    ],
    ids=["tls", "timeout", "graceful timeout", "called", "another application", "database", "setting"],
)
async def test_gunicorn_ends_with_the_reason_if_it_cannot_serve(
    tmp_path: Path, options: tuple[str, ...], settings: dict[str, str], message: str
) -> None:
    for name in ("server.pem", "server.key"):
        (tmp_path / name).touch()
    async with gunicorn(*options, folder=tmp_path, **settings) as server:
        status = await server.ended()

    assert status != 0
    assert message in "".join(server.printed)


async def test_uvicorn_serves_the_application(tmp_path: Path) -> None:
    async with uvicorn(folder=tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            items = (await client.get("/items")).json()
        with server.peer().connect() as connection:
            connection.send(request_bytes("POST", b"/users", [JSON, EXPECT, (b"content-length", b"3000000")]))
            large = connection.read_response("POST", b"/users")

        server.signal(signal.SIGTERM)
        await server.ended()

    assert items["items"] == []
    # A bound of the contract, which its edge keeps under every server.
    assert large.status == 413
