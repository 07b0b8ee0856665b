"""Loads one operation of one server: with wrk if it is installed, otherwise with the generator below.

    python -m benchmarks.load URL OPERATION SECONDS CONNECTIONS

The generator below costs several times as much as wrk, so on two cores it limits the rates in wall time. What a request costs the server
is the same. Both are closed loops: each connection waits for its response.
"""

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

SCRIPTS = Path(__file__).parent / "load"
OPERATIONS = {"a": "/health", "b": "/items/*", "c": "/items?limit=20", "d": "/orders"}
_WRK = {"b": "item.lua", "d": "order.lua"}
# load/order.lua has the same two.
TURNS, MOST_PENDING = 64, 20


@dataclass(frozen=True)
class Outcome:
    """The result of one load."""

    responses: int
    rate: float
    p50_ms: float
    p99_ms: float
    refused: int
    sockets: str | None


@dataclass(frozen=True)
class Orders:
    """What orders need: a file with one token a line, the first of the buyers that have none pending, a name for the keys."""

    tokens: Path
    buyer: int
    load: str

    @property
    def environment(self) -> Mapping[str, str]:
        return {"BENCH_TOKENS": str(self.tokens), "BENCH_BUYER": str(self.buyer), "BENCH_LOAD": self.load}


def generator() -> str:
    """The generator that this machine uses."""
    return "wrk" if shutil.which("wrk") else "own"


def buyers_used(responses: int, connections: int) -> int:
    """How many buyers may have a pending order after so many responses: the next load begins after them."""
    return TURNS * (1 + (responses + connections) // (TURNS * MOST_PENDING))


def load(url: str, operation: str, seconds: int, connections: int, orders: Orders) -> Outcome:
    """Send requests over so many connections, each after the response to the previous one."""
    environment = os.environ | dict(orders.environment)
    if generator() == "own":
        command = [sys.executable, "-m", "benchmarks.load", url, operation, str(seconds), str(connections)]
        ended = subprocess.run(command, env=environment, cwd=SCRIPTS.parents[1], capture_output=True, text=True, check=True)
        return Outcome(**json.loads(ended.stdout))
    script = ["-s", str(SCRIPTS / _WRK[operation])] if operation in _WRK else []
    path = "" if script else OPERATIONS[operation]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *script, url + path]
    return read_wrk(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def read_wrk(text: str) -> Outcome:
    """The figures of wrk's report."""

    def milliseconds(label: str) -> float:
        match = re.search(rf"^\s+{label}\s+([\d.]+)(us|ms|s|m)\s*$", text, re.MULTILINE)
        return float(match[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[match[2]] if match else 0.0

    def number(pattern: str) -> float:
        match = re.search(pattern, text)
        return float(match[1]) if match else 0.0

    sockets = re.search(r"Socket errors: (.*)", text)
    return Outcome(
        responses=int(number(r"(\d+) requests in")),
        rate=number(r"Requests/sec:\s+([\d.]+)"),
        p50_ms=milliseconds("50%"),
        p99_ms=milliseconds("99%"),
        refused=int(number(r"Non-2xx or 3xx responses: (\d+)")),
        sockets=sockets[1] if sockets else None,
    )


# -- without wrk ------------------------------------------------------------------------------------------------------------

Next = Callable[[], bytes]
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def complete_status(received: bytes) -> int | None:
    """The status of a response; None until all of it has arrived."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = _LENGTH.search(received, 0, end)
    if len(received) < end + 4 + (int(length[1]) if length else 0):
        return None
    status = _STATUS.match(received)
    return int(status[1]) if status else 0


class _Connection(asyncio.Protocol):
    """Sends the next request when the response to the previous one is complete."""

    def __init__(self, following: Next, tally: "_Tally") -> None:
        self._following = following
        self._tally = tally
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by class
        self._send()

    def _send(self) -> None:
        self._received = b""
        self._sent_at = time.perf_counter()
        self._transport.write(self._following())

    def data_received(self, data: bytes) -> None:
        self._received += data
        status = complete_status(self._received)
        if status is None:
            return
        self._tally.add(status, time.perf_counter() - self._sent_at)
        if self._tally.is_over:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the protocol's signature
        if not self._tally.is_over:
            self._tally.lost += 1


class _Tally:
    def __init__(self) -> None:
        self.is_over = False
        self.lost = 0
        self.statuses: Counter[int] = Counter()
        self.took_s: list[float] = []

    def add(self, status: int, took_s: float) -> None:
        if not self.is_over:
            self.statuses[status] += 1
            self.took_s.append(took_s)

    def outcome(self, seconds: float) -> Outcome:
        took = sorted(self.took_s) or [0.0]
        responses = len(self.took_s)
        return Outcome(
            responses=responses,
            rate=responses / seconds,
            p50_ms=took[len(took) // 2] * 1e3,
            p99_ms=took[len(took) * 99 // 100] * 1e3,
            refused=sum(count for status, count in self.statuses.items() if not 200 <= status < 300),
            sockets=f"{self.lost} connections were lost" if self.lost else None,
        )


def requests_of(operation: str, host: str, environment: Mapping[str, str]) -> Next:
    """The same requests as the scripts for wrk make."""
    chance = random.Random()
    if operation == "b":
        return lambda: b"GET /items/%d HTTP/1.1\r\nHost: %s\r\n\r\n" % (chance.randint(1, 100_000), host.encode())
    if operation != "d":
        fixed = f"GET {OPERATIONS[operation]} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        return lambda: fixed
    tokens = Path(environment["BENCH_TOKENS"]).read_text().split()
    first, name, sent = int(environment["BENCH_BUYER"]), environment["BENCH_LOAD"], 0

    def order() -> bytes:
        nonlocal sent
        token = tokens[(first + sent % TURNS + TURNS * (sent // TURNS // MOST_PENDING)) % len(tokens)]
        sent += 1
        body = f'{{"product_id":{chance.randint(1, 100_000)},"quantity":2}}'
        head = f"POST /orders HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Authorization: Bearer {token}\r\nIdempotency-Key: {name}-{sent}\r\n\r\n{body}".encode()

    return order


async def generate(url: str, operation: str, seconds: float, connections: int, environment: Mapping[str, str]) -> Outcome:
    """What `load` does where there is no wrk."""
    address = urlsplit(url)
    assert address.hostname is not None
    tally = _Tally()
    following = requests_of(operation, address.netloc, environment)
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Connection(following, tally), address.hostname, address.port or 80)
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    tally.is_over = True
    for transport, _ in opened:
        transport.close()
    return tally.outcome(seconds)


def main() -> None:
    import uvloop  # noqa: PLC0415  # not needed with wrk

    url, operation, seconds, connections = sys.argv[1:]
    sys.stdout.write(json.dumps(asdict(uvloop.run(generate(url, operation, float(seconds), int(connections), os.environ)))))


if __name__ == "__main__":
    main()
