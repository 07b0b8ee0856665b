"""A full disk: writes get a 503, reads continue, /health is degraded, and the log has one line about it."""

import io
import json
import resource
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from steelyard.db.database import Database
from steelyard.db.errors import NotWritable
from steelyard.events import queries
from steelyard.telemetry.logs import stdout
from tests.kit.servers.processes import steelyard
from tests.kit.servers.waiting import until


def user(number: int) -> dict[str, str]:
    return {"name": "Eve", "email": f"eve{number}@example.com", "password": "a long enough one"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can limit the file size of another process")
async def test_a_full_disk_degrades_health_and_is_logged_once(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path, rate_limits="false") as server:
        async with httpx.AsyncClient(base_url=await server.ready(), timeout=20) as client:
            before = await client.post("/users", json=user(0))
            size = (tmp_path / "steelyard.db-wal").stat().st_size
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

            full = [(await client.post("/users", json=user(number))).status_code for number in range(1, 5)]
            items = await client.get("/items")

            async def degraded() -> bool:
                return bool((await client.get("/health")).json()["status"] == "degraded")

            await until(degraded)
            health = await client.get("/health")
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            after = await client.post("/users", json=user(9))
        server.signal(signal.SIGINT)
        await server.ended()

    assert (before.status_code, set(full), items.status_code, after.status_code) == (201, {503}, 200, 201)
    assert (health.status_code, health.json()["components"]["database"]["status"]) == (200, "degraded")
    events = [json.loads(line)["event"] for line in server.printed if line.startswith("{")]
    assert events.count("database_not_writable") == 1


@pytest.mark.parametrize("code", ["53100", "25006", "58030"])
async def test_a_full_disk_of_postgresql_is_noticed_and_logged_once(durable_url: str, code: str) -> None:
    session = await asyncpg.connect(durable_url)
    await session.execute(
        f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '{code}'; END $$;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON feeds FOR EACH ROW EXECUTE FUNCTION full_disk()"
    )
    await session.close()
    database = Database(durable_url)
    await database.open()
    try:
        with capture_logs() as logged:
            for _ in range(3):
                with pytest.raises(NotWritable):
                    async with database.transaction() as tx:
                        await tx.run(queries.add_feed, name="relay")
        assert await database.read().scalar(queries.feed_position, name="relay") is None
        assert not database.takes_writes
    finally:
        await database.close()

    assert [line["event"] for line in logged] == ["database_not_writable"]


def test_a_log_on_a_full_disk_fails_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with io.FileIO("/dev/full", "wb") as full:
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=full))

        stdout(b"a line\n")
