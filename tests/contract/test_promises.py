"""Every request of every caller gets a response that the contract declares: checker and validator check each one."""

import pytest

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, SEE_OTHER, Operation
from tests.kit.world.stage import NEVER, Stage
from tests.kit.world.world import World


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=str)
async def test_every_caller_gets_a_declared_response(operation: Operation, api: Api, world: World) -> None:
    # A user with an open order cannot be deleted.
    seen = set()
    for who in ("anonymous", "garbage", "stranger", "support", "admin", "sender"):
        stage = await Stage.of(world, with_order=operation.node["tags"] == ["orders"])
        request = stage.request(operation.id)
        client = api.as_(request.sender if who == "sender" else "garbage" if who == "garbage" else getattr(stage, who, None))
        seen.add((await client.send_as_is(request)).status_code)

    assert any(status < 400 for status in seen), seen


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=str)
async def test_every_invalid_request_gets_a_declared_response(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    ids = {parameter["name"]: NEVER for parameter in CONTRACT.parameters(operation) if parameter["in"] == "path"}
    plain, missing = stage.request(operation.id), stage.request(operation.id, **ids)
    client = api.as_(plain.sender)

    await client.send_as_is(missing)
    await client.request("TRACE", plain.path)
    await client.request("OPTIONS", plain.path)
    await client.request(operation.method, plain.path, params={"surprise": 1}, headers={"accept": "image/png"})
    for content in (b"{}", b"{", b"[]", b'{"surprise": 1}'):
        faulty = await client.request(operation.method, plain.path, content=content, headers={"content-type": plain.media or "text/plain"})
        assert faulty.status_code >= 400 or plain.media is None


@pytest.mark.parametrize("operation", [operation for operation in CONTRACT.operations.values() if operation.method == "GET"], ids=str)
async def test_head_and_conditional_requests_get_a_declared_response(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    client = api.as_(plain.sender)
    tag = (await client.send_as_is(plain)).headers.get("etag", '"0"')

    # A navigation may work once, so each has a new request.
    known = await client.send_as_is(stage.request(operation.id).having("If-None-Match", tag))
    head = await client.send_as_is(stage.request(operation.id), method="HEAD")

    usual = SEE_OTHER if operation.navigates else 200
    assert known.status_code == (304 if "304" in operation.node["responses"] else usual)
    assert head.status_code == usual
