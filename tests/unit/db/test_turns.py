"""Things of which there are few: last used first, longest waiter first, and none is ever lost."""

import asyncio

import pytest

from steelyard.db.errors import OutOfReach
from steelyard.db.fair_pool import Turns


def turns(queue: int = 10, wait_s: float = 5) -> Turns[str]:
    return Turns(queue=queue, wait_s=wait_s, what="a thing")


async def started(*tasks: asyncio.Task[str]) -> None:
    """Every task runs until it waits."""
    for _ in tasks:
        await asyncio.wait(tasks, timeout=0)


async def test_the_last_one_given_back_is_lent_first() -> None:
    things = turns()
    things.give("cold")
    things.give("warm")

    assert [things.ready(), things.ready(), things.ready()] == ["warm", "cold", None]


async def test_the_longest_waiter_is_served_first() -> None:
    things = turns()
    first, second = asyncio.create_task(things.wait()), asyncio.create_task(things.wait())
    await started(first, second)

    things.give("one")
    things.give("two")

    assert (await first, await second) == ("one", "two")
    assert things.waiting == 0


async def test_a_waiter_that_was_cancelled_is_left_out() -> None:
    things = turns()
    first, second = asyncio.create_task(things.wait()), asyncio.create_task(things.wait())
    await started(first, second)

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    things.give("one")

    assert await second == "one"
    assert things.waiting == 0


async def test_a_waiter_cancelled_after_it_was_served_passes_the_thing_on() -> None:
    things = turns()
    first, second = asyncio.create_task(things.wait()), asyncio.create_task(things.wait())
    await started(first, second)

    things.give("one")
    first.cancel()

    assert await second == "one"
    assert first.cancelled()


async def test_a_full_queue_refuses_at_once() -> None:
    things = turns(queue=1)
    waiting = asyncio.create_task(things.wait())
    await started(waiting)

    with pytest.raises(OutOfReach, match="1 callers already wait for a thing"):
        await things.wait()

    things.give("one")
    assert await waiting == "one"


async def test_nobody_waits_longer_than_agreed() -> None:
    things = turns(wait_s=0.01)

    with pytest.raises(OutOfReach, match=r"no turn for a thing within 0\.01 s"):
        await things.wait()

    assert things.waiting == 0


async def test_after_the_end_nobody_waits() -> None:
    things = turns()
    waiting = asyncio.create_task(things.wait())
    await started(waiting)

    assert things.close("closed") == []
    with pytest.raises(OutOfReach, match="closed"):
        await waiting
    with pytest.raises(OutOfReach, match="closed"):
        await things.wait()

    things.open()
    things.give("one")
    assert things.ready() == "one"
