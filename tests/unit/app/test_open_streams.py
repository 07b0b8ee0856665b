"""An open stream of the marketplace, on a socket: it ends when its caller would no longer pass, whichever process has changed that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

import httpx
import pytest
from pydantic import SecretStr

from steelyard.app.application import create_app
from steelyard.contract import confirmation
from steelyard.contract.api import ContractAPI
from steelyard.contract.dependencies import CurrentCaller
from steelyard.security import credential_cache
from steelyard.sources import Sources
from steelyard_contract import responses as r
from steelyard_contract.operations import OPERATIONS
from tests.kit.servers.configuration import Journal, settings_for
from tests.kit.servers.running import Running
from tests.kit.servers.scraping import TOKEN, Scrape, scraped
from tests.kit.servers.serving import LiveServer, serving
from tests.kit.servers.waiting import until
from tests.kit.world.world import User

End = Callable[[Running, User], Awaitable[None]]
LINES = "application/x-ndjson"


@dataclass(slots=True, kw_only=True)
class FollowCurrentUser200(r.Response):
    """What the generator would write for a stream."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = LINES
    body: AsyncIterator[r.Encoded[int]]


async def follow_current_user(caller: CurrentCaller) -> FollowCurrentUser200:
    return FollowCurrentUser200(body=_one_and_no_end(caller.user_id))


async def _one_and_no_end(user_id: int) -> AsyncIterator[r.Encoded[int]]:
    yield r.Encoded(b"%d" % user_id)
    await asyncio.Event().wait()


def with_a_stream(app: ContractAPI) -> ContractAPI:
    read = OPERATIONS["getCurrentUser"]
    response = replace(read.responses[0], media=LINES, class_name=FollowCurrentUser200.__name__)
    app.add_operation(replace(read, path="/users/me/lines", responses=(response,), revalidates=False), follow_current_user)
    return app


@pytest.fixture
def server(shop: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    """A second process on the same database as far as caches are concerned, with real time between two looks at a credential."""
    monkeypatch.setattr(r, FollowCurrentUser200.__name__, FollowCurrentUser200, raising=False)
    monkeypatch.setattr(confirmation, "CONFIRM_S", 0.02)
    monkeypatch.setattr(credential_cache, "MAX_AGE_S", 0.02)
    settings, journal = (
        settings_for(shop.settings.database_url, response_validation="off", metrics_token=SecretStr(TOKEN)),
        Journal(shop.clock),
    )
    sources = Sources(clock=shop.clock)
    with serving(lambda: with_a_stream(create_app(settings, sources=sources, journal=journal)), settings, journal) as server:
        yield server


@asynccontextmanager
async def opened(server: LiveServer, token: str) -> AsyncIterator[AsyncIterator[bytes]]:
    """What arrives behind the first line."""
    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=20) as client,
        client.stream("GET", "/users/me/lines", headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        arriving = response.aiter_raw()
        await anext(arriving)
        yield arriving


async def expire(shop: Running, user: User) -> None:  # noqa: ARG001  # an `End`
    shop.clock.advance(hours=2)


async def log_out(shop: Running, user: User) -> None:
    assert (await shop.api.as_(user).call("revokeCurrentCredential")).status_code == 204


async def lock(shop: Running, user: User) -> None:
    await set_access(shop, user, role="user", is_active=False)


async def promote(shop: Running, user: User) -> None:
    await set_access(shop, user, role="support", is_active=True)


async def set_access(shop: Running, user: User, **access: object) -> None:
    admin = shop.api.as_(await shop.world.user("admin"))
    assert (await admin.call("setUserAccess", access, user_id=user.id)).status_code == 200


@pytest.mark.parametrize("end", [expire, log_out, lock, promote])
async def test_a_stream_ends_with_the_rights_of_a_session(shop: Running, server: LiveServer, end: End) -> None:
    user = await shop.world.user()
    async with opened(server, user.token) as arriving:
        await end(shop, user)

        with pytest.raises(httpx.RemoteProtocolError):
            await anext(arriving)


@pytest.mark.parametrize("end", [log_out, lock])
async def test_a_stream_ends_with_the_rights_of_an_api_key(shop: Running, server: LiveServer, end: End) -> None:
    program = await shop.world.user(kind="api_key")
    async with opened(server, program.token) as arriving:
        await end(shop, program)

        with pytest.raises(httpx.RemoteProtocolError):
            await anext(arriving)


async def test_a_stream_stays_open_while_its_caller_changes_nothing(shop: Running, server: LiveServer) -> None:
    user = await shop.world.user()
    async with opened(server, user.token) as arriving:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(arriving), 0.3)


async def test_open_streams_are_a_metric(shop: Running, server: LiveServer) -> None:
    user = await shop.world.user()

    async def shown(count: int) -> Scrape | None:
        current = await scraped(server.url)
        return current if current.of("steelyard_streams_open") == count else None

    await until(lambda: shown(0))
    async with opened(server, user.token), opened(server, user.token):
        await until(lambda: shown(2))
    await until(lambda: shown(0))
