"""One suite against the fake and against the server: the headers that programs read are the same, so tests with the fake hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from anyio import to_thread

from steelyard.db.database import Database
from steelyard_client import Retries, Steelyard, calls, errors, operations
from steelyard_client.testing import FakeSteelyard
from steelyard_contract.operations import OPERATIONS
from steelyard_runtime.call import Call
from steelyard_runtime.response import Answer
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.world.clock import Clock, repeatable
from tests.sdk.conftest import Market
from tests.sdk.kit import CONTRACT, EXAMPLES

pytestmark = pytest.mark.filterwarnings("ignore::steelyard_client.errors.ApiDeprecation")
COMPARED = ("location", "etag", "x-request-id", "retry-after")


class Shop:
    """A server of either kind, and the calls that succeed there."""

    def __init__(self, market: Market | None) -> None:
        self._market = market
        self.fake = FakeSteelyard()
        self.ids = (7, 7) if market is None else (market.stage.item_id, market.stage.order_id)

    def client(self, operation_id: str) -> Steelyard:
        """A client of a user who may use an operation."""
        if self._market is None:
            return self.fake.steelyard(retries=Retries(attempts=1))
        sender = self._market.stage.request(operation_id).sender
        return Steelyard(self._market.url, token=None if sender is None else sender.token, retries=Retries(attempts=1))

    def send(self, operation_id: str) -> Answer[Any]:
        """The response to a call of an operation."""
        declared = OPERATIONS[operation_id]
        body = EXAMPLES.get(declared.handler)
        if self._market is None:
            self.fake.on(getattr(operations, declared.handler))
            call = Call(getattr(operations, declared.handler), declared.path.replace("{", "").replace("}", ""))
        else:
            request = self._market.stage.request(operation_id)
            assert body is None or body
            arguments = [self._market.stage.ids(operation_id)[each.name] for each in declared.parameters if each.where == "path"]
            call = getattr(calls, declared.handler)(*arguments, **(request.body or {}))
        with self.client(operation_id) as client:
            return client.send(call)


@pytest.fixture(params=["fake", "server"])
def shop(request: pytest.FixtureRequest) -> Shop:
    return Shop(None if request.param == "fake" else request.getfixturevalue("market"))


# What browsers open as a page has no method.
@pytest.mark.parametrize("operation_id", [name for name, each in OPERATIONS.items() if not each.navigates])
async def test_a_success_has_the_headers_that_the_contract_declares_and_no_others(shop: Shop, operation_id: str) -> None:
    response = await to_thread.run_sync(shop.send, operation_id)

    declared = CONTRACT["paths"][OPERATIONS[operation_id].path][OPERATIONS[operation_id].method.lower()]["responses"]
    expected = {name.lower() for name in declared[str(response.status)]["headers"]}
    assert {name for name in COMPARED if name in response.headers} == expected & set(COMPARED)


@pytest.mark.parametrize("operation_id", ["createUser", "createItem", "createOrder"])
async def test_location_is_the_path_of_the_new_resource(shop: Shop, operation_id: str) -> None:
    response = await to_thread.run_sync(shop.send, operation_id)

    assert response.location == f"{OPERATIONS[operation_id].path}/{response.value.id}"


@pytest.mark.parametrize("operation_id", ["getOrder", "getCurrentUser"])
async def test_the_tag_begins_with_the_version_of_the_resource(shop: Shop, operation_id: str) -> None:
    response = await to_thread.run_sync(shop.send, operation_id)

    assert response.etag is not None
    assert response.etag.startswith(f'"{response.value.version}')


async def test_each_response_has_another_request_id(shop: Shop) -> None:
    ids = {(await to_thread.run_sync(shop.send, "getRoot")).request_id for _ in range(3)}

    assert len({UUID(each) for each in ids}) == 3


@pytest.mark.parametrize("operation_id", ["getItem", "getOrder", "getCurrentUser", "getPublicData", "listItems"])
async def test_a_resource_that_has_not_changed_is_a_304_with_its_tag(shop: Shop, operation_id: str) -> None:
    handler = OPERATIONS[operation_id].handler
    item, order = shop.ids
    path = {"get_item": [item], "get_order": [order]}.get(handler, [])
    shop.fake.on(getattr(operations, handler))

    def use() -> tuple[Answer[Any], Answer[Any], Answer[Any]]:
        build = getattr(calls, handler)
        with shop.client(operation_id) as client:
            first = client.send(build(*path))
            return first, client.send(build(*path, if_none_match=first.etag)), client.send(build(*path, if_none_match='"0"'))

    first, same, other = await to_thread.run_sync(use)

    assert (first.not_modified, same.not_modified, other.not_modified) == (False, True, False)
    assert (same.status, same.etag, same.response.content) == (304, first.etag, b"")
    assert same.request_id not in {None, first.request_id}


async def test_a_problem_has_a_request_id_and_no_retry_after(shop: Shop) -> None:
    shop.fake.fail(operations.get_item, errors.ItemNotFound)

    def use() -> errors.ItemNotFound:
        with shop.client("getItem") as client, pytest.raises(errors.ItemNotFound) as raised:
            client.items.get(999_999)
        return raised.value

    error = await to_thread.run_sync(use)

    assert error.request_id is not None
    assert (str(UUID(error.request_id)), error.retry_after) == (error.request_id, None)


@contextmanager
def limited(embedded: Database) -> Iterator[str]:
    """The address of a server with a limit of one request a minute."""
    clock = Clock()
    with live(settings_for(embedded.url, rate_limits=True, rate_default_per_minute=1), clock, repeatable(clock)) as server:
        yield f"http://127.0.0.1:{server.address[1]}"


@pytest.mark.parametrize("kind", ["fake", "server"])
@pytest.mark.usefixtures("stage")
async def test_a_limit_states_when_to_return(kind: str, embedded: Database) -> None:
    def use(client: Steelyard) -> errors.RateLimited:
        with client:
            client.system.get_health()
            client.system.get_public_data()
            with pytest.raises(errors.RateLimited) as raised:
                client.system.get_root()
        return raised.value

    if kind == "fake":
        fake = FakeSteelyard().on(operations.get_health).on(operations.get_public_data).fail(operations.get_root, errors.RateLimited)
        error = use(fake.steelyard(retries=Retries(attempts=1)))
    else:
        with limited(embedded) as address:
            error = await to_thread.run_sync(use, Steelyard(address, retries=Retries(attempts=1)))

    assert error.retry_after is not None
    assert 1 <= error.retry_after <= 61


def test_a_client_of_the_fake_does_not_wait_for_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()
    monkeypatch.setattr("time.sleep", waits.append)

    with FakeSteelyard() as fake:
        fake.fail(operations.get_root, errors.Unavailable)
        with pytest.raises(errors.Unavailable):
            fake.steelyard().system.get_root()

    assert (len(fake.calls), waits) == (3, [0.0, 0.0])
