"""Laws that the contract implies and no schema can say, without code for single endpoints: defaults, pages, reading what was written."""

from itertools import pairwise
from typing import Any

import pytest

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.world.stage import Stage
from tests.kit.world.world import Person, World

LISTS = [one for one in CONTRACT.operations.values() if any(each["name"] == "cursor" for each in CONTRACT.parameters(one))]
WITH_DEFAULTS = [
    (one, each["name"], CONTRACT.resolve(each)["schema"]["default"])
    for one in CONTRACT.operations.values()
    for each in CONTRACT.parameters(one)
    if "default" in each["schema"]
]


@pytest.fixture
async def stage(api: Api, world: World) -> Stage:
    """Enough of everything for several pages; times, prices and titles that tie and that differ."""
    stage = await Stage.of(world)
    for number in range(7):
        world.clock.advance(seconds=number % 3)
        item = await world.item(stage.seller, 100 * (number % 4), 50, title=f"Lamp {number % 5}", category="lighting")
        await world.order(stage.buyer, (item, 1))
        somebody = await world.person(name=f"Somebody {number}")
        assert somebody.id, "whoever is expected arrives when he is looked at"
        body = {"delta": 1 + number, "reason": "received"}
        moved = await api.as_(stage.seller).call("recordStockMovement", body, item_id=stage.item_id, idempotency_key=world.key())
        assert moved.status_code == 201
    return stage


def ids(stage: Stage, operation: Operation) -> dict[str, int]:
    names = {one["name"] for one in CONTRACT.parameters(operation) if one["in"] == "path"}
    return {name: value for name, value in stage.ids(operation.id).items() if name in names}


# -- defaults ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("operation", "name", "default"), WITH_DEFAULTS, ids=str)
async def test_leaving_a_parameter_out_is_sending_its_default(
    operation: Operation, name: str, default: Any, api: Api, stage: Stage
) -> None:
    asking = api.as_(stage.sender(operation.id))

    without = await asking.call(operation.id, **ids(stage, operation))
    given = await asking.call(operation.id, **ids(stage, operation), **{name: default})

    assert (given.status_code, given.json()) == (200, without.json())


# -- pages -------------------------------------------------------------------------------------------------------------
def sorts(operation: Operation) -> list[str | None]:
    for one in CONTRACT.parameters(operation):
        if one["name"] == "sort":
            return list(CONTRACT.resolve(one["schema"])["enum"])
    return [None]


EVERY_ORDER = [(operation, sort) for operation in LISTS for sort in sorts(operation)]


@pytest.mark.parametrize(("operation", "sort"), EVERY_ORDER, ids=str)
async def test_pages_of_any_size_joined_are_the_list_in_its_order(operation: Operation, sort: str | None, api: Api, stage: Stage) -> None:
    asking = api.as_(stage.sender(operation.id))
    given = {**ids(stage, operation), **stage.own(operation.id), **({"sort": sort} if sort else {})}
    whole = (await asking.call(operation.id, limit=100, **given)).json()
    assert whole["total"] == len(whole["items"]) >= 7, "too few to judge"
    assert whole["next_cursor"] is None

    for size in (1, 3, len(whole["items"]), len(whole["items"]) + 1):
        by_skip, by_cursor = [], []
        cursor = None
        while True:
            page = await asking.call(operation.id, limit=size, **given, **({"cursor": cursor} if cursor else {}))
            body = page.json()
            by_cursor += body["items"]
            assert (body["skip"], body["total"]) == ((None, None) if cursor else (0, len(whole["items"])))
            cursor = body["next_cursor"]
            if cursor is None:
                assert "link" not in page.headers
                break
            assert len(body["items"]) == size
            linked = await asking.get(page.headers["link"].removeprefix("<").removesuffix('>; rel="next"'))
            assert linked.json() == (await asking.call(operation.id, limit=size, cursor=cursor, **given)).json()
        for skip in range(0, len(whole["items"]) + size, size):
            by_skip += (await asking.call(operation.id, limit=size, skip=skip, **given)).json()["items"]
        assert by_cursor == whole["items"], f"by cursor, {size} a page"
        assert by_skip == whole["items"], f"by skip, {size} a page"

    key = (sort or "-id").removeprefix("-")
    values = [(item[key]["amount"] if isinstance(item[key], dict) else item[key], item["id"]) for item in whole["items"]]
    assert all(one > other if (sort or "-id").startswith("-") else one < other for one, other in pairwise(values)), values


@pytest.mark.parametrize("operation", LISTS, ids=str)
async def test_a_cursor_is_good_for_its_own_list_only(operation: Operation, api: Api, stage: Stage) -> None:
    cursors = {}
    for one in LISTS:
        page = await api.as_(stage.sender(one.id)).call(one.id, limit=1, **ids(stage, one))
        cursors[one.id] = page.json()["next_cursor"]
    own = cursors.pop(operation.id)
    asking, given = api.as_(stage.sender(operation.id)), ids(stage, operation)

    for cursor in (*cursors.values(), own[:-1], own[1:], own.swapcase(), own + "A"):
        assert (await asking.call(operation.id, cursor=cursor, **given)).status_code == 400
    assert (await asking.call(operation.id, cursor=own, skip=1, **given)).status_code == 400
    assert (await asking.call(operation.id, cursor=own, skip=0, **given)).status_code == 200
    others = [sort for sort in sorts(operation)[1:] if sort]
    for sort in others:
        assert (await asking.call(operation.id, cursor=own, sort=sort, **given)).status_code == 400


# -- reading what was written ------------------------------------------------------------------------------------------
WRITES = ["createUser", "updateUser", "createAddress", "updateAddress", "createItem", "updateItem"]
TEXTS = (" x ", "\u00e4\u00f6\u00fc \u4e2d \U0001f600", "a'b\"c\\d%_", "</script>", "e\u0301", "0", "null")


def variants(operation_id: str, plain: dict[str, Any]) -> list[dict[str, Any]]:
    """The body with one member at a time null, at its bounds, or a text that nobody should trim, fold or escape; as the contract allows."""
    described = CONTRACT.body(CONTRACT.operations[operation_id])
    assert described is not None
    pointer = described[1]["schema"]["$ref"].removeprefix("#")
    members = CONTRACT.resolve(described[1]["schema"])["properties"]
    bodies = [{**plain, name: value} for name, node in members.items() for value in values(CONTRACT.resolve(node))]
    return [body for body in bodies if CONTRACT.judge(pointer).is_valid(body)]


def values(schema: Schema) -> list[Any]:
    kinds = schema.get("type", ())
    found: list[Any] = [None] if "null" in kinds else []
    if "integer" in kinds:
        found += [schema["minimum"], schema["maximum"]]
    if "boolean" in kinds:
        found += [True, False]
    if "string" in kinds and "format" not in schema and "maxLength" in schema:
        found += [*TEXTS, "x", "x" * schema["maxLength"], "\U0001f600" * schema["maxLength"]]
    return found + list(schema.get("enum", ()))


@pytest.mark.parametrize("operation_id", WRITES)
async def test_what_is_written_is_told_and_read_back_member_by_member(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    bodies = variants(operation_id, stage.body(operation_id))
    assert len(bodies) > 10, "too few to judge"

    for body in bodies:
        if operation_id == "createUser":
            body["email"] = world.email("fresh")
        # Nobody may have more than twenty addresses.
        sender = await world.person() if operation_id == "createAddress" else stage.sender(operation_id)
        request = stage.request(operation_id)
        answer = await api.as_(sender).call(operation_id, body, **ids(stage, request.operation))

        assert answer.is_success, (body, answer.text)
        told = answer.json()
        assert {name: told[name] for name in body if name != "password"} == {name: body[name] for name in body if name != "password"}
        assert await read(api, stage, sender, operation_id, answer.headers.get("location"), told) == told


async def read(api: Api, stage: Stage, sender: Person | None, operation_id: str, location: str | None, told: dict[str, Any]) -> Any:
    """The same resource by whatever reads it."""
    if operation_id.endswith("Address"):
        mine = (await api.as_(sender).get("/users/me")).json()
        return next(address for address in mine["addresses"] if address["id"] == told["id"])
    path = location or f"/{'users' if operation_id.endswith('User') else 'items'}/{told['id']}"
    return (await api.as_(stage.admin).get(path)).json()
