"""A server on a real port with a stage, one for all of these tests: no success in one affects another."""

import asyncio
from collections.abc import Iterator

import pytest

from steelyard.db.database import Database
from steelyard.db.migrations.commands import migrate
from steelyard.settings import Settings
from tests.contract.wire.requests import StagedServer
from tests.kit.servers.databases import FOR_TESTS, Databases
from tests.kit.servers.live import live
from tests.kit.servers.running import AMPLE, settings_for
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.stage import Stage
from tests.kit.world.world import World


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def staged(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedServer]:
    clock = Clock()

    async def prepare(url: str) -> tuple[Settings, Stage]:
        await migrate(url)
        settings = settings_for(url, **AMPLE)
        database = Database(url, options=FOR_TESTS)
        await database.open()
        try:
            return settings, await Stage.of(World(database, clock, settings))
        finally:
            await database.close()

    # Not the database of the other tests, which they empty while this server runs.
    own = databases.empty(request.param, tmp_path_factory.mktemp("staged"))
    with asyncio.Runner() as runner:
        settings, stage = runner.run(prepare(runner.run(own.__aenter__())))
        try:
            with live(settings, clock, repeatable(clock)) as server:
                yield StagedServer(server, stage)
        finally:
            runner.run(own.__aexit__(None, None, None))
