"""A server that only observes: a response with a mismatch is sent unchanged, logged without values, and counted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr
from sqlalchemy import bindparam, update
from structlog.testing import capture_logs

from steelyard.app.application import create_app
from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.tables.items import items
from steelyard.telemetry.access_log import AccessLog
from tests.kit.clients.api import perform
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.servers.running import settings_for
from tests.kit.servers.scraping import BEARER, TOKEN, scrape
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.world import World

# An invalid category, as another program might write it into the database.
SECRET = "HUNTER2 is no category"

spoil = statement(update(items).where(items.c.id == bindparam("item_id")).values(category=bindparam("new_category")))


@asynccontextmanager
async def market(database: Database, **overrides: Any) -> AsyncIterator[tuple[ContractAPI, int]]:
    """An application, and an item with an invalid category."""
    clock = Clock()
    settings = settings_for(database.url, **overrides)
    app = create_app(settings, sources=repeatable(clock, 42), journal=AccessLog(clock, None))
    async with app.router.lifespan_context(app):
        world = World(database, clock, settings)
        item_id = await world.item(await world.user())
        async with world.database.transaction() as tx:
            await tx.run(spoil, item_id=item_id, new_category=SECRET)
        yield app, item_id


async def seen(app: ContractAPI, item_id: int) -> Exchange:
    return await perform(app, "GET", b"/items/%d" % item_id, [(b"host", b"localhost")])


async def test_a_mismatch_is_sent_and_logged_once_without_its_values(database: Database) -> None:
    with capture_logs() as logs:
        async with market(database, response_validation="observe", response_validation_sample=1) as (app, item_id):
            responses = [await seen(app, item_id) for _ in range(3)]

    assert [response.status for response in responses] == [200] * 3
    assert SECRET in responses[0].body.decode()
    assert "getItem 200: /category: breaks 'pattern'" in " ".join(CONTRACT.mismatches(responses[0]))
    first, *others = [line for line in logs if line["event"].startswith("contract_drift")]
    assert {name: first[name] for name in ("operation", "status", "pointer", "keyword")} == {
        "operation": "getItem",
        "status": 200,
        "pointer": "/category",
        "keyword": "pattern",
    }
    assert first["request_id"] == responses[0].header("x-request-id")
    assert [(line["event"], line["operation"], line["keyword"], line["count"]) for line in others] == [
        ("contract_drifts", "getItem", "pattern", 3)
    ]
    assert "HUNTER2" not in str(logs)


async def test_mismatches_are_counted_for_prometheus(database: Database) -> None:
    overrides = {"response_validation": "observe", "response_validation_sample": 1, "metrics_token": SecretStr(TOKEN)}
    with capture_logs():
        async with market(database, **overrides) as (app, item_id):
            for _ in range(3):
                await seen(app, item_id)
            metrics = await perform(app, "GET", b"/metrics", [(b"host", b"localhost"), (b"authorization", BEARER.encode())])

    text = metrics.body.decode()
    assert scrape(text).of("steelyard_contract_drifts_total", operation="getItem", keyword="pattern") == 3
    assert "HUNTER2" not in text


async def test_only_a_sample_is_validated(database: Database) -> None:
    with capture_logs() as logs:
        async with market(database, response_validation="observe", response_validation_sample=4) as (app, item_id):
            for _ in range(6):
                await seen(app, item_id)

    assert [line["count"] for line in logs if line["event"] == "contract_drifts"] == [2]


async def test_the_same_response_becomes_a_500_where_the_contract_is_enforced(database: Database) -> None:
    with capture_logs() as logs:
        async with market(database, response_validation="enforce") as (app, item_id):
            response = await seen(app, item_id)

    assert response.status == 500
    assert [line["reason"] for line in logs if line["event"] == "fault"] == ["getItem 200: /category breaks 'pattern'"]
    assert "HUNTER2" not in f"{logs}{response.body!r}"
