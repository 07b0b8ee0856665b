"""Further laws that the contract implies: responses are closed and complete, headers are true, tokens are required, types are exact.

Each test uses only the document and the wire, neither the server's validator nor the kit's checker.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.test_oracles import ids, variants
from tests.kit.clients.api import Api
from tests.kit.contract.bodies import is_json
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.contract.samples import members
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

ALL = list(CONTRACT.operations.values())
RETURNING_JSON = [
    operation
    for operation in ALL
    if any("application/json" in response.get("content", {}) for status, response in CONTRACT.responses(operation).items() if status < 300)
]
WITH_BODIES = [operation for operation in ALL if CONTRACT.body(operation)]
OBJECTS = [operation for operation in WITH_BODIES if is_json(CONTRACT.body(operation)[0]) and members(operation)]  # type: ignore[index]  # they have bodies
LOCATED = ["createUser", "createItem", "createOrder"]
CHANGED = {"updateItem": "getItem", "updateUser": "getUser", "cancelOrder": "getOrder"}


# -- closed and complete -----------------------------------------------------------------------------------------------
def forms(schema: Schema, value: Any) -> list[Schema]:
    """The objects that the value may be: the branches of a union that match its constants."""
    schema = CONTRACT.resolve(schema)
    if "oneOf" in schema:
        return [form for branch in schema["oneOf"] for form in forms(branch, value) if agrees(form, value)]
    parts = [CONTRACT.resolve(part) for part in schema.get("allOf", ())]
    members = {name: node for part in (*parts, schema) for name, node in part.get("properties", {}).items()}
    return [{**schema, "properties": members}] if members else [schema]


def agrees(schema: Schema, value: Any) -> bool:
    if schema.get("type") == "null" or value is None:
        return schema.get("type") == "null" and value is None
    constants = {name: node["const"] for name, node in schema.get("properties", {}).items() if "const" in node}
    return all(isinstance(value, dict) and value.get(name) == constant for name, constant in constants.items())


def places(schema: Schema, value: Any, path: str = "") -> Iterator[tuple[str, set[str], set[str]]]:
    """Each object of the response: its place, its members, and the members in the document."""
    (form, *_) = forms(schema, value) or [{}]
    if isinstance(value, dict):
        named = form.get("properties", {})
        if not isinstance(form.get("additionalProperties"), dict):
            yield path or "/", set(value), set(named)
        for name, node in named.items():
            if name in value:
                yield from places(node, value[name], f"{path}/{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from places(form.get("items", {}), item, f"{path}/{at}")


async def succeeded(operation: Operation, api: Api, stage: Stage) -> httpx.Response:
    response = await api.send_as_sender(stage.request(operation.id))
    assert response.is_success, response.text
    return response


@pytest.mark.parametrize("operation", RETURNING_JSON, ids=str)
async def test_a_response_has_every_declared_member_and_no_other(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world, with_order=operation.id != "deleteUser")

    response = await api.send_as_sender(stage.request(operation.id).having("Accept", "application/json"))

    assert response.is_success, response.text
    content = CONTRACT.responses(operation)[response.status_code]["content"]["application/json"]
    for path, has, named in places(content["schema"], response.json()):
        assert has - named == set(), f"{path} has undeclared members"
        assert named - has == set(), f"{path} lacks members that may be null, but not absent"


# -- headers that are true ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation_id", LOCATED)
async def test_location_leads_to_the_created_resource_with_the_same_etag(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    made = await succeeded(CONTRACT.operations[operation_id], api, stage)
    owner = stage.sender(operation_id)
    if operation_id == "createUser":
        owner = stage.admin

    read = await api.as_(owner).get(made.headers["location"])

    assert (read.status_code, read.json()) == (200, made.json())
    assert read.headers["etag"] == made.headers["etag"]


@pytest.mark.parametrize("operation_id", CHANGED)
async def test_a_change_returns_a_new_etag_which_a_read_then_returns_as_well(operation_id: str, api: Api, world: World) -> None:
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


TAGGED = [operation for operation in RETURNING_JSON if operation.method == "GET" and "304" in operation.node["responses"]]


def changing(operation: Operation) -> list[Operation]:
    """Operations that may change its response: those of its tag, or else all writes; deletions last."""
    writes = sorted([write for write in ALL if write.method != "GET"], key=lambda write: write.method == "DELETE")
    return [write for write in writes if write.node["tags"] == operation.node["tags"]] or writes


def may_be_old(operation: Operation) -> bool:
    """Whether caches may keep the response for some time, the server's own included."""
    header = CONTRACT.resolve(CONTRACT.responses(operation)[200]["headers"]["Cache-Control"])
    return "max-age" in header["schema"].get("const", "")


@pytest.mark.parametrize("operation", TAGGED, ids=str)
async def test_an_etag_identifies_the_response_that_it_was_sent_with(operation: Operation, api: Api, world: World) -> None:
    """Equal responses have equal ETags; a response for another caller, or after a change, does not reuse an ETag for other content."""
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    seen: dict[tuple[str, str], bytes] = {}
    contents: dict[str, set[bytes]] = {}

    async def look() -> None:
        for who in (plain.sender, stage.admin, stage.seller, stage.buyer):
            response = await api.as_(who).send_as_is(plain)
            if response.is_success:
                # Each caller has a separate /users/me: the response varies by Authorization, and so does the meaning of its ETag.
                whose = str(who and who.id) if operation.path == "/users/me" else ""
                assert seen.setdefault((whose, response.headers["etag"]), response.content) == response.content
                contents.setdefault(str(who and who.id), set()).add(response.content)
                again = await api.as_(who).request("GET", plain.path, headers={"if-none-match": response.headers["etag"]})
                other = await api.as_(who).request("GET", plain.path, headers={"if-none-match": '"4712"'})
                assert (again.status_code, other.status_code) == (304, 200)

    await look()
    await world.item(stage.seller, category="lighting")
    await look()
    for change in changing(operation):
        await api.send_as_sender(stage.request(change.id))
        await look()

    assert may_be_old(operation) or any(len(bodies) > 1 for bodies in contents.values()), "no write changed the response"


@pytest.mark.parametrize("operation_id", ["updateAddress", "createAddress"])
async def test_the_etag_of_an_address_is_its_version(operation_id: str, api: Api, world: World) -> None:
    response = await succeeded(CONTRACT.operations[operation_id], api, await Stage.of(world))

    assert response.headers["etag"] == f'"{response.json()["version"]}"'


def version_of(tag: str) -> int:
    """The number at the start of an ETag."""
    return int(tag.strip('"').rstrip("o").partition(".")[0])


async def test_the_etag_of_the_caller_starts_with_their_version(api: Api, world: World) -> None:
    response = await succeeded(CONTRACT.operations["getCurrentUser"], api, await Stage.of(world))

    assert version_of(response.headers["etag"]) == response.json()["version"]


@pytest.mark.parametrize("operation_id", ["setUserAccess", "updateUser"])
async def test_a_write_to_an_account_returns_an_etag_with_its_new_version(operation_id: str, api: Api, world: World) -> None:
    response = await succeeded(CONTRACT.operations[operation_id], api, await Stage.of(world))

    assert version_of(response.headers["etag"]) == response.json()["version"]


# -- credentials -------------------------------------------------------------------------------------------------------
SECURED = [operation for operation in ALL if CONTRACT.security(operation) and {} not in CONTRACT.security(operation)]
OPTIONAL = [operation for operation in ALL if {} in CONTRACT.security(operation) and len(CONTRACT.security(operation)) > 1]


@pytest.mark.parametrize("operation", SECURED, ids=str)
async def test_a_request_without_a_valid_token_gets_a_401(operation: Operation, api: Api, world: World) -> None:
    request = (await Stage.of(world)).request(operation.id)

    for token in (None, "garbage", (await world.expired()).token, (await world.revoked()).token):
        assert (await api.as_(token).send_as_is(request)).status_code == 401, token


@pytest.mark.parametrize("operation", OPTIONAL, ids=str)
async def test_an_invalid_token_gets_a_401_even_where_a_token_is_optional(operation: Operation, api: Api, world: World) -> None:
    request = (await Stage.of(world)).request(operation.id)

    assert (await api.send_as_is(request)).is_success
    for token in ("garbage", (await world.expired()).token, (await world.revoked()).token):
        assert (await api.as_(token).send_as_is(request)).status_code == 401, token


def required_scopes(operation: Operation) -> set[str]:
    return {scope for way in CONTRACT.security(operation) for scopes in way.values() for scope in scopes}


@pytest.mark.parametrize("operation", [operation for operation in SECURED if required_scopes(operation)], ids=str)
async def test_the_declared_scope_is_sufficient_and_necessary(operation: Operation, api: Api, world: World) -> None:
    rows = [row for row in operation.node.get("x-access", {}).values() if isinstance(row, dict) and row.get("credential", "any") != "any"]
    others = {"webhooks:manage", "events:read"} - required_scopes(operation)
    statuses = []
    for scopes, kind in ((others, "session"), (required_scopes(operation), "session"), (required_scopes(operation) | others, "api_key")):
        # A deleted item or a cancelled order cannot be deleted or cancelled again, so each attempt gets a new stage.
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

        response = await api.request(method, target)

        assert (response.status_code == 405) == (operation is None), (method, target, response.status_code)
        if operation is None:
            assert response.headers["allow"] == ", ".join(methods)
    for slash in (f"{target.rstrip('/')}/",):
        assert (await api.request("TRACE", slash)).status_code == 405


# -- exact types -------------------------------------------------------------------------------------------------------
NEIGHBOURS: dict[str, list[Any]] = {
    "integer": ["5", True, 5.5, [5]],
    "string": [5, True, ["a"]],
    "boolean": [1, "true"],
    "array": ["a", {}],
}


@pytest.mark.parametrize("operation", OBJECTS, ids=str)
async def test_a_value_of_a_similar_type_or_null_is_rejected(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    tried = 0
    for name, node in members(operation).items():
        kinds = CONTRACT.resolve(node).get("type", "object")
        if not isinstance(kinds, str):
            continue  # null is allowed, and other tests cover texts beside it
        for value in (*NEIGHBOURS.get(kinds, []), None):
            response = await api.as_(plain.sender).call(
                operation.id, {**plain.body, name: value}, **ids(stage, operation), **key(operation, world)
            )
            tried += 1

            assert response.status_code == 422, (name, value, response.status_code)
    assert tried > 0


def key(operation: Operation, world: World) -> dict[str, str]:
    names = {parameter["name"] for parameter in CONTRACT.parameters(operation)}
    return {"idempotency_key": world.key()} if "Idempotency-Key" in names else {}


# -- valid requests ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation_id", ["createItem", "createUser", "createAddress"])
async def test_a_valid_body_is_accepted(operation_id: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    bodies = variants(operation_id, stage.body(operation_id))
    required = CONTRACT.resolve(CONTRACT.body(CONTRACT.operations[operation_id])[1]["schema"])["required"]  # type: ignore[index]  # they have bodies
    bodies.append({name: value for name, value in stage.body(operation_id).items() if name in required})

    for body in bodies:
        if operation_id == "createUser":
            body["email"] = world.email("allowed")
        sender = await world.user() if operation_id == "createAddress" else stage.sender(operation_id)
        response = await api.as_(sender).call(operation_id, body)

        assert response.status_code == 201, (body, response.text)
