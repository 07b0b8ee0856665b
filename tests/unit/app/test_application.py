"""What the application opens and closes."""

import asyncio

import pytest

from steelyard.app.application import create_app
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable
from steelyard.jobs.worker import Worker
from tests.kit.clients.api import Api
from tests.kit.servers.postgresql import Server
from tests.kit.servers.running import Running, settings_for
from tests.kit.servers.waiting import until


async def test_the_database_is_closed_whatever_the_worker_inside_raises(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_: Worker) -> None:
        raise RuntimeError("the worker failed")

    monkeypatch.setattr(Worker, "run", fails)
    app = create_app(settings_for(database.url, embedded_worker=True))

    with pytest.raises(RuntimeError, match="the worker failed"):
        async with app.router.lifespan_context(app):
            assert app.shared(Database).gauges()["open"] > 0

    assert app.shared(Database).gauges()["open"] == 0


async def test_a_process_without_its_database_returns_503_until_the_database_starts() -> None:
    with Server() as server:
        server.stop()
        app = create_app(settings_for(server.url))
        async with app.router.lifespan_context(app):
            api = Api.of(app)
            assert (await api.get("/health")).status_code == 503

            await asyncio.to_thread(server.start)

            await until(lambda: app.shared(Database).gauges()["open"] > 0)


async def test_a_database_file_that_cannot_be_opened_stops_the_start() -> None:
    app = create_app(settings_for("sqlite:////does/not/exist.db"))

    with pytest.raises(DatabaseUnavailable):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:8080"])
async def test_in_development_a_page_from_any_local_port_may_use_the_api(shop: Running, origin: str) -> None:
    own = await shop.api.get("/items", headers={"Origin": origin})
    foreign = await shop.api.get("/items", headers={"Origin": "https://evil.example"})

    assert own.headers["access-control-allow-origin"] == origin
    assert "access-control-allow-origin" not in foreign.headers
