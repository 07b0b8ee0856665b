"""What an operation refuses because of its shape: each of them says so for each refusal that the document gives it for that."""

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
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.servers.databases import Databases
from tests.kit.servers.running import AMPLE, Running, running
from tests.kit.world.people import Clock
from tests.kit.world.stage import Request, Stage
from tests.kit.world.world import World

ALL = list(CONTRACT.operations.values())
LIMITED = [one for one in ALL if "429" in one.node["responses"]]


@pytest.fixture
def given() -> dict[str, Any]:
    """Refusals announce the limits as well."""
    return AMPLE


def with_parameter(name: str) -> list[Operation]:
    return [one for one in ALL if any(each["name"] == name for each in CONTRACT.parameters(one))]


def refused(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.json().get("type")) == (status, f"/problems/{slug}"), answer.text


# -- faults behind the handler -----------------------------------------------------------------------------------------
@dataclass
class Faulty:
    """The application with handlers that raise instead of answering."""

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
    async def instead(**_: object) -> None:
        raise box[0].error

    return instead


@pytest.mark.parametrize("operation", ALL, ids=str)
async def test_a_fault_is_said_to_be_ours(operation: Operation, faulty: Faulty) -> None:
    stage = await Stage.of(faulty.shop.world)

    answer = await faulty.shop.api.send_it(stage.request(operation.id))

    refused(answer, 500, "internal-error")
    assert [type(fault) for fault in faulty.shop.journal.faults] == [ZeroDivisionError]
    faulty.shop.journal.faults.clear()


@pytest.mark.parametrize("operation", ALL, ids=str)
async def test_a_database_out_of_reach_is_said_to_be_a_matter_of_time(operation: Operation, faulty: Faulty) -> None:
    stage, faulty.error = await Stage.of(faulty.shop.world), DatabaseUnavailable("gone for a test", retry_after=7)

    answer = await faulty.shop.api.send_it(stage.request(operation.id))

    refused(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "7"


# -- too many, and too late --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", LIMITED, ids=str)
async def test_one_more_than_the_limit_admits_has_to_wait(operation: Operation, database: Database, clock: Clock, seed: int) -> None:
    quotas = {f"rate_{name}_per_minute": 1 for name in ("default", "register", "quote")}
    async with running(database, clock, seed, rate_limits=True, **quotas) as shop:
        request = (await Stage.of(shop.world)).request(operation.id)
        await shop.api.send_it(request)

        answer = await shop.api.send_it(request)

        refused(answer, 429, "rate-limited")
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("operation", with_parameter("If-Match"), ids=str)
async def test_a_version_that_is_gone_changes_nothing(operation: Operation, api: Api, world: World) -> None:
    request = (await Stage.of(world, with_order=operation.node["tags"] == ["orders"])).request(operation.id)

    answer = await api.send_it(replace(request, headers={**request.headers, "If-Match": '"999"'}))

    refused(answer, 412, "precondition-failed")


# -- a key names one attempt -------------------------------------------------------------------------------------------
def with_key(request: Request) -> Request:
    return replace(request, headers={**request.headers, "Idempotency-Key": "once"})


def varied(operation: Operation, body: dict[str, Any]) -> dict[str, Any]:
    """Another body that the document allows as well."""
    described = CONTRACT.body(operation)
    assert described is not None
    judge = CONTRACT.judge(described[1]["schema"]["$ref"].removeprefix("#"))
    others = ({**body, name: f"{value}x" if isinstance(value, str) else value + 1} for name, value in body.items() if not_nested(value))
    return next(other for other in others if judge.is_valid(other))


def not_nested(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_a_key_that_named_another_attempt_is_refused(operation: Operation, api: Api, world: World) -> None:
    request = with_key((await Stage.of(world)).request(operation.id))
    assert (await api.send_it(request)).is_success

    answer = await api.send_it(replace(request, body=varied(operation, request.body)))

    refused(answer, 422, "idempotency-key-reused")


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_an_attempt_that_is_repeated_is_answered_as_the_first_time(operation: Operation, api: Api, world: World) -> None:
    request = with_key((await Stage.of(world)).request(operation.id))

    first, second = await api.send_it(request), await api.send_it(request)

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert ("idempotency-replayed" in first.headers, second.headers.get("idempotency-replayed")) == (False, "true")


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_an_attempt_that_is_under_way_is_not_started_again(operation: Operation, api: Api, world: World) -> None:
    request = with_key((await Stage.of(world)).request(operation.id))
    assert request.sender is not None
    # As a process that has taken the key and is not done with it.
    asked = json.dumps([request.path, request.body], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    async with world.database.transaction() as tx:
        fingerprint = hashlib.sha256(asked.encode()).digest()
        await store.claim_key(tx, owner_id=request.sender.id, operation_id=operation.id, key="once", fingerprint=fingerprint)

    answer = await api.send_it(request)

    refused(answer, 409, "idempotency-in-progress")


# -- rules that several operations keep --------------------------------------------------------------------------------
async def test_an_item_cannot_take_the_sku_of_another_of_the_same_seller(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    seller, draft = api.as_(stage.seller), {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}, "sku": "LAMP-01"}
    assert (await seller.call("createItem", draft)).status_code == 201

    answer = await seller.call("updateItem", {"sku": "LAMP-01"}, item_id=stage.item_id)

    refused(answer, 409, "sku-taken")


async def test_prices_and_totals_of_another_currency_are_refused(api: Api, world: World) -> None:
    stage, euro = await Stage.of(world), {"amount": 1, "currency": "EUR"}
    order = {"product_id": stage.item_id, "quantity": 1, "expected_total": euro}

    changed = await api.as_(stage.seller).call("updateItem", {"price": euro}, item_id=stage.item_id)
    ordered = await api.as_(stage.buyer).call("createOrder", order, idempotency_key=world.key())
    quoted = await api.as_(stage.buyer).call("quoteOrder", order)

    refused(changed, 422, "currency-mismatch")
    refused(ordered, 422, "currency-mismatch")
    assert [one["type"] for one in quoted.json()["obstacles"]] == ["currency-mismatch"]


async def test_nobody_has_more_than_a_billion_of_anything(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    item_id = await world.item(stage.seller, on_hand=1_000_000_000)

    answer = await api.as_(stage.seller).call(
        "recordStockMovement", {"delta": 1, "reason": "received"}, item_id=item_id, idempotency_key=world.key()
    )

    refused(answer, 409, "limit-reached")


async def test_nobody_has_more_than_twenty_orders_under_way(api: Api, world: World) -> None:
    stage = await Stage.of(world)
    for _number in range(19):
        await world.order(stage.buyer, (stage.item_id, 1))
    buyer, body = api.as_(stage.buyer), {"product_id": stage.item_id, "quantity": 1}

    ordered, quoted = await buyer.call("createOrder", body, idempotency_key=world.key()), await buyer.call("quoteOrder", body)

    refused(ordered, 409, "limit-reached")
    assert [one["type"] for one in quoted.json()["obstacles"]] == ["limit-reached"]


async def test_somebody_has_to_remain_who_may_do_everything(api: Api, world: World) -> None:
    admin = await world.person("admin")

    answer = await api.as_(admin).call("setUserAccess", {"role": "user", "is_active": True}, user_id=admin.id)

    refused(answer, 409, "last-admin")
