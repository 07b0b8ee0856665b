"""Each operation that changes data records an event in the name of its caller."""

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
WRITES = [operation for operation in CONTRACT.operations.values() if operation.method != "GET" and not operation.node.get("x-safe")]


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_a_write_records_an_event_in_the_name_of_its_caller(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    before = await world.database.read().one(_COUNT)
    request = stage.request(operation.id)

    response = await api.send_as_sender(request)

    assert response.extensions["exchange"].is_success, response.text
    actors = (await world.database.read().all(_ACTORS))[before:]
    # The actor of a registration or a login is anonymous before it.
    expected = request.sender.id if request.sender is not None else actors[0] if actors else None
    assert actors
    assert set(actors) == {expected} != {None}


@pytest.mark.parametrize("operation", [operation for operation in CONTRACT.operations.values() if operation not in WRITES], ids=str)
async def test_a_read_records_no_event(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    before = await world.database.read().one(_COUNT)

    response = await api.send_as_sender(stage.request(operation.id))

    assert response.extensions["exchange"].is_success, response.text
    assert await world.database.read().one(_COUNT) == before
