"""Each link of the document is followed: its values from the response lead to the linked operation, which succeeds."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.world.stage import Request, Stage
from tests.kit.world.world import World

LINKS = [
    (operation, name, link)
    for operation in CONTRACT.operations.values()
    for node in CONTRACT.responses(operation).values()
    for name, link in node.get("links", {}).items()
]


def evaluated(expression: str, request: Request, response: httpx.Response) -> Any:
    """The value of a runtime expression of the document."""
    if expression.startswith("$response.body#/"):
        return response.json()[expression.removeprefix("$response.body#/")]
    if expression.startswith("$request.path."):
        places = request.operation.path.split("/")
        return request.path.split("/")[places.index(f"{{{expression.removeprefix('$request.path.')}}}")]
    assert not expression.startswith("$"), f"{expression} is an expression that this test does not support yet"
    return expression


@pytest.mark.parametrize(("operation", "name", "link"), LINKS, ids=[f"{operation}-{name}" for operation, name, _ in LINKS])
async def test_a_link_leads_to_a_success(operation: Operation, name: str, link: Schema, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    request = stage.request(operation.id)
    if name == "next":
        await more_of_everything(stage, api)
        request = replace(request, path=f"{request.path}?limit=1")
    response = await api.send_as_sender(request)
    arguments = {key: evaluated(text, request, response) for key, text in link["parameters"].items()}
    target = stage.request(link["operationId"])

    body = {**target.body, "email": request.body["email"]} if link["operationId"] == "updateUser" else target.body
    follower = request.sender if name != "next" and request.sender else target.sender
    # A user who has just registered logs in first.
    if operation.id == "createUser":
        login = await api.call("issueToken", {"username": request.body["email"], "password": request.body["password"]})
        followed = api.as_(login.json()["access_token"])
    else:
        followed = api.as_(follower)
    headers = {key.lower().replace("-", "_"): value for key, value in target.headers.items()}
    reached = await followed.call(link["operationId"], body, **arguments, **headers)

    assert reached.is_success, reached.text


async def more_of_everything(stage: Stage, api: Api) -> None:
    """At least two rows of each listing."""
    await stage.world.item(stage.seller)
    await stage.world.order(stage.buyer, (stage.item_id, 1))
    for _number in range(2):
        request = stage.request("recordStockMovement")
        assert (await api.send_as_sender(request)).is_success
