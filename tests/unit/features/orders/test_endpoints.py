"""Orders over HTTP: what only the whole application can show. Each exchange is checked against the contract."""

from collections.abc import AsyncIterator

import pytest

from steelyard.db.database import Database
from tests.kit.servers.running import Running, running
from tests.kit.servers.statements import count_statements
from tests.kit.world.clock import Clock


@pytest.fixture
async def shop(database: Database, clock: Clock) -> AsyncIterator[Running]:
    # One of these tests counts round trips, also in a run without short cuts.
    async with running(database, clock, database_pipelining=True) as opened:
        yield opened


async def test_an_order_is_quoted_placed_listed_read_and_cancelled(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    await shop.world.address(buyer, is_default=True)
    await shop.world.promotion()
    item = await shop.world.item(seller, price=1999)
    body = {"product_id": item, "quantity": 2, "discount_code": "PROMO-ten"}

    quote = (await shop.api.post("/orders/quote", json=body)).json()
    placed = await shop.api.as_(buyer).post("/orders", json=body | {"expected_total": quote["total"]}, headers={"Idempotency-Key": "one"})
    order = placed.json()
    read = await shop.api.as_(seller).get(placed.headers["location"])
    listed = (await shop.api.as_(seller).get("/orders", params={"role": "seller"})).json()
    cancelled = await shop.api.as_(buyer).post(f"/orders/{order['id']}/cancel", json={"reason": "Ordered by mistake"})

    assert (quote["orderable"], quote["total"]) == (True, order["total"])
    assert (placed.status_code, placed.headers["location"], placed.headers["etag"]) == (201, f"/orders/{order['id']}", '"1"')
    assert (read.json(), read.headers["etag"]) == (order, '"1"')
    assert [(each["id"], each["units"], each["total"]) for each in listed["items"]] == [(order["id"], 2, order["total"])]
    assert (cancelled.status_code, cancelled.json()["status"], cancelled.headers["etag"]) == (200, "cancelled", '"2"')


async def test_a_repeated_key_gets_the_first_response_and_does_not_block_the_next_order(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    item = await shop.world.item(seller)
    body = {"product_id": item, "quantity": 1}
    first = await shop.api.as_(buyer).post("/orders", json=body, headers={"Idempotency-Key": "one"})

    replays = [await shop.api.as_(buyer).post("/orders", json=body, headers={"Idempotency-Key": "one"}) for _ in range(40)]
    other = await shop.api.as_(buyer).post("/orders", json=body, headers={"Idempotency-Key": "two"})

    assert {(each.status_code, each.text, each.headers["idempotency-replayed"]) for each in replays} == {(201, first.text, "true")}
    assert other.status_code == 201
    assert await shop.world.market.stock(item) == (100, 2)


async def test_a_key_makes_no_second_order_after_its_response_is_deleted(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    item = await shop.world.item(seller)
    await shop.world.market.place(buyer.id, (item, 1), key="one")  # a placed order without a stored response, as after a day

    again = await shop.api.as_(buyer).post("/orders", json={"product_id": item, "quantity": 1}, headers={"Idempotency-Key": "one"})

    assert (again.status_code, again.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_pages_are_linked(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    item = await shop.world.item(seller)
    placed = [(await shop.world.order(buyer, (item, 1))).order.id for _ in range(3)]

    first = await shop.api.as_(buyer).get("/orders", params={"limit": 2})
    second = await shop.api.as_(buyer).get(first.links["next"]["url"])

    assert [order["id"] for page in (first, second) for order in page.json()["items"]] == placed[::-1]
    assert (first.json()["total"], second.json()["total"]) == (3, None)
    assert "link" not in second.headers


@pytest.mark.parametrize("lines", [1, 7])
async def test_placing_an_order_takes_one_round_trip_for_each_line_and_two_more(shop: Running, lines: int) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    goods = await shop.world.items(seller, lines)
    body = {"lines": [{"product_id": item, "quantity": 1} for item in goods]}
    await shop.api.as_(buyer).get("/orders")  # the credential is cached for the next second

    # Once a connection has prepared the first statement, it sends BEGIN along with it.
    await shop.api.as_(buyer).post("/orders", json=body, headers={"Idempotency-Key": "one"})
    with count_statements() as made:
        await shop.api.as_(buyer).post("/orders", json=body, headers={"Idempotency-Key": "two"})

    # SQLite runs one statement each to begin, to write the order and its lines, and to record the event.
    assert len(made) == lines + {"postgresql": 2, "sqlite": 8}[shop.world.database.dialect], made


@pytest.mark.parametrize("lines", [1, 7])
async def test_reading_an_order_takes_one(shop: Running, lines: int) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    placed = await shop.world.order(buyer, *[(item, 1) for item in await shop.world.items(seller, lines)])
    await shop.api.as_(buyer).get("/orders")

    with count_statements() as made:
        await shop.api.as_(buyer).get(f"/orders/{placed.order.id}")

    assert len(made) == 1, made
