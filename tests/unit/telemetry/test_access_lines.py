"""Which requests are logged by an application as it is served."""

from pathlib import Path

import httpx
import pytest

from steelyard.app.application import create_app
from tests.kit.servers.databases import Databases
from tests.kit.servers.running import settings_for


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({"access_log": True}, 1),
        ({"access_log": False}, 0),
        ({"access_log": True, "log_level": "warning"}, 0),
        ({"access_log": True, "log_level": "warning", "debug": True}, 1),
    ],
    ids=["with lines", "without lines", "only warnings", "debugging"],
)
async def test_a_request_is_logged_if_its_level_is_logged(
    settings: dict[str, object], lines: int, databases: Databases, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with databases.of_the_product("sqlite", tmp_path) as database:
        app = create_app(settings_for(database.url, **settings))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
        async with app.router.lifespan_context(app), client:
            await client.get("/health")

    assert capfdbinary.readouterr().out.count(b'"event":"request"') == lines
