"""Laws that the contract implies and no schema can express, without code for single endpoints: defaults, pages, reading written data."""

from itertools import pairwise
from typing import Any

import pytest

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.world.stage import Stage
from tests.kit.world.world import User, World

LISTS = [
    operation
    for operation in CONTRACT.operations.values()
    if any(parameter["name"] == "cursor" for parameter in CONTRACT.parameters(operation))
]
WITH_DEFAULTS = [
    (operation, parameter["name"], CONTRACT.resolve(parameter)["schema"]["default"])
    for operation in CONTRACT.operations.values()
    for parameter in CONTRACT.parameters(operation)
    if "default" in parameter["schema"] and operation.method == "GET"
]


@pytest.fixture
async def stage(api: Api, world: World) -> Stage:
    """Enough rows for several pages, with equal and different times, prices and titles."""
    stage = await Stage.of(world)
    for number in range(7):
        world.clock.advance(seconds=number % 3)
        item = await world.item(stage.seller, 100 * (number % 4), 50, title=f"Lamp {number % 5}", category="lighting")
        await world.order(stage.buyer, (item, 1))
        user = await world.user(name=f"User {number}")
        assert user.id, "reading the id creates the user"
        await world.login(stage.buyer)
        body = {"delta": 1 + number, "reason": "received"}
        moved = await api.as_(stage.seller).call("recordStockMovement", body, item_id=stage.item_id, idempotency_key=world.key())
        assert moved.status_code == 201
    return stage


def ids(stage: Stage, operation: Operation) -> dict[str, int | str]:
    names = {parameter["name"] for parameter in CONTRACT.parameters(operation) if parameter["in"] == "path"}
    return {name: value for name, value in stage.ids(operation.id).items() if name in names}


# -- defaults ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("operation", "name", "default"), WITH_DEFAULTS, ids=str)
async def test_a_missing_parameter_means_its_default(operation: Operation, name: str, default: Any, api: Api, stage: Stage) -> None:
    client = api.as_(stage.sender(operation.id))

    without = await client.call(operation.id, **ids(stage, operation))
    explicit = await client.call(operation.id, **ids(stage, operation), **{name: default})

    assert (explicit.status_code, explicit.content) == (200, without.content)


# -- pages -------------------------------------------------------------------------------------------------------------
def sorts(operation: Operation) -> list[str | None]:
    for parameter in CONTRACT.parameters(operation):
        if parameter["name"] == "sort":
            return list(CONTRACT.resolve(parameter["schema"])["enum"])
    return [None]


EVERY_ORDER = [(operation, sort) for operation in LISTS for sort in sorts(operation)]


@pytest.mark.parametrize(("operation", "sort"), EVERY_ORDER, ids=str)
async def test_pages_of_any_size_add_up_to_the_list_in_its_order(operation: Operation, sort: str | None, api: Api, stage: Stage) -> None:
    client = api.as_(stage.sender(operation.id))
    fixed = {**ids(stage, operation), **stage.own(operation.id), **({"sort": sort} if sort else {})}
    whole = (await client.call(operation.id, limit=100, **fixed)).json()
    assert whole["total"] == len(whole["items"]) >= 7, "too few rows for pages"
    assert whole["next_cursor"] is None

    for size in (1, 3, len(whole["items"]), len(whole["items"]) + 1):
        by_skip, by_cursor = [], []
        cursor = None
        while True:
            page = await client.call(operation.id, limit=size, **fixed, **({"cursor": cursor} if cursor else {}))
            body = page.json()
            by_cursor += body["items"]
            assert len(by_cursor) <= len(whole["items"]), f"by cursor, {size} a page, rows are repeated"
            assert (body["skip"], body["total"]) == ((None, None) if cursor else (0, len(whole["items"])))
            cursor = body["next_cursor"]
            if cursor is None:
                assert "link" not in page.headers
                break
            assert len(body["items"]) == size
            linked = await client.get(page.headers["link"].removeprefix("<").removesuffix('>; rel="next"'))
            assert linked.json() == (await client.call(operation.id, limit=size, cursor=cursor, **fixed)).json()
        for skip in range(0, len(whole["items"]) + size, size):
            by_skip += (await client.call(operation.id, limit=size, skip=skip, **fixed)).json()["items"]
        assert by_cursor == whole["items"], f"by cursor, {size} a page"
        assert by_skip == whole["items"], f"by skip, {size} a page"

    key = (sort or "-id").removeprefix("-")
    values = [(item[key]["amount"] if isinstance(item[key], dict) else item[key], item["id"]) for item in whole["items"]]
    assert all(first > second if (sort or "-id").startswith("-") else first < second for first, second in pairwise(values)), values


@pytest.mark.parametrize("operation", LISTS, ids=str)
async def test_a_cursor_is_valid_only_for_its_own_list(operation: Operation, api: Api, stage: Stage) -> None:
    cursors = {}
    for listing in LISTS:
        page = await api.as_(stage.sender(listing.id)).call(listing.id, limit=1, **ids(stage, listing))
        cursors[listing.id] = page.json()["next_cursor"]
    own = cursors.pop(operation.id)
    client, fixed = api.as_(stage.sender(operation.id)), ids(stage, operation)

    for cursor in (*cursors.values(), own[:-1], own[1:], own.swapcase(), own + "A"):
        assert (await client.call(operation.id, cursor=cursor, **fixed)).status_code == 400
    assert (await client.call(operation.id, cursor=own, skip=1, **fixed)).status_code == 400
    assert (await client.call(operation.id, cursor=own, skip=0, **fixed)).status_code == 200
    others = [sort for sort in sorts(operation)[1:] if sort]
    for sort in others:
        assert (await client.call(operation.id, cursor=own, sort=sort, **fixed)).status_code == 400


# -- reading written data ----------------------------------------------------------------------------------------------
WRITES = ["createUser", "updateUser", "createAddress", "updateAddress", "createItem", "updateItem"]
TEXTS = (" x ", "\u00e4\u00f6\u00fc \u4e2d \U0001f600", "a'b\"c\\d%_", "</script>", "e\u0301", "0", "null")


def variants(operation_id: str, plain: dict[str, Any]) -> list[dict[str, Any]]:
    """The body with one member at a time null, at its bounds, or a text that must not be trimmed, folded or escaped, if it is valid."""
    described = CONTRACT.body(CONTRACT.operations[operation_id])
    assert described is not None
    pointer = described[1]["schema"]["$ref"].removeprefix("#")
    members = CONTRACT.resolve(described[1]["schema"])["properties"]
    bodies = [{**plain, name: value} for name, node in members.items() for value in values(CONTRACT.resolve(node))]
    return [body for body in bodies if CONTRACT.validator(pointer).is_valid(body)]


def values(schema: Schema) -> list[Any]:
    kinds = schema.get("type", ())
    samples: list[Any] = [None] if "null" in kinds else []
    if "integer" in kinds:
        samples += [schema["minimum"], schema["maximum"]]
    if "boolean" in kinds:
        samples += [True, False]
    if "string" in kinds and "format" not in schema and "maxLength" in schema:
        samples += [*TEXTS, "x", "x" * schema["maxLength"], "\U0001f600" * schema["maxLength"]]
    return samples + list(schema.get("enum", ()))


@pytest.mark.parametrize("operation_id", WRITES)
async def test_written_data_is_returned_and_read_back_member_by_member(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    bodies = variants(operation_id, stage.body(operation_id))
    assert len(bodies) > 10, "too few bodies"

    for body in bodies:
        if operation_id == "createUser":
            body["email"] = world.email("fresh")
        # A user may have at most twenty addresses.
        sender = await world.user() if operation_id == "createAddress" else stage.sender(operation_id)
        request = stage.request(operation_id)
        response = await api.as_(sender).call(operation_id, body, **ids(stage, request.operation))

        assert response.is_success, (body, response.text)
        returned = response.json()
        assert {name: returned[name] for name in body if name != "password"} == {name: body[name] for name in body if name != "password"}
        assert await read(api, stage, sender, operation_id, response.headers.get("location"), returned) == returned


async def read(api: Api, stage: Stage, sender: User | None, operation_id: str, location: str | None, written: dict[str, Any]) -> Any:
    """The same resource, by the operation that reads it."""
    if operation_id.endswith("Address"):
        mine = (await api.as_(sender).get("/users/me")).json()
        return next(address for address in mine["addresses"] if address["id"] == written["id"])
    path = location or f"/{'users' if operation_id.endswith('User') else 'items'}/{written['id']}"
    return (await api.as_(stage.admin).get(path)).json()
