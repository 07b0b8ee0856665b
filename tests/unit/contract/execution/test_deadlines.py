"""The budget of a request: what it ends, what it spares, and what does not count."""

import asyncio
import time

import pytest

from steelyard.contract.execution.deadlines import Deadline, Deadlines

BUDGET_S = 0.05


async def watched(deadlines: Deadlines, begun: "asyncio.Future[Deadline]") -> str:
    deadline = deadlines.begin()
    begun.set_result(deadline)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return "late" if deadline.has_expired else "cancelled"
    finally:
        deadlines.end(deadline)
    raise AssertionError("nothing sets the event")


async def start(deadlines: Deadlines) -> "tuple[asyncio.Task[str], Deadline]":
    begun: asyncio.Future[Deadline] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(watched(deadlines, begun))
    return task, await begun


async def test_a_task_beyond_its_budget_is_ended() -> None:
    task, _ = await start(Deadlines(BUDGET_S))

    assert await task == "late"


async def test_a_cancellation_by_others_is_not_reported_as_late() -> None:
    task, _ = await start(Deadlines(BUDGET_S))

    task.cancel()

    assert await task == "cancelled"


async def test_a_pause_does_not_count_and_the_rest_of_the_budget_does() -> None:
    deadlines = Deadlines(BUDGET_S)
    paused, deadline = await start(deadlines)
    deadline.is_paused = True
    other, _ = await start(deadlines)
    assert await other == "late"
    third, _ = await start(deadlines)
    assert await third == "late"
    assert not paused.done()

    deadline.due += 2 * BUDGET_S
    deadline.is_paused = False

    assert await paused == "late"


async def test_a_long_deadline_does_not_hide_a_shorter_one() -> None:
    deadlines = Deadlines(BUDGET_S)
    patient, deadline = await start(deadlines)
    deadline.due += 3600
    other, _ = await start(deadlines)

    assert await other == "late"
    patient.cancel()
    assert await patient == "cancelled"


@pytest.mark.parametrize("number", [1, 500])
async def test_the_number_of_checks_does_not_depend_on_the_number_of_late_tasks(number: int) -> None:
    deadlines = Deadlines(BUDGET_S)
    looks = 0
    look = deadlines._look

    def counted(loop: asyncio.AbstractEventLoop) -> None:
        nonlocal looks
        looks += 1
        look(loop)

    deadlines._look = counted  # type: ignore[method-assign]  # counted, and otherwise as it is
    began_s = time.monotonic()
    tasks = [(await start(deadlines))[0] for _ in range(number)]

    assert await asyncio.gather(*tasks) == ["late"] * number
    assert looks <= 1 + (time.monotonic() - began_s) / (BUDGET_S * 0.02)
