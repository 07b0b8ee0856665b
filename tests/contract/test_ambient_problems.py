"""The problems that follow from the shape of an operation: each operation with that shape returns them."""

import functools
import hashlib
import importlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable
from steelyard.idempotency import store
from steelyard_contract.operations import OPERATIONS
from tests.kit.clients.api import Api
from tests.kit.contract.bodies import is_file, is_stream
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.contract.samples import varied
from tests.kit.servers.databases import Databases
from tests.kit.servers.running import AMPLE, Running, running
from tests.kit.world.clock import Clock
from tests.kit.world.stage import Request, Stage
from tests.kit.world.world import World

ALL = list(CONTRACT.operations.values())
LIMITED = [operation for operation in ALL if "429" in operation.node["responses"]]


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Problems announce the rate limits as well."""
    return AMPLE


def with_parameter(name: str) -> list[Operation]:
    return [operation for operation in ALL if any(parameter["name"] == name for parameter in CONTRACT.parameters(operation))]


def assert_problem(response: httpx.Response, status: int, slug: str) -> None:
    assert (response.status_code, response.json().get("type")) == (status, f"/problems/{slug}"), response.text


# -- faults in the handler ---------------------------------------------------------------------------------------------
@dataclass
class Faulty:
    """The application with handlers that raise instead of returning."""

    shop: Running
    error: Exception


@pytest.fixture
async def faulty(monkeypatch: pytest.MonkeyPatch, databases: Databases, clock: Clock, tmp_path: Any) -> AsyncIterator[Faulty]:
    box: list[Faulty] = []
    for operation in OPERATIONS.values():
        module = importlib.import_module(f"steelyard.features.{operation.tag}.endpoints")
        monkeypatch.setattr(module, operation.handler, raising(getattr(module, operation.handler), box))
    async with databases.of_the_product("sqlite", tmp_path) as database, running(database, clock, **AMPLE) as shop:
        box.append(Faulty(shop, ZeroDivisionError()))
        yield box[0]


def raising(handler: Any, box: list[Faulty]) -> Any:
    """A coroutine with the handler's signature."""

    @functools.wraps(handler)
    async def raise_error(**_: object) -> None:
        raise box[0].error

    return raise_error


@pytest.mark.parametrize("operation", ALL, ids=str)
async def test_a_fault_is_an_internal_error(operation: Operation, faulty: Faulty) -> None:
    stage = await Stage.of(faulty.shop.world)

    response = await faulty.shop.api.send_as_sender(stage.request(operation.id))

    assert_problem(response, 500, "internal-error")
    assert [type(fault) for fault in faulty.shop.journal.faults] == [ZeroDivisionError]
    faulty.shop.journal.faults.clear()


@pytest.mark.parametrize("operation", ALL, ids=str)
async def test_an_unreachable_database_gets_a_503_with_retry_after(operation: Operation, faulty: Faulty) -> None:
    stage, faulty.error = await Stage.of(faulty.shop.world), DatabaseUnavailable("gone for a test", retry_after=7)

    response = await faulty.shop.api.send_as_sender(stage.request(operation.id))

    assert_problem(response, 503, "unavailable")
    assert response.headers["retry-after"] == "7"


# -- rate limits, and versions that are gone ---------------------------------------------------------------------------
@pytest.mark.parametrize("operation", LIMITED, ids=str)
async def test_a_request_over_the_limit_gets_a_429_with_retry_after(
    operation: Operation, database: Database, clock: Clock, seed: int
) -> None:
    quotas = {f"rate_{name}_per_minute": 1 for name in ("default", "register", "quote", "login_start")} | {"rate_mail_per_hour": 1}
    async with running(database, clock, seed, rate_limits=True, **quotas) as shop:
        request = (await Stage.of(shop.world)).request(operation.id)
        await shop.api.send_as_sender(request)

        response = await shop.api.send_as_sender(request)

        assert_problem(response, 429, "rate-limited")
        assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("operation", with_parameter("If-Match"), ids=str)
async def test_an_outdated_version_gets_a_412(operation: Operation, api: Api, world: World) -> None:
    request = (await Stage.of(world, with_order=operation.node["tags"] == ["orders"])).request(operation.id)

    response = await api.send_as_sender(replace(request, headers={**request.headers, "If-Match": '"999"'}))

    assert_problem(response, 412, "precondition-failed")


# -- idempotency keys --------------------------------------------------------------------------------------------------
def with_key(request: Request) -> Request:
    return replace(request, headers={**request.headers, "Idempotency-Key": "once"})


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_a_key_of_another_request_is_rejected(operation: Operation, api: Api, world: World) -> None:
    request = with_key((await Stage.of(world)).request(operation.id))
    assert (await api.send_as_sender(request)).is_success

    response = await api.send_as_sender(replace(request, body=varied(operation, request.body)))

    assert_problem(response, 422, "idempotency-key-reused")


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_a_key_used_again_gets_the_first_response(operation: Operation, api: Api, world: World) -> None:
    request = with_key((await Stage.of(world)).request(operation.id))

    first, second = await api.send_as_sender(request), await api.send_as_sender(request)

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert ("idempotency-replayed" in first.headers, second.headers.get("idempotency-replayed")) == (False, "true")


def compared(request: Request) -> Any:
    """The body as keys compare it: files, and streams as a whole, by their digests."""
    if request.media is not None and (is_file(request.media) or is_stream(request.media)):
        return hashlib.sha256(request.content or b"").hexdigest()
    digests = {name: hashlib.sha256(request.body[name].encode("latin-1")).hexdigest() for name in CONTRACT.files(request.operation)}
    return {**request.body, **digests} if digests else request.body


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_a_key_in_progress_starts_no_second_request(operation: Operation, api: Api, world: World) -> None:
    request = with_key((await Stage.of(world)).request(operation.id))
    assert request.sender is not None
    # As if a process had claimed the key and were still running.
    sent = json.dumps([request.path, compared(request)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    async with world.database.transaction() as tx:
        fingerprint = hashlib.sha256(sent.encode()).digest()
        await store.claim_key(tx, owner_id=request.sender.id, operation_id=operation.id, key="once", fingerprint=fingerprint)

    response = await api.send_as_sender(request)

    assert_problem(response, 409, "idempotency-in-progress")


# -- rules that several operations share -------------------------------------------------------------------------------
async def test_an_item_cannot_take_the_sku_of_another_of_the_same_seller(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    seller, draft = api.as_(stage.seller), {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}, "sku": "LAMP-01"}
    assert (await seller.call("createItem", draft)).status_code == 201

    response = await seller.call("updateItem", {"sku": "LAMP-01"}, item_id=stage.item_id)

    assert_problem(response, 409, "sku-taken")


async def test_prices_and_totals_in_another_currency_are_rejected(api: Api, world: World) -> None:
    stage, euro = await Stage.of(world), {"amount": 1, "currency": "EUR"}
    order = {"product_id": stage.item_id, "quantity": 1, "expected_total": euro}

    changed = await api.as_(stage.seller).call("updateItem", {"price": euro}, item_id=stage.item_id)
    ordered = await api.as_(stage.buyer).call("createOrder", order, idempotency_key=world.key())
    quoted = await api.as_(stage.buyer).call("quoteOrder", order)

    assert_problem(changed, 422, "currency-mismatch")
    assert_problem(ordered, 422, "currency-mismatch")
    assert [obstacle["type"] for obstacle in quoted.json()["obstacles"]] == ["currency-mismatch"]


async def test_the_stock_of_an_item_is_limited_to_a_billion(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    item_id = await world.item(stage.seller, on_hand=1_000_000_000)

    response = await api.as_(stage.seller).call(
        "recordStockMovement", {"delta": 1, "reason": "received"}, item_id=item_id, idempotency_key=world.key()
    )

    assert_problem(response, 409, "limit-reached")


async def test_a_user_has_at_most_twenty_open_orders(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    for _number in range(19):
        await world.order(stage.buyer, (stage.item_id, 1))
    buyer, body = api.as_(stage.buyer), {"product_id": stage.item_id, "quantity": 1}

    ordered, quoted = await buyer.call("createOrder", body, idempotency_key=world.key()), await buyer.call("quoteOrder", body)

    assert_problem(ordered, 409, "limit-reached")
    assert [obstacle["type"] for obstacle in quoted.json()["obstacles"]] == ["limit-reached"]


async def test_the_last_admin_cannot_be_demoted(api: Api, world: World) -> None:
    admin = await world.user("admin")

    response = await api.as_(admin).call("setUserAccess", {"role": "user", "is_active": True}, user_id=admin.id)

    assert_problem(response, 409, "last-admin")
