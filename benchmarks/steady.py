"""Sends requests at a fixed rate, and measures their latency: `python -m benchmarks.steady URL OPERATION RATE SECONDS`.

An open loop: requests start at fixed times, whether or not the server keeps up, and latency counts from these times. A closed loop sends
nothing while it waits, so a stall delays one request of each connection; here it delays all that were to start meanwhile.
"""

import ctypes
import json
import math
import os
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.load import Next, Orders, complete_status, requests_of

# For how many seconds each rate is sent; a p99.9 takes a thousand requests.
RATES = {50: 20, 200: 10, 1000: 5}
MOST_CONNECTIONS = 64
# How long the generator waits for responses after the last request.
PATIENCE_S = 2.0
# A server that is so far behind at the end does not keep up.
BEHIND_S = 0.5
PR_SET_TIMERSLACK = 29  # linux/prctl.h
TIMER_SLACK_NS = 1000


@dataclass(frozen=True)
class Steady:
    """The result of one rate. A percentile is None if it is the latency of a request without a response."""

    rate: float
    requests: int
    refused: int
    lost: int
    missing: int
    behind_s: float
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    # How late the generator sent requests that had a free connection.
    lag_p99_ms: float

    @property
    def keeps_up(self) -> bool:
        return self.missing == 0 and self.behind_s < BEHIND_S


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of all values."""
    return sorted_values[max(math.ceil(len(sorted_values) * share) - 1, 0)]


class Schedule:
    """When each request is to start, which of them wait for a free connection, and how long the others took."""

    def __init__(self, rate: float, requests: int, start: float) -> None:
        self._rate = rate
        self._requests = requests
        self._start = start
        self._started = 0
        self.waiting: deque[float] = deque()
        self.took_s: list[float] = []
        self.lag_s: list[float] = []

    @property
    def following(self) -> float | None:
        """When the next request is to start; None after the last."""
        return self._start + self._started / self._rate if self._started < self._requests else None

    @property
    def ends(self) -> float:
        return self._start + self._requests / self._rate

    def advance(self, now: float) -> None:
        """Let all requests wait whose time has come."""
        while (due := self.following) is not None and due <= now:
            self.waiting.append(due)
            self._started += 1

    def respond(self, due: float, now: float) -> None:
        self.took_s.append(now - due)

    def result(self, behind_s: float, refused: int, lost: int) -> Steady:
        missing = self._requests - len(self.took_s)
        took = sorted(self.took_s) + [math.inf] * missing

        def milliseconds(share: float) -> float | None:
            value = percentile(took, share)
            return None if value == math.inf else value * 1e3

        return Steady(
            rate=self._rate,
            requests=self._requests,
            refused=refused,
            lost=lost,
            missing=missing,
            behind_s=round(behind_s, 3),
            p50_ms=milliseconds(0.5),
            p99_ms=milliseconds(0.99),
            p999_ms=milliseconds(0.999),
            lag_p99_ms=percentile(sorted(self.lag_s) or [0.0], 0.99) * 1e3,
        )


class Connection:
    """One connection; `due` is when its request was to start."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.request = b""
        self.received = b""
        self.is_fresh = True

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, request: bytes, due: float) -> None:
        self.request, self.due, self.received = request, due, b""
        self.socket.sendall(request)


class _Generator:
    def __init__(self, address: tuple[str, int], following: Next, schedule: Schedule) -> None:
        self._address = address
        self._following = following
        self._schedule = schedule
        self._free: list[Connection] = []
        self._busy: set[Connection] = set()
        self.refused = self.lost = 0

    @property
    def unfinished(self) -> int:
        return len(self._busy) + len(self._schedule.waiting)

    def send_due(self) -> None:
        """Send what is due, as far as there are connections."""
        schedule = self._schedule
        # These had no free connection, so the server delays them.
        delayed = len(schedule.waiting)
        schedule.advance(time.perf_counter())
        while schedule.waiting and (self._free or len(self._busy) < MOST_CONNECTIONS):
            connection = self._free.pop() if self._free else Connection(self._address)
            due = schedule.waiting.popleft()
            if delayed:
                delayed -= 1
            else:
                schedule.lag_s.append(time.perf_counter() - due)
            self._send(connection, self._following(), due)

    def _send(self, connection: Connection, request: bytes, due: float) -> None:
        self._busy.add(connection)
        try:
            connection.send(request, due)
        except ConnectionError:
            self._replace(connection)

    def receive(self, timeout_s: float) -> None:
        """Wait for responses, no longer than this."""
        readable, _, _ = select.select([*self._busy, *self._free], (), (), max(timeout_s, 0.0))
        for connection in readable:
            try:
                data = connection.socket.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                self._replace(connection)
            elif connection in self._busy:
                connection.received += data
                if (status := complete_status(connection.received)) is not None:
                    self._finish(connection, status)

    def _finish(self, connection: Connection, status: int) -> None:
        self._schedule.respond(connection.due, time.perf_counter())
        self.refused += not 200 <= status < 300
        connection.is_fresh = False
        self._busy.remove(connection)
        self._free.append(connection)

    def _replace(self, connection: Connection) -> None:
        """A server may close a connection that was idle. As clients do, a request that met this is sent again on a new one."""
        connection.socket.close()
        if connection in self._busy:
            self._busy.remove(connection)
            if connection.is_fresh:
                self.lost += 1
            else:
                self._send(Connection(self._address), connection.request, connection.due)
        else:
            self._free.remove(connection)

    def close(self) -> None:
        for connection in (*self._free, *self._busy):
            connection.socket.close()


def generate(url: str, operation: str, rate: float, seconds: float, environment: Mapping[str, str]) -> Steady:
    """Send requests for so long, and wait for the last responses."""
    address = urlsplit(url)
    assert address.hostname is not None
    following = requests_of(operation, address.netloc, environment)
    # By default the kernel may wake this thread 50 us late.
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS)
    schedule = Schedule(rate, int(rate * seconds), time.perf_counter() + 0.01)
    generator = _Generator((address.hostname, address.port or 80), following, schedule)
    unfinished_at_end = None
    while (now := time.perf_counter()) < schedule.ends + PATIENCE_S:
        generator.send_due()
        if schedule.following is None and unfinished_at_end is None and now >= schedule.ends:
            unfinished_at_end = generator.unfinished
        if schedule.following is None and generator.unfinished == 0:
            break
        until = schedule.following or (schedule.ends if now < schedule.ends else schedule.ends + PATIENCE_S)
        generator.receive(until - time.perf_counter())
    generator.close()
    return schedule.result((unfinished_at_end or 0) / rate, generator.refused, generator.lost)


def steady(url: str, operation: str, rate: float, seconds: float, orders: Orders) -> Steady:
    """The same in a separate process, so that nothing else in this one delays it."""
    command = [sys.executable, "-m", "benchmarks.steady", url, operation, str(rate), str(seconds)]
    environment = os.environ | dict(orders.environment)
    root = Path(__file__).parents[1]
    ended = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    return Steady(**json.loads(ended.stdout))


def main() -> None:
    url, operation, rate, seconds = sys.argv[1:]
    sys.stdout.write(json.dumps(asdict(generate(url, operation, float(rate), float(seconds), os.environ))))


if __name__ == "__main__":
    main()
