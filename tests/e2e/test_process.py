"""`steelyard` as operators meet it: real processes that start, drain, stop and never leave anybody behind."""

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


def found_in(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


async def refused(client: httpx.AsyncClient) -> httpx.Response | None:
    health = await client.get("/health")
    return health if health.status_code == 503 else None


async def until_gone(processes: list[psutil.Process], within_s: float = 10) -> None:
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, within_s)
    assert not alive


async def test_the_demo_serves_a_market_that_one_can_log_in_to_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


async def test_a_kept_demo_is_found_again_as_it_was_left(tmp_path: Path) -> None:
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


async def test_a_draining_server_answers_but_is_not_ready_and_then_goes(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path, drain_s="1") as server:
        async with httpx.AsyncClient(base_url=await server.ready()) as client:
            server.signal(signal.SIGTERM)
            health = await until(lambda: refused(client))
            root = await client.get("/")

        assert (health.status_code, health.json()["type"]) == (503, "/problems/not-ready")
        assert root.status_code == 200
        assert await server.ended() == 0


async def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path, drain_s="300") as server:
        async with httpx.AsyncClient(base_url=await server.ready()) as client:
            server.signal(signal.SIGTERM)
            await until(lambda: refused(client))
        server.signal(signal.SIGTERM)

        async with asyncio.timeout(10):
            assert await server.ended() == 128 + signal.SIGTERM


async def two_workers(server: Process) -> list[psutil.Process]:
    await server.ready()
    return await until(lambda: both(server), within_s=30)


def both(server: Process) -> list[psutil.Process]:
    found = server.children()
    return found if len(found) == 2 else []


async def test_workers_stop_with_their_parent_when_it_is_told_to(tmp_path: Path) -> None:
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

        # Until its parent has looked, which a busy machine may put off.
        await until_gone([first], within_s=60)
        now = await until(lambda: both(server), within_s=60)
        assert first.pid not in {each.pid for each in now}


async def test_every_scrape_tells_of_all_workers_and_of_those_that_were_killed(tmp_path: Path) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    given = {"metrics_token": TOKEN, "sqlite_readers": "2", "rate_limits": "false"}
    async with steelyard(
        "serve", "--port", "0", "--workers", "2", folder=tmp_path, environment={"TMPDIR": str(temporary)}, **given
    ) as server:
        first, *_ = await two_workers(server)
        asked = await until(lambda: asked_of_both(server.url, temporary), within_s=30)
        scrapes = [await until(lambda: telling(server.url, asked), within_s=30) for _ in range(6)]

        first.kill()
        await until_gone([first], within_s=60)
        await until(lambda: len(found_in(temporary, "steelyard-metrics-*/counter_*.db")) == 3, within_s=60)
        replaced = await until(lambda: telling(server.url, asked), within_s=30)

        server.signal(signal.SIGTERM)
        assert await server.ended() == 0

    # One writer and two readers each; what the killed one had is not told any more, what it had counted is.
    assert {scrape.of("steelyard_database_connections") for scrape in (*scrapes, replaced)} == {6}
    assert not found_in(temporary, "steelyard-metrics-*")


async def test_folders_of_metrics_that_a_killed_server_has_left_are_gone_after_the_next_start(tmp_path: Path) -> None:
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


async def asked_of_both(url: str, temporary: Path) -> int:
    """Ask on connections of their own until each worker has had one; how often that was."""
    for asked in range(1, 500):
        async with httpx.AsyncClient(base_url=url) as client:
            await client.get("/items/999")
        if len(found_in(temporary, "steelyard-metrics-*/histogram_*.db")) == 2:
            return asked
    raise AssertionError("one worker had nothing to do")


async def telling(url: str, asked: int) -> Scrape | None:
    """A scrape, once it knows of all these requests and of the connections of two workers."""
    found = await scraped(url)
    counted = found.of("steelyard_requests_total", operation="getItem", status=404)
    return found if counted == asked and found.of("steelyard_database_connections") == 6 else None


async def test_the_worker_works_off_what_the_server_left_and_stops_in_order(tmp_path: Path) -> None:
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
