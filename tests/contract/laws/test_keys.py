"""A request with an Idempotency-Key takes effect once; with the key, another request is rejected."""

from dataclasses import replace

import pytest

from tests.contract.laws.listings import OPERATIONS, by_name
from tests.kit.clients.api import Api
from tests.kit.contract.checker import Operation
from tests.kit.contract.laws import LawBroken
from tests.kit.contract.samples import variants
from tests.kit.world.stage import Stage
from tests.kit.world.world import World


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if "Idempotency-Key" in by_name(each)], ids=str)
async def test_a_key_takes_effect_once(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    request = stage.request(operation.id).having("Idempotency-Key", world.key())
    rule = "Idempotency-Key takes effect once"

    first, again = await api.send_as_sender(request), await api.send_as_sender(request)

    assert first.is_success, first.text
    if (again.status_code, again.content, again.headers.get("idempotency-replayed")) != (first.status_code, first.content, "true"):
        raise LawBroken(operation.id, rule, f"the first response is {first.text}, the second {again.text}", again.extensions["exchange"])
    bodies = [] if request.body is None else [body for _, body in variants(operation, request.body) if body != request.body]
    for body in bodies[:1]:
        other = await api.send_as_sender(replace(request, body=body))
        if other.json().get("type") != "/problems/idempotency-key-reused":
            detail = f"with another body the response is {other.status_code}: {other.text}"
            raise LawBroken(operation.id, f"{rule}, and for one request", detail, other.extensions["exchange"])
