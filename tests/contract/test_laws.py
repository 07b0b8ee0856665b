"""Further laws that the contract implies: answers are closed and whole, headers are true, tokens are asked for, types are exact.

Each looks at the document and at the wire alone; neither the server's referee nor the kit's judge is asked.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.test_oracles import ids, variants
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

ALL = list(CONTRACT.operations.values())
ANSWERING = [one for one in ALL if any("application/json" in each.get("content", {}) for each in CONTRACT.promised(one).values())]
WITH_BODIES = [one for one in ALL if CONTRACT.body(one)]
JSON = [one for one in WITH_BODIES if not CONTRACT.body(one)[0].endswith("urlencoded")]  # type: ignore[index]  # they have bodies
LOCATED = ["createUser", "createItem", "createOrder"]
CHANGED = {"updateItem": "getItem", "updateUser": "getUser", "cancelOrder": "getOrder"}


# -- closed and whole --------------------------------------------------------------------------------------------------
def forms(schema: Schema, value: Any) -> list[Schema]:
    """The objects that the value may be: the branches of a union that agree with its constants."""
    schema = CONTRACT.resolve(schema)
    if "oneOf" in schema:
        return [form for one in schema["oneOf"] for form in forms(one, value) if agrees(form, value)]
    parts = [CONTRACT.resolve(one) for one in schema.get("allOf", ())]
    members = {name: node for part in (*parts, schema) for name, node in part.get("properties", {}).items()}
    return [{**schema, "properties": members}] if members else [schema]


def agrees(schema: Schema, value: Any) -> bool:
    if schema.get("type") == "null" or value is None:
        return schema.get("type") == "null" and value is None
    constants = {name: node["const"] for name, node in schema.get("properties", {}).items() if "const" in node}
    return all(isinstance(value, dict) and value.get(name) == constant for name, constant in constants.items())


def places(schema: Schema, value: Any, path: str = "") -> Iterator[tuple[str, set[str], set[str]]]:
    """Each object of the answer: where it is, the members that it has, and those that the document names."""
    (form, *_) = forms(schema, value) or [{}]
    if isinstance(value, dict):
        named = form.get("properties", {})
        if not isinstance(form.get("additionalProperties"), dict):
            yield path or "/", set(value), set(named)
        for name, node in named.items():
            if name in value:
                yield from places(node, value[name], f"{path}/{name}")
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from places(form.get("items", {}), one, f"{path}/{at}")


async def succeeded(operation: Operation, api: Api, stage: Stage) -> httpx.Response:
    answer = await api.send_it(stage.request(operation.id))
    assert answer.is_success, answer.text
    return answer


@pytest.mark.parametrize("operation", ANSWERING, ids=str)
async def test_an_answer_has_every_member_that_is_named_and_no_other(operation: Operation, api: Api, world: World) -> None:
    answer = await succeeded(operation, api, await Stage.of(world, with_order=operation.id != "deleteUser"))

    (content,) = CONTRACT.promised(operation)[answer.status_code]["content"].values()
    for path, has, named in places(content["schema"], answer.json()):
        assert has - named == set(), f"{path} shows what nobody promised"
        assert named - has == set(), f"{path} lacks what may be null, but not absent"


# -- headers that are true ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation_id", LOCATED)
async def test_what_was_made_is_where_location_says_with_the_tag_that_it_was_given(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    made = await succeeded(CONTRACT.operations[operation_id], api, stage)
    owner = stage.sender(operation_id)
    if operation_id == "createUser":
        owner = stage.admin

    found = await api.as_(owner).get(made.headers["location"])

    assert (found.status_code, found.json()) == (200, made.json())
    assert found.headers["etag"] == made.headers["etag"]


@pytest.mark.parametrize("operation_id", CHANGED)
async def test_a_change_has_another_tag_which_is_that_of_what_is_read_then(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    reading, owner = CONTRACT.operations[CHANGED[operation_id]], stage.sender(operation_id)
    before = await api.as_(owner).call(reading.id, **ids(stage, reading))
    request = stage.request(operation_id)
    changed = await api.as_(owner).send_as_is(request)

    after = await api.as_(owner).call(reading.id, **ids(stage, reading))

    assert changed.is_success, changed.text
    assert (after.json(), after.headers["etag"]) == (changed.json(), changed.headers["etag"])
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["version"] > before.json()["version"]


TAGGED = [one for one in ANSWERING if one.method == "GET" and "304" in one.node["responses"]]


def changing(operation: Operation) -> list[Operation]:
    """What may make it say something else: whatever is done to things of its kind, or else to any; their removal last."""
    writes = sorted([one for one in ALL if one.method != "GET"], key=lambda one: one.method == "DELETE")
    return [one for one in writes if one.node["tags"] == operation.node["tags"]] or writes


@pytest.mark.parametrize("operation", TAGGED, ids=str)
async def test_a_tag_stands_for_what_was_said_with_it(operation: Operation, api: Api, world: World) -> None:
    """Equal answers have equal tags; a tag that anything else was said with, to somebody else or before a change, is not one."""
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    seen: dict[tuple[str, str], bytes] = {}
    said: dict[str, set[bytes]] = {}

    async def look() -> None:
        for who in (plain.sender, stage.admin, stage.seller, stage.buyer):
            answer = await api.as_(who).send_as_is(plain)
            if answer.is_success:
                # Each caller has a /users/me of his own: what it says varies by Authorization, and so does what its tag stands for.
                whose = str(who and who.id) if operation.path == "/users/me" else ""
                assert seen.setdefault((whose, answer.headers["etag"]), answer.content) == answer.content
                said.setdefault(str(who and who.id), set()).add(answer.content)
                again = await api.as_(who).request("GET", plain.path, headers={"if-none-match": answer.headers["etag"]})
                other = await api.as_(who).request("GET", plain.path, headers={"if-none-match": '"4712"'})
                assert (again.status_code, other.status_code) == (304, 200)

    await look()
    await world.item(stage.seller, category="lighting")
    await look()
    for change in changing(operation):
        await api.send_it(stage.request(change.id))
        await look()

    assert any(len(one) > 1 for one in said.values()), "nothing that was done has changed what is said"


@pytest.mark.parametrize("operation_id", ["updateAddress", "createAddress"])
async def test_the_tag_of_an_address_is_its_version(operation_id: str, api: Api, world: World) -> None:
    answer = await succeeded(CONTRACT.operations[operation_id], api, await Stage.of(world))

    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'


def version_of(tag: str) -> int:
    """The number that a tag begins with."""
    return int(tag.strip('"').rstrip("o").partition(".")[0])


async def test_the_tag_of_the_caller_is_his_version(api: Api, world: World) -> None:
    answer = await succeeded(CONTRACT.operations["getCurrentUser"], api, await Stage.of(world))

    assert version_of(answer.headers["etag"]) == answer.json()["version"]


@pytest.mark.parametrize("operation_id", ["setUserAccess", "updateUser"])
async def test_a_write_on_an_account_is_tagged_with_its_new_version(operation_id: str, api: Api, world: World) -> None:
    answer = await succeeded(CONTRACT.operations[operation_id], api, await Stage.of(world))

    assert version_of(answer.headers["etag"]) == answer.json()["version"]


# -- who must say who he is --------------------------------------------------------------------------------------------
SECURED = [one for one in ALL if CONTRACT.security(one) and {} not in CONTRACT.security(one)]
OPTIONAL = [one for one in ALL if {} in CONTRACT.security(one) and len(CONTRACT.security(one)) > 1]


@pytest.mark.parametrize("operation", SECURED, ids=str)
async def test_without_a_token_nobody_is_served(operation: Operation, api: Api, world: World) -> None:
    request = (await Stage.of(world)).request(operation.id)

    for token in (None, "garbage", (await world.expired()).token, (await world.revoked()).token):
        assert (await api.as_(token).send_as_is(request)).status_code == 401, token


@pytest.mark.parametrize("operation", OPTIONAL, ids=str)
async def test_where_a_token_is_optional_a_bad_one_is_still_bad(operation: Operation, api: Api, world: World) -> None:
    request = (await Stage.of(world)).request(operation.id)

    assert (await api.send_as_is(request)).is_success
    for token in ("garbage", (await world.expired()).token, (await world.revoked()).token):
        assert (await api.as_(token).send_as_is(request)).status_code == 401, token


def wanted(operation: Operation) -> set[str]:
    return {scope for way in CONTRACT.security(operation) for scopes in way.values() for scope in scopes}


@pytest.mark.parametrize("operation", [one for one in SECURED if wanted(one)], ids=str)
async def test_its_scope_alone_opens_an_operation(operation: Operation, api: Api, world: World) -> None:
    rows = [row for row in operation.node.get("x-access", {}).values() if isinstance(row, dict) and row.get("credential", "any") != "any"]
    others = {"webhooks:manage", "events:read"} - wanted(operation)
    statuses = []
    for scopes, kind in ((others, "session"), (wanted(operation), "session"), (wanted(operation) | others, "api_key")):
        # What was removed or cancelled cannot be removed again: each time on a stage of its own.
        request = (await Stage.of(world, with_order=operation.node["tags"] == ["orders"])).request(operation.id)
        assert request.sender is not None
        token = await world.token_of(request.sender, scopes, kind="api_key" if kind == "api_key" else "session")
        statuses.append((await api.as_(token).send_as_is(request)).status_code)

    without, allowed, by_key = statuses
    assert (without, allowed // 100) == (403, 2)
    assert by_key == 403 if rows else by_key // 100 == 2


# -- routes ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", CONTRACT.tree["paths"])
async def test_a_path_has_its_methods_and_no_others(path: str, api: Api) -> None:
    target = path.replace("{", "\x00").partition("\x00")[0] + ("1" + path.rpartition("}")[2] if "{" in path else "")
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        operation, methods = CONTRACT.find(method, target)

        answer = await api.request(method, target)

        assert (answer.status_code == 405) == (operation is None), (method, target, answer.status_code)
        if operation is None:
            assert answer.headers["allow"] == ", ".join(methods)
    for slash in (f"{target.rstrip('/')}/",):
        assert (await api.request("TRACE", slash)).status_code == 405


# -- exact types -------------------------------------------------------------------------------------------------------
NEIGHBOURS: dict[str, list[Any]] = {
    "integer": ["5", True, 5.5, [5]],
    "string": [5, True, ["a"]],
    "boolean": [1, "true"],
    "array": ["a", {}],
}


@pytest.mark.parametrize("operation", JSON, ids=str)
async def test_a_neighbouring_type_or_null_is_never_taken_for_the_right_one(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    schema = CONTRACT.resolve(CONTRACT.body(operation)[1]["schema"])  # type: ignore[index]  # they have bodies
    members = {name: node for form in schema.get("oneOf", [schema]) for name, node in CONTRACT.resolve(form)["properties"].items()}
    tried = 0
    for name, node in members.items():
        kinds = CONTRACT.resolve(node).get("type", "object")
        if not isinstance(kinds, str):
            continue  # null is allowed, and texts beside it have a case of their own
        for value in (*NEIGHBOURS.get(kinds, []), None):
            answer = await api.as_(plain.sender).call(
                operation.id, {**plain.body, name: value}, **ids(stage, operation), **key(operation, world)
            )
            tried += 1

            assert answer.status_code == 422, (name, value, answer.status_code)
    assert tried > 0


def key(operation: Operation, world: World) -> dict[str, str]:
    names = {one["name"] for one in CONTRACT.parameters(operation)}
    return {"idempotency_key": world.key()} if "Idempotency-Key" in names else {}


# -- what is allowed ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation_id", ["createItem", "createUser", "createAddress"])
async def test_what_the_document_allows_is_not_refused(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    bodies = variants(operation_id, stage.body(operation_id))
    required = CONTRACT.resolve(CONTRACT.body(CONTRACT.operations[operation_id])[1]["schema"])["required"]  # type: ignore[index]  # they have bodies
    bodies.append({name: value for name, value in stage.body(operation_id).items() if name in required})

    for body in bodies:
        if operation_id == "createUser":
            body["email"] = world.email("allowed")
        sender = await world.person() if operation_id == "createAddress" else stage.sender(operation_id)
        answer = await api.as_(sender).call(operation_id, body)

        assert answer.status_code == 201, (body, answer.text)
