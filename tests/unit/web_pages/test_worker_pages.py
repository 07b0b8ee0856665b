"""The pages of a worker."""

import httpx
import pytest

from steelyard.jobs.observer import WorkerState
from steelyard.web_pages import metrics
from steelyard.web_pages.worker import STUCK_AFTER_S, pages
from tests.kit.servers.scraping import BEARER, TOKEN


@pytest.mark.parametrize(("age_s", "status"), [(0.5, 200), (STUCK_AFTER_S - 1, 200), (STUCK_AFTER_S + 1, 503)])
async def test_a_worker_lives_as_long_as_it_looks_for_jobs(age_s: float, status: int) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(pages(lambda: WorkerState(age_s, 0, 0), [])), base_url="http://worker"
    ) as client:
        response = await client.get("/livez")
        missing = await client.get("/metrics", headers={"authorization": BEARER})

    assert (response.status_code, missing.status_code) == (status, 404)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("authorization", "status"), [(BEARER, 200), (f"Bearer {TOKEN}x", 404), (TOKEN, 404), ("", 404)])
async def test_the_metrics_of_a_worker_need_the_token(authorization: str, status: int) -> None:
    app = pages(lambda: WorkerState(0, 0, 0), metrics.routes(TOKEN, lambda: b"steelyard_jobs_open 1\n"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://worker") as client:
        response = await client.get("/metrics", headers={"authorization": authorization})
        unknown = await client.get("/metricz")

    assert response.status_code == status
    assert (response.text == unknown.text) is (status == 404)
