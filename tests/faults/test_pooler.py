"""Behind PgBouncer, each command works with the settings that docs/guide/running.md names. Without them, its error names the setting."""

import asyncio
import signal
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.faults.pooler import PROGRAM, pooled
from tests.kit.servers.processes import steelyard

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed, and no wheel has it")
SETTINGS = {
    "STEELYARD_DATABASE_STARTUP_PARAMETERS": "false",
    "STEELYARD_DATABASE_PREPARED": "false",
    "STEELYARD_RATE_LIMITS": "false",
    "STEELYARD_MAIL": "file",
}


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_every_command_works_behind_a_pooler(durable_url: str, mode: str, tmp_path: Path) -> None:
    session = await asyncpg.connect(durable_url)
    await session.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await session.close()
    # In session mode each connection takes one of the pooler; in transaction mode ten share three.
    pool = {"STEELYARD_POOL_SIZE": "2" if mode == "session" else "10", "STEELYARD_POOL_OVERFLOW": "0"}
    async with pooled(durable_url, mode, tmp_path) as url:
        environment = SETTINGS | pool | {"STEELYARD_DATABASE_URL": url}
        for applied in ("at revision", "0 applied"):
            async with steelyard("migrate", folder=tmp_path, environment=environment) as migrating:
                assert await migrating.ended() == 0, migrating.printed
            assert applied in "".join(migrating.printed)
        async with steelyard("serve", "--port", "0", "--workers", "1", folder=tmp_path, environment=environment) as server:
            async with httpx.AsyncClient(base_url=await server.ready(), timeout=20) as client:
                user = {"name": "Eve", "email": "eve@example.com", "password": "a long enough one"}
                made = await client.post("/users", json=user)
                paths = ("/items?search=lamp", "/items/7", "/public-data", "/items?limit=3", "/health")
                reads = await asyncio.gather(*(client.get(path) for _ in range(40) for path in paths))
            server.signal(signal.SIGTERM)
            assert await server.ended() == 0
        async with steelyard("worker", folder=tmp_path, environment=environment) as worker:
            await worker.line("Ctrl-C stops")
            worker.signal(signal.SIGTERM)
            assert await worker.ended() == 0, worker.printed

    assert made.status_code == 201, made.text
    assert {response.status_code for response in reads} <= {200, 404}


@pytest.mark.parametrize("command", [("serve", "--port", "0", "--workers", "1"), ("worker",)], ids=lambda command: command[0])
async def test_the_error_names_the_setting_if_the_pooler_rejects_the_connection(
    durable_url: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    async with pooled(durable_url, "transaction", tmp_path) as url:
        environment = SETTINGS | {"STEELYARD_DATABASE_URL": url, "STEELYARD_DATABASE_STARTUP_PARAMETERS": "true"}
        async with steelyard(*command, folder=tmp_path, environment=environment) as rejected:
            status = await rejected.ended()

    assert status != 0
    assert "STEELYARD_DATABASE_STARTUP_PARAMETERS=false" in "".join(rejected.printed)
