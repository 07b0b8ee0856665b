"""Starting and stopping, seen from inside: what the layer around the application and the manager of workers decide."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs
from uvicorn.supervisors.multiprocess import SIGNALS, Multiprocess

from steelyard import protocol, serving
from steelyard.settings import Settings


async def nothing(*_: object) -> Any: ...


@pytest.fixture
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def supervisor(_handlers: None) -> serving.Supervisor:
    return serving.Supervisor(protocol.Config(lambda: nothing, Settings(), workers=2), [])


def dying(monkeypatch: pytest.MonkeyPatch, exitcode: int | None = None) -> None:
    """Every look at the workers finds that one has died and been replaced."""
    pids = iter(range(1, 1000))

    def replace(self: Multiprocess) -> None:
        self.processes[:] = [SimpleNamespace(pid=next(pids), exitcode=exitcode)]  # type: ignore[list-item]

    monkeypatch.setattr(Multiprocess, "keep_subprocess_alive", replace)


def test_a_few_deaths_are_an_accident(monkeypatch: pytest.MonkeyPatch, supervisor: serving.Supervisor) -> None:
    dying(monkeypatch)

    for _ in range(serving.DEATHS):  # the first look has nobody to miss
        supervisor.keep_subprocess_alive()

    assert not supervisor.should_exit.is_set()


def test_workers_that_keep_dying_end_the_whole_with_an_error(monkeypatch: pytest.MonkeyPatch, supervisor: serving.Supervisor) -> None:
    dying(monkeypatch)

    with capture_logs() as told:
        for _ in range(serving.DEATHS + 1):
            supervisor.keep_subprocess_alive()

    assert supervisor.should_exit.is_set()
    assert supervisor.status == 1
    assert told[-1]["event"] == "workers keep dying, giving up"


def test_deaths_that_lie_far_apart_are_forgiven(monkeypatch: pytest.MonkeyPatch, supervisor: serving.Supervisor) -> None:
    dying(monkeypatch)
    minutes = iter(range(100))
    monkeypatch.setattr("steelyard.serving.time.monotonic", lambda: next(minutes) * 60.0)

    for _ in range(20):
        supervisor.keep_subprocess_alive()

    assert not supervisor.should_exit.is_set()


def test_workers_that_cannot_start_end_the_whole_with_their_status(monkeypatch: pytest.MonkeyPatch, supervisor: serving.Supervisor) -> None:
    dying(monkeypatch, exitcode=3)
    supervisor.should_exit.set()

    supervisor.keep_subprocess_alive()

    assert supervisor.status == 3


async def test_a_start_that_fails_is_logged_by_class_and_place() -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ConnectionError("hunter2")

    with capture_logs() as told, pytest.raises(ConnectionError):
        await serving.OrderlyStop(failing, 0, lambda: None)({"type": "lifespan"}, nothing, nothing)

    assert told[-1]["event"] == "start or stop failed"


async def stopped(drain_s: float, signals: int = 1) -> tuple[list[str], list[int]]:
    """What is told to the application, and what to uvicorn, after signals of the kind that asks to stop."""
    drained: list[str] = []
    stops: list[int] = []
    reached = asyncio.Event()

    def stop(number: int, _: Any) -> None:
        stops.append(number)
        reached.set()

    signal.signal(signal.SIGTERM, stop)
    await serving.OrderlyStop(nothing, drain_s, lambda: drained.append("draining"))({"type": "lifespan"}, nothing, nothing)
    for _ in range(signals):
        os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(reached.wait(), 5)
    return drained, stops


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("drain_s", [0, 0.05])
async def test_a_signal_drains_first_and_then_stops(drain_s: float) -> None:
    assert await stopped(drain_s) == (["draining"], [signal.SIGTERM])


@pytest.mark.usefixtures("_handlers")
async def test_a_second_signal_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("steelyard.serving.os._exit", ended.append)

    await stopped(0, signals=2)

    assert ended == [128 + signal.SIGTERM]


@pytest.mark.usefixtures("_handlers")
async def test_without_a_handler_to_pass_it_on_to_the_signal_is_left_alone() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    drained: list[str] = []
    await serving.OrderlyStop(nothing, 0, lambda: drained.append("draining"))({"type": "lifespan"}, nothing, nothing)

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0)

    assert drained == []


def test_another_thread_takes_over_no_signals() -> None:
    before = signal.getsignal(signal.SIGTERM)
    layer = serving.OrderlyStop(nothing, 0, lambda: None)

    async def live() -> None:
        await layer({"type": "lifespan"}, nothing, nothing)

    thread = threading.Thread(target=lambda: asyncio.run(live()))

    thread.start()
    thread.join()

    assert signal.getsignal(signal.SIGTERM) is before


async def test_requests_pass_through() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    await serving.OrderlyStop(app, 0, lambda: None)({"type": "http"}, nothing, nothing)

    assert seen == [{"type": "http"}]


def test_a_process_whose_parent_has_gone_asks_itself_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr("steelyard.serving.os.kill", lambda *given: killed.append(given))
    monkeypatch.setattr("steelyard.serving.ctypes.CDLL", lambda *_, **__: SimpleNamespace(prctl=lambda *_: 0))
    monkeypatch.setattr("steelyard.serving.multiprocessing.parent_process", lambda: SimpleNamespace(pid=-1))

    serving.end_with_parent()

    assert killed == [(os.getpid(), signal.SIGTERM)]
