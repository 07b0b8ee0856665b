"""The application as in production, except for its settings and sources, open while a test runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from steelyard.app.application import create_app
from steelyard.contract.api import ContractAPI
from steelyard.contract.observer import ContractViolation, RequestRecord
from steelyard.contract.response.validator import Mismatch
from steelyard.db.database import Database
from steelyard.settings import Settings
from steelyard.telemetry.access_log import AccessLog
from tests.kit.clients.api import Api
from tests.kit.servers.short_cuts import BASE_SETTINGS
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.world import World

SECRET = SecretStr("gsVzHc2u8DkqhCJmWjN3RrPyYtLw0aXb")

# Limits that responses announce and no test reaches.
AMPLE: dict[str, Any] = {"rate_limits": True} | {f"rate_{name}_per_minute": 1_000_000 for name in ("default", "register", "quote")}


class Journal(AccessLog):
    """Collects unexpected errors and mismatches instead of logging them."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, write=None)
        self.faults: list[BaseException] = []

    def unhandled_error(self, error: BaseException, trace: RequestRecord) -> None:  # noqa: ARG002  # the journal's signature
        self.faults.append(error)

    def mismatches_found(self, mismatches: Sequence[Mismatch], trace: RequestRecord) -> None:  # noqa: ARG002  # the journal's signature
        self.faults.append(ContractViolation("; ".join(map(str, mismatches))))


@dataclass(frozen=True)
class Running:
    """An open application, with the objects that a test uses."""

    app: ContractAPI
    api: Api
    world: World
    settings: Settings
    journal: Journal
    clock: Clock


def settings_for(url: str, **changed: Any) -> Settings:
    """Settings for tests: no worker, no access log and no rate limits, unless a test sets them."""
    quiet = {"embedded_worker": False, "access_log": False, "rate_limits": False, "hashing_waiting": 1000, "sqlite_readers": 2}
    return Settings(database_url=url, secret_keys=(SECRET,), **{**BASE_SETTINGS, **quiet, **changed})


@asynccontextmanager
async def running(database: Database, clock: Clock, seed: int = 42, **changed: Any) -> AsyncIterator[Running]:
    """The application on a database of the kit. It must end without faults; a test that causes one removes it from the journal."""
    settings = settings_for(database.url, **changed)
    journal = Journal(clock)
    app = create_app(settings, sources=repeatable(clock, seed), journal=journal)
    async with app.router.lifespan_context(app):
        yield Running(app, Api.of(app), World(database, clock, settings), settings, journal, clock)
    assert not journal.faults, f"the application had faults that no caller noticed: {journal.faults!r}"
