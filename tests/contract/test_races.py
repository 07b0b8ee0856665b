"""Concurrent requests over HTTP to two applications on one database: the contract holds exactly."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial

import httpx
import pytest

from steelyard.db.database import Database
from tests.kit.clients.api import Api
from tests.kit.servers.patience import PATIENT
from tests.kit.servers.running import Running, running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.stage import ADDRESS
from tests.kit.world.world import User, World


@pytest.fixture
async def shops(database: Database, clock: Clock) -> AsyncIterator[tuple[Running, Running]]:
    """Two applications that share only the database."""
    async with running(database, clock, **PATIENT) as first, running(database, clock, seed=43, **PATIENT) as second:
        yield first, second


@pytest.fixture
def world(shops: tuple[Running, Running]) -> World:
    return shops[0].world


@pytest.fixture
def apis(shops: tuple[Running, Running]) -> list[Api]:
    return [shop.api for shop in shops]


async def at_once(calls: Iterable[Callable[[], Awaitable[httpx.Response]]]) -> list[httpx.Response]:
    """All responses; every request has started before the first response arrives."""
    return await asyncio.gather(*(call() for call in calls))


def outcomes(responses: Iterable[httpx.Response]) -> Counter[str]:
    """The number of responses by status or problem."""
    return Counter(
        str(response.status_code) if response.is_success else response.json()["type"].removeprefix("/problems/") for response in responses
    )


def buying(api: Api, buyer: User, key: str, *lines: tuple[int, int], code: str | None = None) -> Callable[[], Awaitable[httpx.Response]]:
    basket = [{"product_id": product, "quantity": quantity} for product, quantity in lines]
    body = {"lines": basket} | ({"discount_code": code} if code else {})
    return partial(api.as_(buyer).call, "createOrder", body, idempotency_key=key)


@pytest.mark.slow
async def test_a_thousand_attempts_on_600_units_sell_600(apis: list[Api], world: World) -> None:
    item = await world.item(await world.user(), on_hand=600)
    buyers = [await world.user() for _ in range(50)]
    # Each buyer may have twenty pending orders, so only the stock limits these thousand attempts.
    attempts = iter([(buyer, f"try-{attempt}") for attempt in range(20) for buyer in buyers])

    async def connection(api: Api) -> list[httpx.Response]:
        """One attempt after the other."""
        return [await buying(api, buyer, key, (item, 1))() for buyer, key in attempts]

    responses = [response for made in await asyncio.gather(*(connection(apis[number % 2]) for number in range(16))) for response in made]

    assert outcomes(responses) == {"201": 600, "insufficient-stock": 400}
    assert await world.market.stock(item) == (600, 600)
    assert (await world.market.state()).orders == 600


async def test_one_key_fifty_times_at_once_makes_one_order_and_one_response(apis: list[Api], world: World) -> None:
    item, buyer = await world.item(await world.user(), on_hand=100), await world.user()

    responses = await at_once(buying(apis[number % 2], buyer, "the-same", (item, 2)) for number in range(50))

    assert outcomes(responses) == {"201": 50}
    assert len({(response.content, response.headers["location"], response.headers["etag"]) for response in responses}) == 1
    assert Counter(response.headers.get("idempotency-replayed") for response in responses) == {None: 1, "true": 49}
    assert await world.market.stock(item) == (100, 2)


async def test_one_key_for_two_requests_at_once_makes_one_order(apis: list[Api], world: World) -> None:
    item, buyer = await world.item(await world.user(), on_hand=100), await world.user()

    responses = await at_once(buying(apis[number % 2], buyer, "the-same", (item, 1 + number % 2)) for number in range(20))

    assert outcomes(responses) == {"201": 10, "idempotency-key-reused": 10}
    assert (await world.market.state()).orders == 1


async def test_an_email_address_registers_once_among_concurrent_attempts(apis: list[Api]) -> None:
    body = {"name": "Alice Johnson", "password": PASSWORD}
    emails = ("alice@example.com", "ALICE@example.com")

    responses = await at_once(partial(apis[number % 2].call, "createUser", {**body, "email": emails[number % 2]}) for number in range(50))

    assert outcomes(responses) == {"201": 1, "email-already-registered": 49}


async def test_a_code_for_five_is_redeemed_five_times(apis: list[Api], world: World) -> None:
    item = await world.item(await world.user(), on_hand=1000)
    code = await world.promotion("PROMO-FIVE", percent_bps=1000, max_redemptions=5)
    buyers = [await world.user() for _ in range(30)]

    responses = await at_once(buying(apis[number % 2], buyer, "key", (item, 1), code="PROMO-FIVE") for number, buyer in enumerate(buyers))

    assert outcomes(responses) == {"201": 5, "promotion-not-applicable": 25}
    assert await world.market.redemptions(code) == 5
    assert await world.market.stock(item) == (1000, 5)


async def test_baskets_in_opposite_order_wait_for_each_other_and_succeed(apis: list[Api], world: World) -> None:
    goods = await world.items(await world.user(), 5, on_hand=1000)
    buyers = [await world.user() for _ in range(40)]

    responses = await at_once(
        buying(apis[number % 2], buyer, "key", *((item, 1) for item in (goods if number % 4 < 2 else reversed(goods))))
        for number, buyer in enumerate(buyers)
    )

    assert outcomes(responses) == {"201": 40}
    assert [await world.market.stock(item) for item in goods] == [(1000, 40)] * 5


async def test_an_order_is_cancelled_once(apis: list[Api], world: World) -> None:
    seller, buyer = await world.user(), await world.user()
    item = await world.item(seller, on_hand=10)
    order = (await world.order(buyer, (item, 3))).order
    parties = [apis[0].as_(seller), apis[1].as_(buyer)]

    responses = await at_once(
        partial(parties[number % 2].call, "cancelOrder", {"reason": "Ordered by mistake"}, order_id=order.id) for number in range(20)
    )

    assert outcomes(responses) == {"200": 1, "order-state-conflict": 19}
    assert await world.market.stock(item) == (10, 0)


async def test_concurrent_movements_and_orders_never_leave_less_than_is_reserved(apis: list[Api], world: World) -> None:
    seller = await world.user()
    item = await world.item(seller, on_hand=20)
    buyers = [await world.user() for _ in range(20)]

    def taking(number: int) -> Callable[[], Awaitable[httpx.Response]]:
        body = {"delta": -1, "reason": "damage"}
        return partial(apis[number % 2].as_(seller).call, "recordStockMovement", body, item_id=item, idempotency_key=f"take-{number}")

    responses = await at_once(
        call for number, buyer in enumerate(buyers) for call in (buying(apis[number % 2], buyer, "key", (item, 1)), taking(number))
    )

    on_hand, reserved = await world.market.stock(item)
    assert outcomes(responses) == {"201": 20, "insufficient-stock": 20}
    assert on_hand == reserved


async def test_concurrent_uses_of_a_refresh_token_succeed_once_and_end_its_session(apis: list[Api], world: World) -> None:
    user = await world.user()
    login = (await apis[0].call("issueToken", {"username": user.email, "password": PASSWORD})).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": login["refresh_token"]}

    responses = await at_once(partial(apis[number % 2].call, "issueToken", refresh) for number in range(10))

    counts = outcomes(responses)
    assert counts == {"200": 1, "refresh-token-reused": 9}
    renewed = next(response.json() for response in responses if response.is_success)
    for api in apis:
        assert (await api.as_(renewed["access_token"]).get("/users/me")).status_code == 401


async def test_concurrent_requests_add_at_most_twenty_addresses(apis: list[Api], world: World) -> None:
    user = await world.user()
    own = [api.as_(user) for api in apis]

    responses = await at_once(
        partial(own[number % 2].call, "createAddress", {**ADDRESS, "is_default": True, "label": f"Home {number}"}) for number in range(30)
    )

    assert outcomes(responses) == {"201": 20, "limit-reached": 10}
    shown = (await apis[0].as_(user).get("/users/me")).json()["addresses"]
    assert (len(shown), sum(address["is_default"] for address in shown)) == (20, 1)


async def test_a_new_order_is_in_the_total_of_the_page_that_shows_it(apis: list[Api], world: World) -> None:
    item, buyer = await world.item(await world.user(), on_hand=100), await world.user()
    first, second = (api.as_(buyer) for api in apis)
    seen = []

    for number in range(3):
        pages = [await first.call("listOrders", limit=limit) for limit in (1, 2, 20)]
        seen.append([(len(page.json()["items"]), page.json()["total"]) for page in pages])
        assert (await buying(apis[1], buyer, f"key-{number}", (item, 1))()).status_code == 201

    assert (await second.call("listOrders")).json()["total"] == 3
    assert seen == [[(0, 0), (0, 0), (0, 0)], [(1, 1), (1, 1), (1, 1)], [(1, 2), (2, 2), (2, 2)]]
