import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.load import Outcome, buyers_used, generate, read_wrk

WRK = """Running 2s test @ http://127.0.0.1:8150
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.91ms    1.31ms  21.33ms   89.12%
    Req/Sec     8.29k   512.11     9.12k    75.00%
  Latency Distribution
     50%  850.00us
     75%    4.30ms
     90%    5.10ms
     99%    1.02s
  16544 requests in 2.00s, 9.31MB read
Requests/sec:   8265.44
Transfer/sec:      4.65MB
"""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The loop that the generator runs on, whose transports are not asyncio's."""
    return "asyncio", {"use_uvloop": True}


def test_the_report_of_wrk_is_read_in_milliseconds() -> None:
    assert read_wrk(WRK) == Outcome(responses=16544, rate=8265.44, p50_ms=0.85, p99_ms=1020, refused=0, sockets=None)


def test_failures_are_read_from_the_report_of_wrk() -> None:
    wrong = "  Socket errors: connect 0, read 2, write 0, timeout 7\n  Non-2xx or 3xx responses: 12\nRequests/sec:"

    outcome = read_wrk(WRK.replace("Requests/sec:", wrong))

    assert (outcome.refused, outcome.sockets) == (12, "connect 0, read 2, write 0, timeout 7")


def test_a_report_without_a_response_is_all_zero() -> None:
    assert read_wrk("unable to connect\n") == Outcome(responses=0, rate=0, p50_ms=0, p99_ms=0, refused=0, sockets=None)


@pytest.mark.parametrize(("responses", "buyers"), [(0, 64), (1247, 64), (1248, 128), (12_800, 704)])
def test_the_next_load_begins_after_every_buyer_that_may_have_an_order(responses: int, buyers: int) -> None:
    assert buyers_used(responses, connections=32) == buyers


async def test_the_included_generator_counts_responses_and_failures(tmp_path: Path) -> None:
    requests: list[bytes] = []
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                requests.append(head + await reader.readexactly(length))
                status = b"201 Created" if len(requests) % 2 else b"409 Conflict"
                writer.write(b"HTTP/1.1 %s\r\ncontent-length: 2\r\n\r\n{}" % status)
        writer.close()
        # A client that hangs up during a response resets the connection; its end repeats that.
        with suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    (tmp_path / "tokens").write_text("first\nsecond\n")
    orders = {"BENCH_TOKENS": str(tmp_path / "tokens"), "BENCH_BUYER": "1", "BENCH_LOAD": "load-1"}
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        outcome = await generate(f"http://{host}:{port}", "d", 0.3, 1, orders)
        await ended.wait()

    assert 1 < outcome.responses <= len(requests)
    assert outcome.refused == outcome.responses // 2
    assert outcome.sockets is None
    assert 0 < outcome.p50_ms <= outcome.p99_ms
    assert b"Bearer second\r\nIdempotency-Key: load-1-1\r\n" in requests[0]
