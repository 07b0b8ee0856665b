"""A shop with a provider whose every response a test decides: by OpenID Connect as `stub`, by the API of GitHub as `hub`."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from steelyard.db.database import Database
from steelyard.security.identity_providers import connection
from tests.kit.clients.third_party_login import login_settings
from tests.kit.servers.identity_providers import StubProvider, stub_provider
from tests.kit.servers.running import Running, running
from tests.kit.world.clock import Clock


@pytest.fixture
def stub() -> Iterator[StubProvider]:
    with stub_provider() as made:
        yield made


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {}


@pytest.fixture
async def shop(
    database: Database, clock: Clock, stub: StubProvider, overrides: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    # A busy machine may take longer; one test is about the deadline.
    monkeypatch.setattr(connection, "DEADLINE_S", 60)
    settings = login_settings(stub.settings(), {**stub.settings("hub"), "kind": "github"}, **overrides)
    async with running(database, clock, **settings) as opened:
        yield opened
