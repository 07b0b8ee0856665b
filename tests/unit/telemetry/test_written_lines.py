"""When the lines of the access log are formatted and written, and what is lost if no reader takes them."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from steelyard.contract.observer import RequestRecord
from steelyard.telemetry import access_log, logs
from tests.unit.telemetry.lines import NOON, log_into, parsed, trace


async def test_the_background_task_writes_at_intervals_and_the_rest_at_its_end() -> None:
    seen = asyncio.Event()
    chunks: list[bytes] = []
    loop = asyncio.get_running_loop()

    def write(chunk: bytes) -> None:
        chunks.append(chunk)
        loop.call_soon_threadsafe(seen.set)

    log = access_log.AccessLog(lambda: NOON, write)
    task = asyncio.create_task(log.run())
    log.request_finished("GET", trace())
    await asyncio.wait_for(seen.wait(), 5)
    log.request_finished("GET", trace(500))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert [line["status"] for line in parsed(chunks)] == [200, 500]


async def test_lines_that_wait_for_a_thread_are_written_although_the_log_is_closed() -> None:
    chunks: list[bytes] = []
    log, waits, is_free = log_into(chunks), asyncio.Event(), threading.Event()

    class Threads(ThreadPoolExecutor):
        def submit(self, *call: Any, **named: Any) -> Future[Any]:
            waits.set()
            return super().submit(*call, **named)

    # It ends with the loop of this test, and its only thread is busy.
    threads = Threads(1)
    threads.submit(is_free.wait)
    waits.clear()
    asyncio.get_running_loop().set_default_executor(threads)

    log.request_finished("GET", trace())
    task = asyncio.create_task(log.run())
    await asyncio.wait_for(waits.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    is_free.set()
    await asyncio.to_thread(int)

    assert [line["status"] for line in parsed(chunks)] == [200]


def test_requests_are_formatted_a_few_at_a_time_and_not_all_at_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    formatted: list[bytes] = []
    line = access_log._line

    def note(method: str, record: RequestRecord) -> bytes:
        formatted.append(line(method, record))
        return formatted[-1]

    monkeypatch.setattr(access_log, "_line", note)
    chunks: list[bytes] = []
    log = log_into(chunks)

    for _ in range(2 * access_log.TOGETHER + 1):
        log.request_finished("GET", trace())
    before = len(formatted)
    log.flush()

    assert before == 2 * access_log.TOGETHER
    assert (len(chunks), len(parsed(chunks))) == (1, 2 * access_log.TOGETHER + 1)


def test_moments_are_written_as_in_every_other_line() -> None:
    chunks: list[bytes] = []
    log = log_into(chunks)
    moments = [NOON, NOON.replace(microsecond=7), NOON.replace(year=987, second=59, microsecond=999_999), NOON + timedelta(days=31)]

    for moment in moments:
        log.request_finished("GET", RequestRecord(str(UUID(int=1)), "192.0.2.1", moment))
    log.flush()

    assert [line["time"] for line in parsed(chunks)] == [logs.timestamp(moment) for moment in moments]


@pytest.mark.parametrize("together", [1, 2, 64])
def test_a_stuck_reader_costs_lines_not_memory(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "MAX_WAITING", 3)
    monkeypatch.setattr(access_log, "TOGETHER", together)
    chunks: list[bytes] = []
    log = log_into(chunks)

    for _ in range(2):
        for _ in range(8):
            log.request_finished("GET", trace())
        log.flush()

    assert [line["event"] for line in parsed(chunks)] == [*["request"] * 3, "requests not logged"] * 2
    assert [line["count"] for line in parsed(chunks) if "count" in line] == [5, 5]


def test_without_a_writer_no_line_is_kept() -> None:
    log = access_log.AccessLog(lambda: NOON, write=None)

    for _ in range(access_log.TOGETHER):
        log.request_finished("GET", trace())
    log.flush()

    assert (log._finished, log._parts) == ([], [])
