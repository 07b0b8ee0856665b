"""`steelyard` as operators run it: real processes that start, drain and stop, and leave no process or file behind."""

import asyncio
import signal
import tempfile
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic_core import from_json

from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.scraping import TOKEN, Scrape, scraped
from tests.kit.servers.waiting import until

pytestmark = pytest.mark.slow


def found_in(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


async def not_ready(client: httpx.AsyncClient) -> httpx.Response | None:
    health = await client.get("/health")
    return health if health.status_code == 503 else None


async def until_gone(processes: list[psutil.Process], within_s: float = 10) -> None:
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, within_s)
    assert not alive


async def test_the_demo_serves_a_market_with_a_login_and_leaves_no_files_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    async with steelyard("demo", "--port", "0", folder=tmp_path) as demo:
        url = await demo.ready()
        login = await demo.line("bob@example.com")
        async with httpx.AsyncClient(base_url=url) as client:
            token = await client.post("/token", data={"username": login.split()[0], "password": "steelyard demo"})
            mine = await client.get("/orders", headers={"authorization": f"Bearer {token.json()['access_token']}"})
            items = (await client.get("/items")).json()

        assert items["total"] >= 200
        assert {order["status"] for order in mine.json()["items"]} == {"pending", "cancelled", "expired"}
        assert found_in(tmp_path, "steelyard-demo-*")

        demo.signal(signal.SIGTERM)

        assert await demo.ended() == 0
        assert not found_in(tmp_path, "steelyard-demo-*")


async def test_a_demo_with_more_items_has_so_many(tmp_path: Path) -> None:
    async with steelyard("demo", "--port", "0", "--items", "3000", folder=tmp_path) as demo:
        url = await demo.ready()
        async with httpx.AsyncClient(base_url=url) as client:
            response = await client.get("/items", params={"limit": 1, "sort": "created_at"})

    page = response.json()
    # The rest are drafts.
    assert 2900 < page["total"] < 3000
    assert ", lot " in page["items"][0]["title"]


async def test_a_demo_with_a_data_folder_keeps_its_data_over_a_restart(tmp_path: Path) -> None:
    async with steelyard("demo", "--port", "0", "--data", "market", folder=tmp_path) as demo:
        async with httpx.AsyncClient(base_url=await demo.ready()) as client:
            made = await client.post("/users", json={"name": "Eve", "email": "eve@example.com", "password": "a long enough one"})
        assert made.status_code == 201
        demo.signal(signal.SIGINT)
        assert await demo.ended() == 0

    async with steelyard("demo", "--port", "0", "--data", "market", folder=tmp_path) as demo:
        await demo.line("as you left it")
        async with httpx.AsyncClient(base_url=await demo.ready()) as client:
            assert (await client.get(made.headers["location"])).json()["name"] == "Eve"


async def test_a_draining_server_responds_but_is_not_ready_and_then_stops(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path, drain_s="1") as server:
        async with httpx.AsyncClient(base_url=await server.ready()) as client:
            server.signal(signal.SIGTERM)
            health = await until(lambda: not_ready(client))
            root = await client.get("/")

        assert (health.status_code, health.json()["type"]) == (503, "/problems/not-ready")
        assert root.status_code == 200
        assert await server.ended() == 0


async def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path, drain_s="300") as server:
        async with httpx.AsyncClient(base_url=await server.ready()) as client:
            server.signal(signal.SIGTERM)
            await until(lambda: not_ready(client))
        server.signal(signal.SIGTERM)

        async with asyncio.timeout(10):
            assert await server.ended() == 128 + signal.SIGTERM


async def two_workers(server: Process) -> list[psutil.Process]:
    await server.ready()
    return await until(lambda: both(server), within_s=30)


def both(server: Process) -> list[psutil.Process]:
    workers = server.children()
    return workers if len(workers) == 2 else []


async def test_workers_stop_when_their_parent_gets_a_signal(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=tmp_path) as server:
        workers = await two_workers(server)

        server.signal(signal.SIGTERM)

        assert await server.ended() == 0
        await until_gone(workers)


async def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=tmp_path) as server:
        workers = await two_workers(server)

        server.signal(signal.SIGKILL)

        await server.ended()
        await until_gone(workers)


async def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=tmp_path) as server:
        first, *_ = await two_workers(server)

        first.kill()

        # The parent reaps it at its next check, which is late on a busy machine.
        await until_gone([first], within_s=60)
        now = await until(lambda: both(server), within_s=60)
        assert first.pid not in {each.pid for each in now}


async def test_every_scrape_has_the_counts_of_all_workers_even_of_killed_ones(tmp_path: Path) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    settings = {"metrics_token": TOKEN, "sqlite_readers": "2", "rate_limits": "false"}
    async with steelyard(
        "serve", "--port", "0", "--workers", "2", folder=tmp_path, environment={"TMPDIR": str(temporary)}, **settings
    ) as server:
        first, *_ = await two_workers(server)
        requests = await until(lambda: requests_to_both(server.url, temporary), within_s=30)
        scrapes = [await until(lambda: complete_scrape(server.url, requests), within_s=30) for _ in range(6)]

        first.kill()
        await until_gone([first], within_s=60)
        await until(lambda: len(found_in(temporary, "steelyard-metrics-*/counter_*.db")) == 3, within_s=60)
        replaced = await until(lambda: complete_scrape(server.url, requests), within_s=30)

        server.signal(signal.SIGTERM)
        assert await server.ended() == 0

    # One writer and two readers per worker. The connections of the killed worker are gone; its requests still count.
    assert {scrape.of("steelyard_database_connections") for scrape in (*scrapes, replaced)} == {6}
    assert not found_in(temporary, "steelyard-metrics-*")


async def test_a_start_deletes_the_metrics_folder_of_a_killed_server(tmp_path: Path) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    for _ in range(2):
        environment = {"TMPDIR": str(temporary)}
        async with steelyard(
            "serve", "--port", "0", "--workers", "2", folder=tmp_path, environment=environment, metrics_token=TOKEN
        ) as server:
            await server.ready()
            server.signal(signal.SIGKILL)
            await server.ended()

    assert len(list(temporary.iterdir())) == 1


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("serve", "--port", "0", "--workers", "2"), ("worker",)], ids=" ".join)
async def test_every_line_on_standard_output_is_json(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    async with steelyard(*arguments, folder=tmp_path) as process:
        if arguments == ("worker",):
            await process.line("Ctrl-C stops")
        else:
            async with httpx.AsyncClient(base_url=await process.ready()) as client:
                await client.get("/items")
                await until(lambda: "listItems" in "".join(process.stdout))
        process.signal(signal.SIGHUP if "--workers" in arguments else signal.SIGTERM)
        process.signal(signal.SIGTERM)
        await process.ended()

    assert all({"time", "level", "event"} <= from_json(line).keys() for line in process.stdout), process.stdout


async def requests_to_both(url: str, temporary: Path) -> int:
    """Send requests, each on a new connection, until each worker has had one. The number of requests."""
    for count in range(1, 500):
        async with httpx.AsyncClient(base_url=url) as client:
            await client.get("/items/999")
        if len(found_in(temporary, "steelyard-metrics-*/histogram_*.db")) == 2:
            return count
    raise AssertionError("one worker got no request")


async def complete_scrape(url: str, requests: int) -> Scrape | None:
    """A scrape, or None while it lacks a request or the connections of a worker."""
    scrape = await scraped(url)
    counted = scrape.of("steelyard_requests_total", operation="getItem", status=404)
    return scrape if counted == requests and scrape.of("steelyard_database_connections") == 6 else None


async def test_the_worker_runs_the_jobs_that_the_server_left_and_stops_cleanly(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path, embedded_worker="false") as server:
        async with httpx.AsyncClient(base_url=await server.ready()) as client:
            await client.post("/users", json={"name": "Eve", "email": "eve@example.com", "password": "a long enough one"})
        server.signal(signal.SIGTERM)
        await server.ended()

    async with steelyard("worker", folder=tmp_path, mail="file", mail_folder="mail") as worker:
        await worker.line("Ctrl-C stops")
        mails = await until(lambda: found_in(tmp_path / "mail", "*.eml"), within_s=20)
        worker.signal(signal.SIGTERM)

        assert await worker.ended() == 0
        assert "Hi Eve" in mails[0].read_text()
