"""Whatever is done is told: each operation that changes something writes down an event in the name of its caller."""

import pytest
from sqlalchemy import func, select

from steelyard.db.statements import statement
from steelyard.tables.events import events
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

_COUNT = statement(select(func.count()).select_from(events), int)
_ACTORS = statement(select(events.c.actor_id).order_by(events.c.sequence), int)
# Asks what an order would cost, and orders nothing.
CHANGES_NOTHING = {"quoteOrder"}
WRITES = [one for one in CONTRACT.operations.values() if one.method != "GET" and one.id not in CHANGES_NOTHING]


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_what_was_done_is_told_in_the_name_of_whoever_did_it(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    before = await world.database.read().one(_COUNT)
    request = stage.request(operation.id)

    answer = await api.send_it(request)

    assert answer.is_success, answer.text
    told = (await world.database.read().all(_ACTORS))[before:]
    # Whoever registers or logs in had not said before who he is.
    doer = request.sender.id if request.sender is not None else told[0] if told else None
    assert told
    assert set(told) == {doer} != {None}


@pytest.mark.parametrize("operation", [one for one in CONTRACT.operations.values() if one not in WRITES], ids=str)
async def test_looking_is_not_told(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    before = await world.database.read().one(_COUNT)

    answer = await api.send_it(stage.request(operation.id))

    assert answer.is_success, answer.text
    assert await world.database.read().one(_COUNT) == before
