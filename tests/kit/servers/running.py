"""The application as in production, except for its settings and sources, open while a test runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from steelyard.app.application import create_app
from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from steelyard.settings import Settings
from tests.kit.clients.api import Api
from tests.kit.servers.configuration import AMPLE, SECRET, Journal, settings_for
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.world import World

__all__ = ["AMPLE", "SECRET", "Journal", "Running", "running", "settings_for"]


@dataclass(frozen=True)
class Running:
    """An open application, with the objects that a test uses."""

    app: ContractAPI
    api: Api
    world: World
    settings: Settings
    journal: Journal
    clock: Clock


@asynccontextmanager
async def running(database: Database, clock: Clock, seed: int = 42, **changed: Any) -> AsyncIterator[Running]:
    """The application on a database of the kit. It must end without faults; a test that causes one removes it from the journal."""
    settings = settings_for(database.url, **changed)
    journal = Journal(clock)
    app = create_app(settings, sources=repeatable(clock, seed), journal=journal)
    async with app.router.lifespan_context(app):
        yield Running(app, Api.of(app), World(database, clock, settings), settings, journal, clock)
    assert not journal.faults, f"the application had faults that no caller noticed: {journal.faults!r}"
