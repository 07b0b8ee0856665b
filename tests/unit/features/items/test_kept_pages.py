"""Pages that are kept: never stale, and with the stock that their caller may see."""

import pytest

from steelyard.db.database import Database
from tests.kit.servers.running import running
from tests.kit.world.clock import Clock

# The members of an item that another title changes.
_CHANGED = ("title", "updated_at", "version")


@pytest.mark.parametrize("item_cache", [True, False])
async def test_a_page_shows_every_change_at_once_also_that_of_another_process(item_cache: bool, database: Database) -> None:
    async with running(database, Clock(), item_cache=item_cache) as shop, running(database, Clock(), item_cache=item_cache) as other:
        seller, buyer = await shop.world.user(), await shop.world.user()
        first, second = await shop.world.items(seller, 2)
        pages = [(await shop.api.get("/items?limit=2")).json() for _ in range(2)]

        await other.api.as_(seller).call("updateItem", {"title": "Torch"}, item_id=first)
        pages.append((await shop.api.get("/items?limit=2")).json())
        await other.world.order(buyer, (second, 1))
        pages.append((await shop.api.get("/items?limit=2")).json())
        await shop.world.item(seller)
        pages.append((await shop.api.get("/items?limit=2")).json())

    equal, again, renamed, ordered, longer = pages
    assert again == equal
    assert renamed["items"] == [*equal["items"][:1], equal["items"][1] | {name: renamed["items"][1][name] for name in _CHANGED}]
    assert renamed["items"][1]["title"] == "Torch"
    assert ordered["items"][0]["available"] == equal["items"][0]["available"] - 1
    assert (ordered["total"], longer["total"]) == (2, 3)
    assert longer["items"][1] == ordered["items"][0]


async def test_callers_with_another_view_get_another_page_in_any_order(database: Database) -> None:
    async with running(database, Clock(), item_cache=True) as shop:
        seller, other, support = await shop.world.user(), await shop.world.user(), await shop.world.user("support")
        await shop.world.item(seller, on_hand=5)
        await shop.world.item(other, on_hand=7)
        callers = (seller, None, support, other, None, seller, await shop.world.user())

        seen = [[item["on_hand"] for item in (await shop.api.as_(caller).get("/items")).json()["items"]] for caller in callers]

    assert seen == [[None, 5], [None, None], [7, 5], [7, None], [None, None], [None, 5], [None, None]]


async def test_a_page_is_unchanged_for_a_caller_with_its_tag_and_for_no_other_view(database: Database) -> None:
    async with running(database, Clock(), item_cache=True) as shop:
        seller = await shop.world.user()
        item_id = await shop.world.item(seller, on_hand=5)
        tag = (await shop.api.get("/items")).headers["etag"]

        same = await shop.api.get("/items", headers={"if-none-match": f'"other", {tag}'})
        with_stock = await shop.api.as_(seller).get("/items", headers={"if-none-match": tag})
        head = await shop.api.request("HEAD", "/items")
        await shop.api.as_(seller).call("updateItem", {"title": "Torch"}, item_id=item_id)
        renamed = await shop.api.get("/items", headers={"if-none-match": tag})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (with_stock.status_code, renamed.status_code) == (200, 200)
    assert (head.headers["etag"], head.content) == (tag, b"")
    assert len({tag, with_stock.headers["etag"], renamed.headers["etag"]}) == 3
