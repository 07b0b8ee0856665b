"""API keys through both clients against the server: made with a login, used without one."""

import pickle
from datetime import UTC, datetime

import pytest
from anyio import to_thread

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors, models
from tests.sdk.conftest import Market
from tests.sdk.kit import Scripted, problem


def made(market: Market) -> models.ApiKeyCreated:
    with Steelyard(market.url, token=market.stage.seller.token) as client:
        return client.auth.create_api_key(name="Stock robot", scopes=[models.Scope.ITEMS_WRITE])


async def test_a_client_with_a_key_does_what_the_key_allows_and_needs_no_session(market: Market) -> None:
    def use() -> models.StockMovement:
        key = made(market)
        with Steelyard(market.url, api_key=key.secret) as robot:
            with pytest.raises(errors.InsufficientScope) as lacking:
                robot.users.get_current()
            assert lacking.value.required_scope == [models.Scope.ACCOUNT_READ]
            moved = robot.items.record_stock_movement(market.stage.item_id, delta=5, reason="received")
        with Steelyard(market.url, token=market.stage.seller.token) as client:
            client.auth.revoke_credential(key.id)
        with Steelyard(market.url, api_key=key.secret) as robot, pytest.raises(errors.InvalidToken):
            robot.items.update(market.stage.item_id, title="Lamp")
        return moved

    assert (await to_thread.run_sync(use)).delta == 5


async def test_an_asynchronous_client_with_a_key_does_the_same(market: Market) -> None:
    async with AsyncSteelyard(market.url, token=market.stage.seller.token) as client:
        key = await client.auth.create_api_key(name="Stock robot", scopes=["items:write"])

        async with AsyncSteelyard(market.url, api_key=key.secret) as robot:
            moved = await robot.items.record_stock_movement(market.stage.item_id, delta=5, reason="received")
            with pytest.raises(errors.InsufficientScope):
                await robot.users.get_current()

        listed = [each async for each in client.auth.list_credentials() if each.kind is models.CredentialKind.API_KEY]

    assert (moved.delta, [each.name for each in listed], [each.current for each in listed]) == (5, ["Stock robot"], [False])


async def test_a_key_is_made_once_although_its_response_was_lost(market: Market) -> None:
    call = calls.create_api_key(name="Stock robot", scopes=["items:write"])

    def use() -> tuple[str, str, bool]:
        with Steelyard(market.url, token=market.stage.seller.token) as client:
            first, second = client.send(call), client.send(call)
            return first.value.secret, second.value.secret, second.replayed

    first, second, replayed = await to_thread.run_sync(use)
    assert (first == second, replayed) == (True, True)


async def test_a_key_is_masked_wherever_it_is_shown(market: Market) -> None:
    key = await to_thread.run_sync(made, market)

    assert key.secret not in repr(key)
    assert pickle.loads(pickle.dumps(key)).secret == key.secret
    with Steelyard(market.url, api_key=key.secret) as robot:
        assert key.secret not in repr(robot)
        assert key.secret not in robot.to_curl(calls.get_current_user())


def test_a_key_that_is_rejected_is_not_renewed() -> None:
    server = Scripted([problem("InvalidToken")])

    with pytest.raises(errors.InvalidToken):
        server.client(api_key="syk_x").users.get_current()

    assert [request.url.path for request in server.seen] == ["/users/me"]


def test_the_end_of_a_key_is_sent_with_its_time_zone() -> None:
    call = calls.create_api_key(name="Stock robot", scopes=["items:write"], expires_at=datetime(2027, 11, 22, 9, tzinfo=UTC))

    assert b'"expires_at":"2027-11-22T09:00:00.000000Z"' in (call.content or b"")
