"""Idempotency keys: one effect for each key, and the first response for every repetition."""

import json
from datetime import timedelta
from typing import Any

import pytest

from steelyard.contract.dependencies import Transaction
from steelyard.idempotency import store
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.problems import LimitReached
from tests.kit.world.market import Market
from tests.unit.contract.compiled import JSON, TOKEN, Compiled, Response

ADDRESS = {"street": "12 Harbour Road", "city": "Portland", "country": "US", "zip_code": "97201"}
KEY = (b"idempotency-key", b"one")


class Address:
    """An operation with a key whose handler counts its runs. The response has the number of the run."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.runs = 0
        self.error: BaseException | None = None
        self.compiled = Compiled("createAddress", self._handler(), database=market.database)

    def _handler(self) -> Any:
        async def create_address(
            idempotency_key: p.OptionalIdempotencyKey,  # noqa: ARG001  # the contract's
            body: m.AddressCreate,  # noqa: ARG001  # the contract's
            tx: Transaction,  # noqa: ARG001  # opened, so that it is committed
        ) -> r.CreateAddress201:
            self.runs += 1
            if self.error is not None:
                raise self.error
            return r.CreateAddress201(body=r.Encoded(json.dumps({"run": self.runs}).encode()), etag='"1"')

        return create_address

    async def send(self, *headers: tuple[bytes, bytes], **changes: Any) -> Response:
        return await self.compiled.send(JSON, TOKEN, *headers, body=json.dumps(ADDRESS | changes).encode())


@pytest.fixture
async def address(market: Market) -> Address:
    made = Address(market)
    made.compiled.authenticator.user_id = await market.user()
    return made


async def test_without_a_key_every_request_has_an_effect(address: Address) -> None:
    first, second = await address.send(), await address.send()

    assert (first.body, second.body) == ({"run": 1}, {"run": 2})


async def test_a_repeated_request_gets_the_first_response_and_a_mark(address: Address) -> None:
    first = await address.send(KEY)
    second = await address.send(KEY)

    assert (first.status, first.body) == (second.status, second.body) == (201, {"run": 1})
    assert second.headers[b"etag"] == first.headers[b"etag"]
    assert (first.headers.get(b"idempotency-replayed"), second.headers[b"idempotency-replayed"]) == (None, b"true")


async def test_a_key_of_another_user_is_another_key(address: Address) -> None:
    await address.send(KEY)
    address.compiled.authenticator.user_id = await address.market.user()

    assert (await address.send(KEY)).body == {"run": 2}


async def test_a_key_with_another_body_is_a_problem(address: Address) -> None:
    await address.send(KEY)

    response = await address.send(KEY, city="Salem")

    assert (response.status, response.body["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_problem_leaves_the_key_free(address: Address) -> None:
    address.error = LimitReached(limit=20)
    refused = await address.send(KEY)
    address.error = None

    assert (refused.status, (await address.send(KEY)).status) == (409, 201)


async def test_an_expired_key_is_free(address: Address) -> None:
    await address.send(KEY)
    async with address.market.database.transaction() as tx:
        tx._now = tx.now + store.KEPT_FOR + timedelta(seconds=1)
        assert await store.delete_expired(tx) == 1

    assert (await address.send(KEY)).body["run"] > 1


async def test_the_order_of_members_does_not_change_a_request(address: Address) -> None:
    await address.send(KEY)
    reordered = json.dumps(dict(reversed(ADDRESS.items()))).encode()

    response = await address.compiled.send(JSON, TOKEN, KEY, body=b" " + reordered)

    assert (response.status, response.body) == (201, {"run": 1})


async def test_keys_need_a_caller(market: Market) -> None:
    address = Address(market)
    compiled = Compiled("createAddress", address.compiled.handler, database=market.database, changes={"security": ()})

    await compiled.send(JSON, KEY, body=json.dumps(ADDRESS).encode())

    (error,) = compiled.observer.errors
    assert str(error) == "createAddress takes an Idempotency-Key, so its contract must secure it: keys belong to a user"
