"""The operations on items as callers meet them: views, tags, headers, and costs. Every exchange is checked against the contract."""

import sys
from collections.abc import AsyncIterator
from types import FrameType
from typing import Any

import pytest

from steelyard.db.database import Database
from tests.kit.clients.api import perform
from tests.kit.servers.running import Running, running
from tests.kit.servers.statements import count_statements
from tests.kit.world.clock import Clock
from tests.kit.world.world import User

PRICE = {"amount": 1999, "currency": "USD"}


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[Running]:
    async with running(database, Clock()) as opened:
        yield opened


async def offered(shop: Running, owner: User, **members: Any) -> dict[str, Any]:
    """A new item as its owner sees it."""
    response = await shop.api.as_(owner).call("createItem", {"title": "Lamp", "price": PRICE, **members})
    assert response.status_code == 201, response.text
    item: dict[str, Any] = response.json()
    return item


async def test_the_location_of_a_new_item_finds_it(shop: Running) -> None:
    seller = await shop.world.user()

    made = await shop.api.as_(seller).call("createItem", {"title": "Lamp", "price": PRICE, "on_hand": 3, "tags": ["brass"]})
    read = await shop.api.as_(seller).get(made.headers["location"])

    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"] == '"1.1o"'
    assert made.json()["price"] == PRICE
    assert made.json()["tags"] == ["brass"]


async def test_owner_and_staff_see_the_stock_in_numbers_and_others_what_is_available(shop: Running) -> None:
    seller, other, support = await shop.world.user(), await shop.world.user(), await shop.world.user("support")
    item_id = await shop.world.item(seller, on_hand=5)
    await shop.world.order(other, (item_id, 2))

    for caller, tag, numbers in ((seller, "o", (5, 2)), (support, "o", (5, 2)), (other, "", (None, None)), (None, "", (None, None))):
        single = await shop.api.as_(caller).get(f"/items/{item_id}")
        (listed,) = (await shop.api.as_(caller).get("/items")).json()["items"]
        assert single.headers["etag"] == f'"1.2{tag}"'
        assert (single.json()["on_hand"], single.json()["reserved"], single.json()["available"]) == (*numbers, 3)
        assert listed == single.json()


async def test_the_etag_changes_exactly_when_the_item_does(shop: Running) -> None:
    seller, buyer = await shop.world.user(), await shop.world.user()
    item_id = (await offered(shop, seller, on_hand=5))["id"]
    seen: dict[str, str] = {}

    async def tag() -> str:
        response = await shop.api.get(f"/items/{item_id}")
        assert seen.setdefault(response.headers["etag"], response.text) == response.text
        same = await shop.api.get(f"/items/{item_id}", headers={"if-none-match": response.headers["etag"]})
        assert same.status_code == 304
        return str(response.headers["etag"])

    patch = {"title": "Torch"}
    tags = [await tag()]
    await shop.api.as_(seller).call("updateItem", patch, item_id=item_id)
    tags.append(await tag())
    await shop.api.as_(seller).call("updateItem", patch, item_id=item_id)
    assert await tag() == tags[-1]
    await shop.world.order(buyer, (item_id, 1))
    tags.append(await tag())
    moving = {"delta": 2, "reason": "received"}
    await shop.api.as_(seller).call("recordStockMovement", moving, item_id=item_id, idempotency_key="a")
    tags.append(await tag())

    assert tags == ['"1.1"', '"2.1"', '"2.2"', '"2.3"']


async def test_a_version_from_a_list_guards_an_edit(shop: Running) -> None:
    seller = await shop.world.user()
    await offered(shop, seller)
    (listed,) = (await shop.api.get("/items")).json()["items"]

    done = await shop.api.as_(seller).call("updateItem", {"title": "A"}, item_id=listed["id"], if_match=f'"{listed["version"]}"')
    stale = await shop.api.as_(seller).call("deleteItem", item_id=listed["id"], if_match=f'"{listed["version"]}"')

    assert (done.status_code, stale.status_code, stale.json()["current_version"]) == (200, 412, 2)


async def test_following_the_link_header_lists_every_item(shop: Running) -> None:
    seller = await shop.world.user()
    await shop.world.items(seller, 7)

    url: str | None = "/items?limit=3&sort=title&search=lamp&in_stock=true"
    walked: list[str] = []
    totals = []
    while url is not None:
        page = await shop.api.get(url)
        walked += [item["title"] for item in page.json()["items"]]
        totals.append((page.json()["skip"], page.json()["total"], page.json()["search"]))
        url = page.links["next"]["url"] if "next" in page.links else None

    assert walked == [f"Lamp {number}" for number in range(7)]
    assert totals == [(0, 7, "lamp"), (None, None, "lamp"), (None, None, "lamp")]


async def test_the_etag_of_a_page_depends_on_its_contents(shop: Running) -> None:
    seller = await shop.world.user()
    await shop.world.item(seller)

    page = await shop.api.get("/items")
    same = await shop.api.get("/items", headers={"if-none-match": page.headers["etag"]})
    own = await shop.api.as_(seller).get("/items")

    assert (same.status_code, same.content) == (304, b"")
    assert own.headers["etag"] != page.headers["etag"]


@pytest.mark.parametrize(
    "query", ["cursor=abc", "cursor=AQ", "status=draft", "status=archived", "search=%00", "min_price=-1", "skip=10001"]
)
async def test_invalid_listings_are_rejected(shop: Running, query: str) -> None:
    response = await shop.api.get(f"/items?{query}")

    expected = 400 if "cursor" in query else 403 if "status" in query else 422
    assert response.status_code == expected


async def test_a_cursor_cannot_be_combined_with_skip(shop: Running) -> None:
    seller = await shop.world.user()
    await shop.world.items(seller, 3)
    cursor = (await shop.api.get("/items?limit=1")).json()["next_cursor"]

    response = await shop.api.get(f"/items?limit=1&skip=1&cursor={cursor}")

    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-cursor")


async def test_a_movement_of_zero_violates_the_contract(shop: Running) -> None:
    seller = await shop.world.user()
    item_id = await shop.world.item(seller)

    response = await shop.api.as_(seller).call(
        "recordStockMovement", {"delta": 0, "reason": "received"}, item_id=item_id, idempotency_key="a"
    )

    (error,) = response.json()["errors"]
    assert (response.status_code, error["type"], error["pointer"]) == (422, "zero_delta", "/delta")


async def test_a_repeated_movement_happens_once(shop: Running) -> None:
    seller = await shop.world.user()
    item_id = (await offered(shop, seller, on_hand=5))["id"]

    responses = [
        await shop.api.as_(seller).call("recordStockMovement", {"delta": 2, "reason": "received"}, item_id=item_id, idempotency_key="once")
        for _ in range(3)
    ]

    assert {response.text for response in responses} == {responses[0].text}
    assert (await shop.api.as_(seller).get(f"/items/{item_id}")).json()["on_hand"] == 7


async def test_the_movements_of_an_item_explain_its_stock(shop: Running) -> None:
    seller = await shop.world.user()
    item_id = (await offered(shop, seller, on_hand=5))["id"]
    moving = {"delta": -2, "reason": "damage", "note": "Dropped", "expected_on_hand": 5}
    moved = await shop.api.as_(seller).call("recordStockMovement", moving, item_id=item_id, idempotency_key="a")

    page = (await shop.api.as_(seller).get(f"/items/{item_id}/stock-movements")).json()

    assert (page["total"], page["next_cursor"]) == (2, None)
    newest, oldest = page["items"]
    assert newest == moved.json()
    assert (oldest["delta"], oldest["reason"], oldest["on_hand_after"], oldest["actor_id"]) == (5, "received", 5, seller.id)


async def test_problems_have_their_members(shop: Running) -> None:
    seller, other = await shop.world.user(), await shop.world.user()
    first = await offered(shop, seller, sku="L-1", on_hand=1)
    movements = {"item_id": first["id"], "idempotency_key": "a"}

    taken = await shop.api.as_(seller).call("createItem", {"title": "Lamp", "price": PRICE, "sku": "L-1"})
    currency = await shop.api.as_(seller).call("createItem", {"title": "Lamp", "price": {"amount": 1, "currency": "EUR"}})
    short = await shop.api.as_(seller).call("recordStockMovement", {"delta": -2, "reason": "damage"}, **movements)
    changed = await shop.api.as_(seller).call("recordStockMovement", {"delta": 1, "reason": "damage", "expected_on_hand": 9}, **movements)
    full = await shop.api.as_(seller).call("createItem", {"title": "Sand", "price": PRICE, "on_hand": 1_000_000_000})
    over = await shop.api.as_(seller).call(
        "recordStockMovement", {"delta": 1, "reason": "received"}, item_id=full.json()["id"], idempotency_key="b"
    )
    alien = await shop.api.as_(other).call("updateItem", {"title": "Mine"}, item_id=first["id"])

    assert (taken.status_code, taken.json()["item_id"]) == (409, first["id"])
    assert (currency.status_code, currency.json()["expected"]) == (422, "USD")
    assert (short.status_code, short.json()["items"]) == (409, [{"product_id": first["id"], "requested": 2, "available": 1}])
    assert (changed.status_code, changed.json()["on_hand"]) == (409, 1)
    assert (over.status_code, over.json()["limit"]) == (409, 1_000_000_000)
    assert (alien.status_code, alien.json()["allowed"]) == (403, ["owner", "admin"])


async def test_an_archived_item_is_only_in_the_list_of_its_owner(shop: Running) -> None:
    seller = await shop.world.user()
    item_id = (await offered(shop, seller))["id"]

    gone = await shop.api.as_(seller).call("deleteItem", item_id=item_id)
    listed = (await shop.api.as_(seller).get(f"/items?status=archived&owner_id={seller.id}")).json()["items"]

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await shop.api.as_(seller).get(f"/items/{item_id}")).status_code == 404
    assert [(item["id"], item["status"]) for item in listed] == [(item_id, "archived")]


async def test_reading_costs_one_statement_and_a_cold_count_one_more(shop: Running) -> None:
    seller = await shop.world.user()
    item_id, *_ = await shop.world.items(seller, 5)

    with count_statements() as item:
        await shop.api.get(f"/items/{item_id}")
    with count_statements() as cold:
        await shop.api.get("/items?limit=2")
    with count_statements() as warm:
        page = await shop.api.get("/items?limit=2")
    with count_statements() as by_cursor:
        await shop.api.get(page.links["next"]["url"])

    assert [len(made) for made in (item, cold, warm, by_cursor)] == [1, 2, 1, 1]


async def test_a_further_row_of_a_page_costs_three_calls_at_most(database: Database) -> None:
    async with running(database, Clock(), response_validation="off", item_cache=True) as shop:
        seller = await shop.world.user()
        await shop.world.items(seller, 41)

        few, many = await calls_of_a_page(shop, 20), await calls_of_a_page(shop, 40)

    # On SQLite both timestamps of a row are text, and the row is made anew around them.
    assert (many - few) / 20 <= (3 if database.dialect == "postgresql" else 6)


async def calls_of_a_page(shop: Running, limit: int) -> int:
    """Python calls of one exchange, without the client and the checker."""
    target = f"/items?limit={limit}".encode()
    await perform(shop.app, "GET", target, [(b"host", b"localhost")])
    made = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal made
        made += event == "call"

    sys.setprofile(count)
    try:
        await perform(shop.app, "GET", target, [(b"host", b"localhost")])
    finally:
        sys.setprofile(None)
    return made
