"""Every operation of the contract, called through both clients against the server. The list is the contract's: none can be forgotten."""

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

# What is deprecated still works, and warns; that it does is for others to show.
pytestmark = pytest.mark.filterwarnings(
    "ignore::steelyard_client.errors.ApiDeprecation", "ignore:.+ is deprecated since:DeprecationWarning"
)


def arguments(market: Market, request: Request, operation_id: str) -> tuple[list[int], Mapping[str, Any]]:
    ids = market.stage.ids(operation_id)
    path = [ids[one.name] for one in OPERATIONS[operation_id].parameters if one.where == "path"]
    return path, request.body or {}


def is_an_answer(operation_id: str, value: object) -> bool:
    operation = getattr(operations, OPERATIONS[operation_id].handler)
    if isinstance(value, Page):
        return all(isinstance(one, Model) for one in value)
    return value is None if operation.parse is None else isinstance(value, operation.returns) and value.extra == {}


@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_each_operation_works_through_the_client(market: Market, operation_id: str) -> None:
    request = market.stage.request(operation_id)
    path, body = arguments(market, request, operation_id)
    token = None if request.sender is None else request.sender.token
    tag, method = METHODS[operation_id]

    def use() -> object:
        with Steelyard(market.url, token=token) as client:
            found = getattr(getattr(client, tag), method)(*path, **body)
            return found.page() if isinstance(found, Pages) else found

    assert is_an_answer(operation_id, await to_thread.run_sync(use))


@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_each_operation_works_through_the_asynchronous_client(market: Market, operation_id: str) -> None:
    request = market.stage.request(operation_id)
    path, body = arguments(market, request, operation_id)
    token = None if request.sender is None else request.sender.token
    tag, method = METHODS[operation_id]

    async with AsyncSteelyard(market.url, token=token) as client:
        found = getattr(getattr(client, tag), method)(*path, **body)
        value = await found.page() if isinstance(found, AsyncPages) else await found

    assert is_an_answer(operation_id, value)


def test_the_sdk_has_the_contracts_operations_and_no_others() -> None:
    keys = {operation.handler for operation in OPERATIONS.values()}

    assert set(operations.__all__) == set(dir(calls)) == keys
    assert METHODS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_is_known_as_the_contract_has_it(operation_id: str) -> None:
    promised = OPERATIONS[operation_id]
    known = getattr(operations, promised.handler)

    assert (known.name, known.method, known.path) == (promised.id, promised.method, promised.path)
    assert known.problems == promised.problems
    assert known.keyed == (promised.idempotency is not None)
    assert known.optional == (() in promised.security)
    assert known.secured == any(promised.security)


async def test_a_session_is_opened_renewed_and_ended_on_the_server(market: Market) -> None:
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


async def test_an_order_that_is_sent_twice_is_one_order(market: Market) -> None:
    call = calls.create_order(product_id=market.stage.item_id, quantity=1)

    async with AsyncSteelyard(market.url, token=market.stage.buyer.token) as client:
        first, second = await client.send(call), await client.send(call)

    assert first.value.id == second.value.id
    assert (first.replayed, second.replayed) == (False, True)


async def test_what_was_read_may_be_the_tag_of_what_is_written(market: Market) -> None:
    async with AsyncSteelyard(market.url, token=market.stage.seller.token) as client:
        item = (await client.send(calls.get_item(market.stage.draft_id))).value
        changed = await client.items.update(item.id, title="Lamp, brass", if_match=item)
        with pytest.raises(errors.PreconditionFailed) as refused:
            await client.items.update(item.id, title="Lamp, steel", if_match=item)
        known = await client.send(calls.get_item(item.id, if_none_match=f'"{changed.version}"'))

    assert refused.value.current_version == changed.version == item.version + 1
    assert known.not_modified or known.value.version == changed.version


async def test_a_list_is_walked_over_all_its_pages_whatever_page_it_started_with(market: Market) -> None:
    made = await market.world.items(market.stage.seller, 7)

    async with AsyncSteelyard(market.url) as client:
        found = [item.id async for item in client.items.list(limit=3, sort="created_at")]
        page = await client.items.list(limit=3, skip=2).page()
        rest = [item.id async for item in client.items.list(limit=3, skip=2, sort="created_at")]

    assert found[-7:] == made
    assert (len(page), page.total) == (3, 8)
    assert rest == found[2:]


async def test_the_servers_digest_is_the_sdks(market: Market) -> None:
    async with AsyncSteelyard(market.url) as client:
        answer = await client.send(calls.get_root())

    assert answer.headers["contract-digest"] == f"sha-256={CONTRACT_DIGEST}"
    assert answer.value.version == CONTRACT_VERSION
