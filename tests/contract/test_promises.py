"""Whatever is asked, by whomever, is answered with something that the contract promises: the judge and the referee look at each answer."""

import pytest

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.world.stage import NEVER, Stage
from tests.kit.world.world import World


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=str)
async def test_every_caller_gets_a_promised_answer(operation: Operation, api: Api, world: World) -> None:
    # Whoever has an open order cannot leave.
    seen = set()
    for who in ("nobody", "garbage", "stranger", "support", "admin", "sender"):
        stage = await Stage.of(world, with_order=operation.node["tags"] == ["orders"])
        request = stage.request(operation.id)
        asking = api.as_(request.sender if who == "sender" else "garbage" if who == "garbage" else getattr(stage, who, None))
        seen.add((await asking.send_as_is(request)).status_code)

    assert any(status < 300 for status in seen), seen


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=str)
async def test_every_fault_of_a_request_gets_a_promised_answer(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    ids = {one["name"]: NEVER for one in CONTRACT.parameters(operation) if one["in"] == "path"}
    plain, missing = stage.request(operation.id), stage.request(operation.id, **ids)
    asking = api.as_(plain.sender)

    await asking.send_as_is(missing)
    await asking.request("TRACE", plain.path)
    await asking.request("OPTIONS", plain.path)
    await asking.request(operation.method, plain.path, params={"surprise": 1}, headers={"accept": "image/png"})
    for content in (b"{}", b"{", b"[]", b'{"surprise": 1}'):
        faulty = await asking.request(operation.method, plain.path, content=content, headers={"content-type": plain.media or "text/plain"})
        assert faulty.status_code >= 400 or plain.media is None


@pytest.mark.parametrize("operation", [one for one in CONTRACT.operations.values() if one.method == "GET"], ids=str)
async def test_heads_and_known_versions_get_a_promised_answer(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    asking = api.as_(plain.sender)
    tag = (await asking.send_as_is(plain)).headers.get("etag", '"0"')

    known = await asking.request("GET", plain.path, headers={"if-none-match": tag})
    head = await asking.request("HEAD", plain.path)

    assert known.status_code == (304 if "304" in operation.node["responses"] else 200)
    assert head.status_code == 200
