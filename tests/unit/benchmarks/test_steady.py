import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from benchmarks.steady import Schedule, generate, percentile

RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, value: int) -> None:
    assert percentile(range(1, 101), share) == value


def test_requests_start_at_fixed_times_whether_or_not_earlier_ones_have_a_response() -> None:
    schedule = Schedule(rate=100, requests=5, start=10.0)

    schedule.advance(10.021)

    assert list(schedule.waiting) == pytest.approx([10.0, 10.01, 10.02])
    assert schedule.following == pytest.approx(10.03)
    schedule.advance(99.0)
    assert len(schedule.waiting) == 5
    assert schedule.following is None


def test_latency_counts_from_the_time_at_which_a_request_was_to_start() -> None:
    schedule = Schedule(rate=100, requests=2, start=10.0)
    schedule.respond(10.0, 10.5)
    schedule.respond(10.01, 10.501)

    result = schedule.result(behind_s=0.0, refused=0, lost=0)

    assert result.p50_ms == pytest.approx(491)
    assert result.p999_ms == pytest.approx(500)
    assert result.keeps_up


def test_a_request_without_a_response_has_no_latency_and_means_that_the_server_does_not_keep_up() -> None:
    schedule = Schedule(rate=100, requests=3, start=10.0)
    schedule.respond(10.0, 10.5)
    schedule.respond(10.0, 10.5)

    result = schedule.result(behind_s=0.0, refused=0, lost=0)

    assert result.p50_ms == pytest.approx(500)
    assert (result.p99_ms, result.missing) == (None, 1)
    assert not result.keeps_up


def test_a_server_that_ends_half_a_second_late_does_not_keep_up() -> None:
    schedule = Schedule(rate=100, requests=1, start=10.0)
    schedule.respond(10.0, 10.5)

    assert schedule.result(behind_s=0.49, refused=0, lost=0).keeps_up
    assert not schedule.result(behind_s=0.5, refused=0, lost=0).keeps_up


@contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server with a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threads.append(threading.Thread(target=serve, args=(listener.accept()[0],)))
                    threads[-1].start()

        threads.append(threading.Thread(target=accept))
        threads[0].start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()


def test_a_stall_delays_all_requests_that_were_to_start_meanwhile() -> None:
    ends = time.perf_counter() + 0.5

    def serve(connection: socket.socket) -> None:
        with connection:
            while connection.recv(4096):
                # Nothing is sent until the stall ends, however many connections there are.
                threading.Event().wait(max(ends - time.perf_counter(), 0.0))
                connection.sendall(RESPONSE)

    with serving(serve) as url:
        result = generate(url, "a", 100, 0.6, {})

    assert (result.requests, result.missing, result.refused, result.lost) == (60, 0, 0, 0)
    assert result.p50_ms is not None
    # A closed loop would have delayed one request.
    assert result.p50_ms > 100


def test_a_request_on_a_connection_that_the_server_had_closed_is_sent_again() -> None:
    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(4096)
            connection.sendall(RESPONSE)

    with serving(serve) as url:
        result = generate(url, "a", 50, 0.4, {})

    assert (result.requests, result.missing, result.lost) == (20, 0, 0)
    assert not math.isinf(result.lag_p99_ms)


def test_a_server_that_closes_without_a_response_loses_requests() -> None:
    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(4096)

    with serving(serve) as url:
        result = generate(url, "a", 50, 0.1, {})

    assert (result.missing, result.lost, result.p50_ms) == (5, 5, None)
