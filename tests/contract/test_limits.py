"""Rate limits over HTTP: announced on every response, enforced exactly, and reset in time."""

import math
import re
from typing import Any

import pytest

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.stage import Stage
from tests.kit.world.world import World


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"rate_limits": True, "rate_default_per_minute": 6, "rate_register_per_minute": 2, "rate_quote_per_minute": 3}


# A call is available again at most one hundredth of the window late.
ALL_BACK_S = 61


def left(headers: Any) -> tuple[str, int, int]:
    """Class, calls left, and seconds until all are available again."""
    match = re.fullmatch(r'"([a-z-]+)";r=([0-9]+);t=([0-9]+)', headers["ratelimit"])
    assert match is not None
    return match[1], int(match[2]), int(match[3])


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=str)
async def test_each_operation_announces_its_limit_unless_it_has_none(operation: Operation, api: Api, world: World) -> None:
    response = await api.send_as_sender((await Stage.of(world)).request(operation.id))

    rate_class = operation.node.get("x-rate-class", "default")
    assert response.status_code < 400
    if rate_class == "none":
        assert not {"ratelimit", "ratelimit-policy"} & response.headers.keys()
    else:
        period_s = 3600 if rate_class == "mail" else 60
        quota = {"default": 6, "register": 2, "quote": 3, "login": 6, "login-start": 20, "mail": 3}[rate_class]
        assert response.headers["ratelimit-policy"] == f'"{rate_class}";q={quota};w={period_s}'
        assert left(response.headers) == (rate_class, quota - 1, math.ceil(period_s * 1.01))


async def test_the_remaining_calls_are_counted_down_to_zero(api: Api) -> None:
    seen = [await api.get("/items") for _ in range(7)]

    assert [response.status_code for response in seen] == [200] * 6 + [429]
    assert [left(response.headers)[1] for response in seen] == [5, 4, 3, 2, 1, 0, 0]
    assert (seen[-1].json()["policy"], seen[-1].headers["retry-after"]) == ("default", str(ALL_BACK_S))


async def test_requests_succeed_again_after_retry_after(api: Api, clock: Clock) -> None:
    for _ in range(6):
        await api.get("/items")

    clock.advance(seconds=59)
    early = await api.get("/items")
    clock.advance(seconds=int(early.headers["retry-after"]))
    in_time = [await api.get("/items") for _ in range(7)]

    assert early.status_code == 429
    assert [response.status_code for response in in_time] == [200] * 6 + [429]


async def test_credentials_and_addresses_are_counted_apart(api: Api, world: World) -> None:
    alice, bob = await world.user(), await world.user()
    for _ in range(6):
        await api.as_(alice).get("/items")

    assert (await api.as_(alice).get("/users/me")).status_code == 429
    assert (await api.as_(alice).from_("198.51.100.9").get("/users/me")).status_code == 429
    assert (await api.as_(bob).get("/users/me")).status_code == 200
    assert (await api.get("/items")).status_code == 200


async def test_classes_are_counted_apart(api: Api) -> None:
    for _ in range(6):
        await api.get("/items")

    assert (await api.get("/items")).status_code == 429
    assert (await api.call("quoteOrder", {"product_id": 1, "quantity": 1})).status_code == 409
    assert (await api.get("/health")).status_code == 200


async def test_a_flood_of_bad_tokens_is_counted_against_its_address(api: Api) -> None:
    flood = [(await api.as_("garbage").get("/users/me")).status_code for _ in range(8)]

    assert flood == [401] * 6 + [429] * 2
    assert (await api.from_("198.51.100.9").as_("garbage").get("/users/me")).status_code == 401


async def test_registrations_are_few_from_one_address(api: Api) -> None:
    def draft(number: int) -> dict[str, str]:
        return {"name": "Alice", "email": f"alice-{number}@example.com", "password": PASSWORD}

    seen = [(await api.call("createUser", draft(number))).status_code for number in range(3)]

    assert seen == [201, 201, 429]
    assert (await api.from_("198.51.100.9").call("createUser", draft(9))).status_code == 201


async def test_registrations_of_one_ipv6_customer_count_together(api: Api) -> None:
    def draft(number: int) -> dict[str, str]:
        return {"name": "Alice", "email": f"alice-{number}@example.com", "password": PASSWORD}

    seen = [(await api.from_(f"2001:db8:1:2::{number:x}").call("createUser", draft(number))).status_code for number in range(4)]

    assert seen == [201, 201, 429, 429]
    assert (await api.from_("2001:db8:1:3::1").call("createUser", draft(9))).status_code == 201


async def test_a_404_or_405_is_not_counted(api: Api) -> None:
    for _ in range(7):
        assert (await api.delete("/items")).status_code == 405
        assert (await api.get("/nowhere")).status_code == 404

    assert left((await api.get("/items")).headers)[1] == 5
