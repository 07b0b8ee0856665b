"""A pool of few objects: the last one used first, the longest waiter first, and none is lost."""

import asyncio

import pytest

from steelyard.db.errors import DatabaseUnavailable
from steelyard.db.fair_pool import FairPool, WaitTimes


def turns(queue: int = 10, wait_s: float = 5) -> FairPool[str]:
    return FairPool(queue=queue, wait_s=wait_s, what="a thing", waits=WaitTimes())


async def started(*tasks: asyncio.Task[str]) -> None:
    """Every task runs until it waits."""
    for _ in tasks:
        await asyncio.wait(tasks, timeout=0)


async def test_the_object_put_back_last_is_lent_first() -> None:
    things = turns()
    things.put_back("cold")
    things.put_back("warm")

    assert [things.take_idle(), things.take_idle(), things.take_idle()] == ["warm", "cold", None]


async def test_the_longest_waiter_is_served_first() -> None:
    things = turns()
    first, second = asyncio.create_task(things.wait()), asyncio.create_task(things.wait())
    await started(first, second)

    things.put_back("one")
    things.put_back("two")

    assert (await first, await second) == ("one", "two")
    assert things.waiting == 0


async def test_a_cancelled_waiter_gets_nothing() -> None:
    things = turns()
    first, second = asyncio.create_task(things.wait()), asyncio.create_task(things.wait())
    await started(first, second)

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    things.put_back("one")

    assert await second == "one"
    assert things.waiting == 0


async def test_a_waiter_cancelled_after_it_was_served_passes_the_object_on() -> None:
    things = turns()
    first, second = asyncio.create_task(things.wait()), asyncio.create_task(things.wait())
    await started(first, second)

    things.put_back("one")
    first.cancel()

    assert await second == "one"
    assert first.cancelled()


async def test_a_caller_beyond_the_queue_gets_an_error_at_once() -> None:
    things = turns(queue=1)
    waiting = asyncio.create_task(things.wait())
    await started(waiting)

    with pytest.raises(DatabaseUnavailable, match="1 callers already wait for a thing"):
        await things.wait()

    things.put_back("one")
    assert await waiting == "one"


async def test_no_caller_waits_longer_than_the_limit() -> None:
    things = turns(wait_s=0.01)

    with pytest.raises(DatabaseUnavailable, match=r"no turn for a thing within 0\.01 s"):
        await things.wait()

    assert things.waiting == 0


async def test_no_caller_waits_for_a_closed_pool() -> None:
    things = turns()
    waiting = asyncio.create_task(things.wait())
    await started(waiting)

    assert things.close("closed") == []
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await waiting
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await things.wait()

    things.open()
    things.put_back("one")
    assert things.take_idle() == "one"
