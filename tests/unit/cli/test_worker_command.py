"""`steelyard worker` as a process."""

import socket
from pathlib import Path
from signal import SIGTERM

import httpx

from tests.kit.servers.children import free_port
from tests.kit.servers.processes import steelyard
from tests.kit.servers.scraping import TOKEN, scraped


async def test_a_worker_waits_for_a_database_that_is_away_and_stops_meanwhile(tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    url = "postgresql://u:hunter2@127.0.0.1:1/d"
    async with steelyard("worker", folder=tmp_path, database_url=url, worker_listen=place) as worker:
        line = await worker.line("Waiting")
        async with httpx.AsyncClient(base_url=f"http://{place}", transport=httpx.AsyncHTTPTransport(retries=5)) as client:
            alive = await client.get("/livez")
        worker.signal(SIGTERM)
        status = await worker.ended()

    assert alive.json() == {"status": "ok"}
    assert "because the database 127.0.0.1:1/d cannot be reached (Connection refused). Start it" in line
    assert status == 128 + SIGTERM
    assert len(worker.printed) == 1


async def test_a_worker_can_be_observed_where_the_settings_say(tmp_path: Path) -> None:
    async with steelyard(
        "worker", folder=tmp_path, database_url="sqlite:///market.db", worker_listen="127.0.0.1:0", metrics_token=TOKEN
    ) as worker:
        url = (await worker.line("Observe it at")).rpartition("at ")[2].split(". ")[0]
        async with httpx.AsyncClient(base_url=url, headers={"host": "pod-7"}) as client:
            alive = await client.get("/livez")
            foreign = await client.get("/metrics")
        seen = await scraped(url)
        worker.signal(SIGTERM)
        status = await worker.ended()

    assert (alive.status_code, foreign.status_code, status) == (200, 404, 0)
    assert seen.of("steelyard_jobs_open", queue="mail") == 0
    assert (seen.of("steelyard_database_connections") or 0) > 0


async def test_a_worker_that_cannot_listen_says_what_to_correct(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        async with steelyard("worker", folder=tmp_path, database_url="sqlite:///market.db", worker_listen=place) as worker:
            status = await worker.ended()

    assert status == 1
    assert f"cannot listen on {place}: Address already in use. Correct STEELYARD_WORKER_LISTEN." in "".join(worker.printed)
