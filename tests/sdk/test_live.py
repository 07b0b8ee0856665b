"""Every operation of the contract, called through both clients against the server."""

from collections.abc import Mapping
from typing import Any

import pytest
from anyio import to_thread

from steelyard_client import CONTRACT_DIGEST, CONTRACT_VERSION, AsyncSteelyard, Steelyard, calls, errors, operations
from steelyard_client.models import Model
from steelyard_contract.operations import OPERATIONS
from steelyard_runtime.pages import AsyncPages, Page, Pages
from tests.kit.world.stage import Request
from tests.sdk.conftest import Market
from tests.sdk.names import METHODS

# What browsers open as a page has no method.
CALLED = {name: operation for name, operation in OPERATIONS.items() if not operation.navigates}
# Deprecated operations still work, with a warning that other tests check.
pytestmark = pytest.mark.filterwarnings(
    "ignore::steelyard_client.errors.ApiDeprecation", "ignore:.+ is deprecated since:DeprecationWarning"
)


def arguments(market: Market, request: Request, operation_id: str) -> tuple[list[int | str], Mapping[str, Any]]:
    ids = market.stage.ids(operation_id)
    path = [ids[parameter.name] for parameter in OPERATIONS[operation_id].parameters if parameter.where == "path"]
    return path, request.body or {}


def is_declared(operation_id: str, value: object) -> bool:
    operation = getattr(operations, OPERATIONS[operation_id].handler)
    if isinstance(value, Page):
        return all(isinstance(item, Model) for item in value)
    return value is None if operation.parse is None else isinstance(value, operation.returns) and value.extra == {}


@pytest.mark.parametrize("operation_id", CALLED)
async def test_each_operation_works_through_the_client(market: Market, operation_id: str) -> None:
    request = market.stage.request(operation_id)
    path, body = arguments(market, request, operation_id)
    token = None if request.sender is None else request.sender.token
    tag, method = METHODS[operation_id]

    def use() -> object:
        with Steelyard(market.url, token=token) as client:
            result = getattr(getattr(client, tag), method)(*path, **body)
            return result.page() if isinstance(result, Pages) else result

    assert is_declared(operation_id, await to_thread.run_sync(use))


@pytest.mark.parametrize("operation_id", CALLED)
async def test_each_operation_works_through_the_asynchronous_client(market: Market, operation_id: str) -> None:
    request = market.stage.request(operation_id)
    path, body = arguments(market, request, operation_id)
    token = None if request.sender is None else request.sender.token
    tag, method = METHODS[operation_id]

    async with AsyncSteelyard(market.url, token=token) as client:
        result = getattr(getattr(client, tag), method)(*path, **body)
        value = await result.page() if isinstance(result, AsyncPages) else await result

    assert is_declared(operation_id, value)


def test_the_sdk_has_the_contracts_operations_and_no_others() -> None:
    keys = {operation.handler for operation in CALLED.values()}

    assert set(operations.__all__) == set(dir(calls)) == keys
    assert METHODS.keys() == CALLED.keys()


@pytest.mark.parametrize("operation_id", CALLED)
def test_the_sdk_describes_an_operation_as_the_contract_does(operation_id: str) -> None:
    declared = OPERATIONS[operation_id]
    known = getattr(operations, declared.handler)

    assert (known.name, known.method, known.path) == (declared.id, declared.method, declared.path)
    assert known.problems == declared.problems
    assert known.keyed == (declared.idempotency is not None)
    assert known.optional == (() in declared.security)
    assert known.secured == any(declared.security)


async def test_a_session_is_created_renewed_and_revoked_on_the_server(market: Market) -> None:
    buyer = market.stage.buyer

    def use() -> list[int]:
        with Steelyard(market.url, username=buyer.email, password=buyer.password) as client:
            first = client.users.get_current().id
            market.clock.advance(minutes=31)
            second = client.users.get_current().id
            client.sign_out()
            assert client.core.auth is not None
            return [first, second, client.users.get_current().id]

    assert await to_thread.run_sync(use) == [buyer.id] * 3


async def test_a_call_that_is_sent_twice_creates_one_order(market: Market) -> None:
    call = calls.create_order(product_id=market.stage.item_id, quantity=1)

    async with AsyncSteelyard(market.url, token=market.stage.buyer.token) as client:
        first, second = await client.send(call), await client.send(call)

    assert first.value.id == second.value.id
    assert (first.replayed, second.replayed) == (False, True)


async def test_a_resource_can_be_the_tag_of_an_update(market: Market) -> None:
    async with AsyncSteelyard(market.url, token=market.stage.seller.token) as client:
        item = (await client.send(calls.get_item(market.stage.draft_id))).value
        changed = await client.items.update(item.id, title="Lamp, brass", if_match=item)
        with pytest.raises(errors.PreconditionFailed) as raised:
            await client.items.update(item.id, title="Lamp, steel", if_match=item)
        known = await client.send(calls.get_item(item.id, if_none_match=f'"{changed.version}"'))

    assert raised.value.current_version == changed.version == item.version + 1
    assert known.not_modified or known.value.version == changed.version


async def test_a_list_yields_all_pages_from_any_first_page(market: Market) -> None:
    made = await market.world.items(market.stage.seller, 7)

    async with AsyncSteelyard(market.url) as client:
        ids = [item.id async for item in client.items.list(limit=3, sort="created_at")]
        page = await client.items.list(limit=3, skip=2).page()
        rest = [item.id async for item in client.items.list(limit=3, skip=2, sort="created_at")]

    assert ids[-7:] == made
    assert (len(page), page.total) == (3, 8)
    assert rest == ids[2:]


async def test_the_server_and_the_sdk_have_the_same_digest(market: Market) -> None:
    async with AsyncSteelyard(market.url) as client:
        response = await client.send(calls.get_root())

    assert response.headers["contract-digest"] == f"sha-256={CONTRACT_DIGEST}"
    assert response.value.version == CONTRACT_VERSION
