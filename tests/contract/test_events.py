"""Each operation that changes data records an event in the name of its caller."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from steelyard.db.statements import statement
from steelyard.tables.events import events
from tests.kit.clients.api import Api
from tests.kit.clients.third_party_login import login_settings, returned, user_of
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.servers.identity_providers import StubProvider, stub_provider
from tests.kit.servers.running import Running
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


# -- events that other requests of an operation record -------------------------------------------------------------------
class Recorded(NamedTuple):
    """An event, and the user in whose name it is."""

    type: str
    actor_id: int | None


Case = Callable[[Running, StubProvider], Awaitable[list[Recorded]]]
_LOG = statement(select(events.c.type, events.c.actor_id).order_by(events.c.sequence), Recorded)
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    """Registers requests and the events that they record last. The name begins with their operation."""

    def register(requests: Case) -> Case:
        CASES[name] = requests
        return requests

    return register


@case("createOrder with a code")
async def _(shop: Running, _stub: StubProvider) -> list[Recorded]:
    stage = await Stage.of(shop.world)
    await shop.world.promotion("PROMO-TEN", percent_bps=1000)
    request = stage.request("createOrder")

    response = await shop.api.send_as_sender(replace(request, body={**request.body, "discount_code": "PROMO-TEN"}))

    assert response.status_code == 201, response.text
    return [Recorded("order.created", stage.buyer.id), Recorded("promotion.redeemed", stage.buyer.id)]


@case("receiveLogin of a new user")
async def _(shop: Running, stub: StubProvider) -> list[Recorded]:
    user_id = (await user_of(shop, (await returned(shop, stub))["code"]))["id"]

    return [Recorded(event, user_id) for event in ("user.created", "identity.linked", "credential.created")]


@case("receiveLogin of a deactivated user")
async def _(shop: Running, stub: StubProvider) -> list[Recorded]:
    user_id = (await user_of(shop, (await returned(shop, stub))["code"]))["id"]
    admin = shop.api.as_(await shop.world.user("admin"))
    changed = await admin.put(f"/users/{user_id}/access", json={"role": "user", "is_active": False})

    assert (changed.status_code, (await returned(shop, stub))["error"]) == (200, "access_denied")
    return [Recorded("auth.login_blocked", None)]


@pytest.fixture
def stub() -> Iterator[StubProvider]:
    with stub_provider() as made:
        yield made


@pytest.fixture
def overrides(request: pytest.FixtureRequest) -> dict[str, object]:
    """A third party to log in with, where a test uses one."""
    return login_settings(request.getfixturevalue("stub").settings()) if "stub" in request.fixturenames else {}


@pytest.mark.parametrize("name", CASES)
async def test_a_request_records_the_events_of_its_case(name: str, shop: Running, stub: StubProvider, world: World) -> None:
    expected = await CASES[name](shop, stub)

    recorded = await world.database.read().all(_LOG)
    assert recorded[-len(expected) :] == expected
