"""The public data is read once a minute for all callers, because it counts the items of every category."""

import asyncio

import pytest

from steelyard.db.errors import DatabaseUnavailable
from steelyard.db.transaction import ReadOnly
from tests.kit.clients.api import Api
from tests.kit.servers.running import Running
from tests.kit.servers.statements import count_statements


async def counts(api: Api) -> dict[str, int]:
    response = await api.call("getPublicData")
    return {each["slug"]: each["items"] for each in response.json()["categories"]}


async def test_callers_within_a_minute_share_one_statement(shop: Running) -> None:
    with count_statements() as made:
        await asyncio.gather(*[counts(shop.api) for _ in range(5)])
        shop.clock.advance(seconds=59)
        await counts(shop.api)

    assert len(made) == 1


async def test_a_new_item_counts_after_a_minute(shop: Running) -> None:
    seller = await shop.world.user()
    await shop.world.item(seller, category="lamps")
    first = await counts(shop.api)
    await shop.world.item(seller, category="lamps")

    shop.clock.advance(seconds=59)
    second = await counts(shop.api)
    shop.clock.advance(seconds=1)
    third = await counts(shop.api)

    assert (first, second, third) == ({"lamps": 1}, {"lamps": 1}, {"lamps": 2})


async def test_a_failure_is_not_kept(shop: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise DatabaseUnavailable("away")

    with monkeypatch.context() as away:
        away.setattr(ReadOnly, "all", fail)
        failed = await shop.api.call("getPublicData")

    assert failed.status_code == 503
    assert await counts(shop.api) == {}
