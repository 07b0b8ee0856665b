"""The supervisor with real processes that behave well or badly (workers.py), and what the layer around the application does."""

import math
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic_core import from_json
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from steelyard.serving.application import Application
from steelyard.serving.supervisor import Supervisor, Worker
from tests.kit.servers.processes import Process, python
from tests.kit.servers.running import settings_for
from tests.kit.servers.waiting import until

WITHIN_S = 60
Supervised = Callable[..., AbstractAsyncContextManager[Process]]


@pytest.fixture
def supervised(tmp_path: Path) -> Supervised:
    """Two workers of a behaviour under the supervisor, with these constants."""

    @asynccontextmanager
    async def start(behaviour: str, **constants: float) -> AsyncIterator[Process]:
        arguments = [f"{name}={value}" for name, value in constants.items()]
        async with python("-m", "tests.unit.serving.workers", behaviour, str(tmp_path), *arguments, folder=tmp_path) as process:
            yield process

    return start


def events(process: Process, name: str) -> list[dict[str, Any]]:
    return [event for event in map(from_json, process.stdout) if event["event"] == name]


async def times(process: Process, name: str, count: int) -> list[dict[str, Any]]:
    """The events of that name, once there are `count`."""
    return await until(lambda: matching if len(matching := events(process, name)) >= count else None, WITHIN_S)


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE}


def pids(ready: list[dict[str, Any]]) -> set[int]:
    return {event["pid"] for event in ready}


async def test_a_worker_that_dies_is_replaced_and_the_other_one_stays(supervised: Supervised) -> None:
    async with supervised("willing") as process:
        first, second = pids(await times(process, "worker ready", 2))

        psutil.Process(first).kill()
        ready = pids(await times(process, "worker ready", 3))

        assert alive(ready) == ready - {first}
        assert second in alive(ready)


async def test_the_supervisor_ends_with_a_message_if_no_worker_can_start(supervised: Supervised) -> None:
    async with supervised("failing", GIVE_UP_AFTER_S=1) as process:
        assert await process.ended() == 1
        assert "no worker was ready for 1 seconds, and the last" in process.printed[-1]
        assert len(events(process, "worker died")) >= 3


class Failing:
    """A supervisor outside of its loop, and a process that has ended before it was ready."""

    def __init__(self) -> None:
        with socket.socket() as listener:
            self.supervisor = Supervisor(print, listener, 1, stop_within_s=1)
        self.process = multiprocessing.get_context("spawn").Process(target=os.getpid)
        self.process.start()

    def pauses_for(self, pause_s: float) -> bool:
        """Whether no worker is started for exactly this time after one has failed to start."""
        worker = Worker(self.process, multiprocessing.Pipe(duplex=False)[0], generation=0, last_beat_at=0.0)
        self.supervisor._workers.append(worker)
        before = time.monotonic()
        self.supervisor._worker_ended(worker)
        is_exact = before + pause_s <= self.supervisor._start_at <= time.monotonic() + pause_s
        self.supervisor._start_missing(self.supervisor._start_at - 0.01)
        return is_exact and not self.supervisor._workers


def test_each_start_that_fails_doubles_the_pause_before_the_next() -> None:
    failing = Failing()

    for pause_s in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0):
        assert failing.pauses_for(pause_s)


def test_a_worker_that_becomes_ready_makes_the_pauses_short_again() -> None:
    failing = Failing()
    pulse, beat = multiprocessing.Pipe(duplex=False)
    assert failing.pauses_for(0.1)
    assert failing.pauses_for(0.2)

    beat.send_bytes(b".")
    failing.supervisor._read_heartbeat(Worker(failing.process, pulse, generation=0, last_beat_at=0.0))

    assert failing.pauses_for(0.1)


async def test_the_replacement_of_a_worker_leaves_no_file_open(supervised: Supervised) -> None:
    async with supervised("willing") as process:
        first, _ = pids(await times(process, "worker ready", 2))
        supervisor = psutil.Process(process.pid)
        before = supervisor.num_fds()

        psutil.Process(first).kill()
        await times(process, "worker ready", 3)

        await until(lambda: supervisor.num_fds() == before)


async def test_a_healthy_worker_stays_when_its_successors_cannot_start(supervised: Supervised, tmp_path: Path) -> None:
    async with supervised("willing", GIVE_UP_AFTER_S=0.1) as process:
        before = pids(await times(process, "worker ready", 2))
        (tmp_path / "broken").touch()

        process.signal(signal.SIGHUP)
        await times(process, "worker died", 4)

        assert alive(before) == before

        (tmp_path / "broken").unlink()
        after = pids(await times(process, "worker ready", 4)) - before
        await until(lambda: not alive(before), WITHIN_S)
        assert alive(after) == after


async def test_workers_are_replaced_one_at_a_time(supervised: Supervised) -> None:
    async with supervised("willing") as process:
        before = pids(await times(process, "worker ready", 2))

        process.signal(signal.SIGHUP)
        await times(process, "worker ready", 3)

        # The second successor starts only when the first predecessor is gone.
        await until(lambda: len(alive(before)) == 1, WITHIN_S)
        await times(process, "worker ready", 4)
        await until(lambda: not alive(before), WITHIN_S)
        assert events(process, "worker died") == []


@pytest.mark.parametrize(
    ("behaviour", "constant"), [("slow", "START_WITHIN_S"), ("willing", "SILENT_FOR_S")], ids=["never ready", "silent later"]
)
async def test_a_worker_that_hangs_is_killed(supervised: Supervised, behaviour: str, constant: str) -> None:
    async with supervised(behaviour, **{constant: 2}) as process:
        await times(process, "worker killed, because it did not respond or stop", 1)

        assert (await times(process, "worker died", 1))[0]["status"] == -signal.SIGKILL


async def test_no_worker_outlives_a_supervisor_that_fails(supervised: Supervised) -> None:
    # The selector of the supervisor rejects this interval, once the workers have been started.
    async with supervised("deaf", POLL_INTERVAL_S=math.nan) as process:
        assert await process.ended() == 1
        assert "ValueError" in process.printed[-1]


async def test_a_worker_that_does_not_stop_is_killed(supervised: Supervised) -> None:
    async with supervised("deaf") as process:
        workers = pids(await times(process, "worker ready", 2))

        process.signal(signal.SIGTERM)

        assert await process.ended() == 0
        assert not alive(workers)


async def test_a_stop_does_not_wait_for_workers_that_are_starting(supervised: Supervised, tmp_path: Path) -> None:
    async with supervised("slow") as process:
        await until(lambda: list(tmp_path.glob("*.pid")), WITHIN_S)

        process.signal(signal.SIGTERM)

        assert await process.ended() == 0


async def test_a_worker_whose_supervisor_was_killed_ends_even_when_it_ignores_signals(supervised: Supervised) -> None:
    async with supervised("deaf") as process:
        workers = pids(await times(process, "worker ready", 2))

        process.signal(signal.SIGKILL)

        await until(lambda: not alive(workers), WITHIN_S)


async def nothing(*_: object) -> Any: ...


async def test_a_start_that_fails_is_logged_by_class_and_place() -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ConnectionError("hunter2")

    with capture_logs() as logged, pytest.raises(ConnectionError):
        await Application(failing, settings_for("sqlite:///unused.db"), lambda: None)({"type": "lifespan"}, nothing, nothing)

    assert logged[-1]["event"] == "start or stop failed"


async def test_requests_pass_through() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    await Application(app, settings_for("sqlite:///unused.db"), lambda: None)({"type": "http"}, nothing, nothing)

    assert seen == [{"type": "http"}]
