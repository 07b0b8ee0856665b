"""Listing accounts, over HTTP."""

from typing import Any

import pytest

from tests.kit.servers.running import Running
from tests.kit.servers.statements import count_statements


async def _listed(shop: Running, who: Any, **query: Any) -> dict[str, Any]:
    response = await shop.api.as_(who).get("/users", params=query)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


async def _ids(shop: Running, who: Any, **query: Any) -> list[int]:
    return [each["id"] for each in (await _listed(shop, who, **query))["items"]]


async def test_only_staff_list_accounts(shop: Running) -> None:
    alice, support, admin = await shop.world.user(), await shop.world.user("support"), await shop.world.user("admin")

    refused = await shop.api.as_(alice).get("/users")

    assert (refused.status_code, refused.json()["detail"]) == (403, "Staff required")
    assert (await shop.api.get("/users")).status_code == 401
    assert await _ids(shop, support) == await _ids(shop, admin) == [alice.id, support.id, admin.id]


async def test_an_account_is_listed_if_it_passes_every_filter(shop: Running) -> None:
    support = await shop.world.user("support", name="Sue Support")
    alice = await shop.world.user(name="Alice Johnson", email="aj@example.com")
    locked = await shop.world.user(name="Alice Locked")
    await shop.world.set_access(locked.id, is_active=False)

    assert await _ids(shop, support, q="ALICE") == [alice.id, locked.id]
    assert await _ids(shop, support, q="alice", is_active="true") == [alice.id]
    assert await _ids(shop, support, is_active="false") == [locked.id]
    assert await _ids(shop, support, role="support") == [support.id]
    assert await _ids(shop, support, role="support", q="alice") == []
    assert await _ids(shop, support, q="AJ@Example") == [alice.id]


@pytest.mark.parametrize(
    ("q", "name"), [("100%", "100% Cotton"), ("a_b", "a_b"), ("!", "Hey!"), ("\\", "back\\slash"), ("strasse", "Straße"), ("ﬁsh", "fish")]
)
async def test_a_search_text_has_no_wildcards_and_ignores_case(shop: Running, q: str, name: str) -> None:
    support = await shop.world.user("support", name="Sue")
    match = await shop.world.user(name=name)
    await shop.world.user(name="100 Cotton aXb")

    assert await _ids(shop, support, q=q) == [match.id]


async def test_deleted_accounts_are_not_listed(shop: Running) -> None:
    admin, alice = await shop.world.user("admin"), await shop.world.user()
    await shop.api.as_(admin).delete(f"/users/{alice.id}")

    page = await _listed(shop, admin)

    assert [each["id"] for each in page["items"]] == [admin.id]
    assert page["total"] == 1


@pytest.mark.parametrize("sort", ["id", "-created_at"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_by_number_and_by_cursor_join_to_the_same_list(shop: Running, sort: str, limit: int) -> None:
    support = await shop.world.user("support")
    for number in range(6):
        # Some are registered at the same moment: then the id decides.
        shop.clock.advance(seconds=number % 2)
        await shop.world.user()
    all_ids = await _ids(shop, support, sort=sort, limit=100)

    numbered = [user_id for skip in range(0, 7, limit) for user_id in await _ids(shop, support, sort=sort, limit=limit, skip=skip)]
    page = await _listed(shop, support, sort=sort, limit=limit)
    walked = [each["id"] for each in page["items"]]
    while page["next_cursor"]:
        page = await _listed(shop, support, sort=sort, limit=limit, cursor=page["next_cursor"])
        assert (page["skip"], page["total"]) == (None, None)
        walked += [each["id"] for each in page["items"]]

    assert len(all_ids) == 7
    assert numbered == walked == all_ids
    assert all_ids == (sorted(all_ids) if sort == "id" else all_ids)


async def test_the_next_page_is_linked_and_its_cursor_fits_no_other_listing(shop: Running) -> None:
    support = await shop.world.user("support")
    for _ in range(3):
        await shop.world.user()
    first = await shop.api.as_(support).get("/users", params={"limit": 2, "q": "example"})

    link = first.headers["link"]
    followed = await shop.api.as_(support).get(link.split(">")[0][1:])
    other_filter = await shop.api.as_(support).get("/users", params={"limit": 2, "cursor": first.json()["next_cursor"]})
    with_skip = await shop.api.as_(support).get("/users", params={"q": "example", "cursor": first.json()["next_cursor"], "skip": 1})

    assert link.endswith('; rel="next"')
    assert len(followed.json()["items"]) == 2
    assert "link" not in followed.headers
    assert {(each.status_code, each.json()["type"]) for each in (other_filter, with_skip)} == {(400, "/problems/invalid-cursor")}


async def test_the_total_counts_own_writes_at_once(shop: Running) -> None:
    support = await shop.world.user("support")
    for _ in range(3):
        await shop.world.user()
    assert (await _listed(shop, support, limit=1))["total"] == 4

    await shop.api.post("/users", json={"name": "New", "email": "new@example.com", "password": "correct horse battery"})

    assert (await _listed(shop, support, limit=1))["total"] == 5


async def test_a_page_costs_as_many_statements_as_any_other(shop: Running) -> None:
    support = await shop.world.user("support")
    for _ in range(5):
        await shop.world.address(await shop.world.user())
    await _listed(shop, support, limit=1)

    counts = []
    for limit in (1, 5):
        with count_statements() as counted:
            await _listed(shop, support, limit=limit)
        counts.append(len(counted))

    assert counts == [2, 2]
